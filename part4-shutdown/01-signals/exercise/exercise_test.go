//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/01-signals/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const within = 3 * time.Second // for the clean-up, in all tests

var errDiskFull = errors.New("the disk is full")

var numbers = map[string]syscall.Signal{"SIGHUP": syscall.SIGHUP, "SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM}

// A job is work that goes on for a while or until it is asked to stop, and then
// cleans up. It notes what happens to it.
type job struct {
	takes   time.Duration                   // 0: an hour
	cleanUp time.Duration                   // how long that takes, if asked to stop
	outcome func(ctx context.Context) error // what work returns; nil: nil

	calls    atomic.Int32
	returned atomic.Bool
	asked    time.Duration // when ctx ended, before work was over
	cause    error
}

func (j *job) work(ctx context.Context) error {
	defer j.returned.Store(true)
	start := time.Now()
	if j.calls.Add(1) > 1 {
		return nil
	}
	select {
	case <-ctx.Done():
		j.asked, j.cause = time.Since(start), context.Cause(ctx)
		time.Sleep(j.cleanUp)
	case <-time.After(cmp.Or(j.takes, time.Hour)): // or a Run that never ends ctx would wait for ever
	}
	if j.outcome == nil {
		return nil
	}
	return j.outcome(ctx)
}

// An end is how Run came to one.
type end struct {
	status   int
	at       time.Duration
	reports  []error // until Run returned
	returned bool    // work had, when Run did
}

// run calls Run while signals come, "1s SIGTERM", and then waits for what may be
// left behind. Nobody waits for who takes a signal, as with signal.Notify.
func (j *job) run(t *testing.T, script ...string) end {
	t.Helper()
	signals := make(chan os.Signal, len(script))
	for _, entry := range script {
		at, name, _ := strings.Cut(entry, " ")
		wait, err := time.ParseDuration(at)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(wait, func() { signals <- numbers[name] })
	}
	reported := make(chan error, 10)
	start := time.Now()
	status := exercise.Run(signals, within, j.work, func(err error) { reported <- err })
	e := end{status: status, at: time.Since(start), returned: j.returned.Load(), reports: drain(reported)}
	time.Sleep(2 * time.Hour)
	switch calls := j.calls.Load(); {
	case calls != 1:
		t.Fatalf("work was called %d times, not once", calls)
	case len(reported) > 0:
		t.Errorf("report was called after Run had returned: main has ended the program by then, and nobody reads %q", <-reported)
	case len(e.reports) > 1:
		t.Errorf("report was called %d times, not once: %q", len(e.reports), e.reports)
	}
	return e
}

func drain(reported <-chan error) []error {
	var all []error
	for len(reported) > 0 {
		all = append(all, <-reported)
	}
	return all
}

func TestTheFirstSignalEndsTheContextAndIsItsCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for name, sig := range numbers {
			j := &job{}
			j.run(t, "1s "+name)
			switch {
			case j.cause == nil:
				t.Fatalf("%s came at 1s, and work's context never ended", name)
			case j.asked != time.Second:
				t.Fatalf("%s came at 1s, and work's context ended at %v", name, j.asked)
			case !errors.Is(j.cause, exercise.SignalError{Signal: sig}):
				t.Fatalf("%s came, and the cause of work's context does not say so: it is a %T, %q", name, j.cause, j.cause)
			}
		}
	})
}

func TestWorkThatEndsByItselfIsNotAsked(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Minute}
		e := j.run(t)
		if j.cause != nil {
			t.Errorf("no signal came, and yet work's context ended at %v: %q", j.asked, j.cause)
		} else if e.status != 0 || len(e.reports) > 0 || e.at != time.Minute {
			t.Errorf("work returned nil after 1m0s; that is status 0 and no report, but at %v Run returned %d and reported %q", e.at, e.status, e.reports)
		}
	})
}

func TestWaitsForTheCleanUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: 2 * time.Second}
		e := j.run(t, "10s SIGINT")
		if !e.returned {
			t.Errorf("SIGINT came at 10s and the clean-up takes 2s, but Run returned at %v, while it was under way", e.at)
		} else if e.status != 0 || e.at != 12*time.Second {
			t.Errorf("asked at 10s, work cleaned up and returned nil at 12s; that is status 0, but at %v Run returned %d", e.at, e.status)
		}
	})
}

func TestAFailureIsReportedAndIsStatus1(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Minute, outcome: func(context.Context) error { return errDiskFull }}
		e := j.run(t)
		if e.status != 1 || e.at != time.Minute {
			t.Errorf("work failed after 1m0s; that is status 1, but at %v Run returned %d", e.at, e.status)
		}
		if len(e.reports) != 1 || !errors.Is(e.reports[0], errDiskFull) {
			t.Errorf("work failed with %q; before Run returned, this was reported: %q", errDiskFull, e.reports)
		}
	})
}

func TestAFailureOfTheCleanUpIsStatus1(t *testing.T) {
	outcomes := map[string]func(context.Context) error{
		"alone":                    func(context.Context) error { return errDiskFull },
		"joined with the cause":    func(ctx context.Context) error { return errors.Join(context.Cause(ctx), errDiskFull) },
		"joined with ctx.Err()":    func(ctx context.Context) error { return errors.Join(ctx.Err(), errDiskFull) },
		"wrapped beside the cause": func(ctx context.Context) error { return fmt.Errorf("%w: %w", context.Cause(ctx), errDiskFull) },
	}
	lesson.Bubble(t, func(t *testing.T) {
		for how, outcome := range outcomes {
			e := (&job{cleanUp: time.Second, outcome: outcome}).run(t, "1s SIGTERM")
			if e.status != 1 {
				t.Fatalf("work was asked to stop and could not clean up: the failure, %s, is lost, the status is %d", how, e.status)
			}
			if len(e.reports) != 1 || !errors.Is(e.reports[0], errDiskFull) {
				t.Fatalf("the clean-up failed with %q, %s, and this was reported: %q", errDiskFull, how, e.reports)
			}
		}
	})
}

func TestAnErrorThatSaysOnlyThatWorkWasAskedIsStatus0(t *testing.T) {
	outcomes := map[string]func(context.Context) error{
		"context.Cause(ctx)":     context.Cause,
		"ctx.Err()":              func(ctx context.Context) error { return ctx.Err() },
		"the cause, wrapped":     func(ctx context.Context) error { return fmt.Errorf("serve: %w", context.Cause(ctx)) },
		"two of them, joined":    func(ctx context.Context) error { return errors.Join(ctx.Err(), context.Cause(ctx)) },
		"two of them, in one %w": func(ctx context.Context) error { return fmt.Errorf("%w (%w)", ctx.Err(), context.Cause(ctx)) },
	}
	lesson.Bubble(t, func(t *testing.T) {
		for what, outcome := range outcomes {
			e := (&job{outcome: outcome}).run(t, "1s SIGTERM")
			if e.status != 0 || len(e.reports) > 0 {
				t.Fatalf("work did as it was asked and returned %s; that is no failure, but the status is %d and %q was reported", what, e.status, e.reports)
			}
		}
	})
}

func TestACancellationThatNobodyAskedForIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Second, outcome: func(context.Context) error { return fmt.Errorf("upload: %w", context.Canceled) }}
		e := j.run(t)
		if e.status != 1 || len(e.reports) != 1 {
			t.Errorf("no signal came and work returned context.Canceled, of a context of its own: that is a failure, but the status is %d", e.status)
		}
	})
}

func TestTheSecondSignalEndsTheProgramAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: 2 * time.Second, outcome: func(context.Context) error { return errDiskFull }}
		e := j.run(t, "1s SIGHUP", "1.5s SIGTERM")
		switch {
		case e.at < 1500*time.Millisecond:
			t.Errorf("SIGHUP asked at 1s and the clean-up takes 2s, but Run returned %d at %v", e.status, e.at)
		case e.at > 1500*time.Millisecond:
			t.Errorf("a second signal came at 1.5s and did not end the program: Run returned %d at %v", e.status, e.at)
		case e.status == 128+1:
			t.Errorf("the status is 129, for SIGHUP, which only asked; SIGTERM ended the program, and that is 128+15")
		case e.status != 128+15:
			t.Errorf("SIGTERM as the second signal is status 143, 128+15, not %d", e.status)
		case len(e.reports) > 0:
			t.Errorf("a second signal is no failure of work, but %q was reported", e.reports)
		}
	})
}

func TestGivesWorkUpWhenItsTimeIsOver(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: time.Minute, outcome: func(context.Context) error { return errDiskFull }}
		e := j.run(t, "10s SIGTERM")
		switch {
		case e.at > 13*time.Second:
			t.Errorf("the clean-up has no limit: SIGTERM came at 10s, 3s are allowed, and Run returned at %v", e.at)
		case e.at < 13*time.Second:
			t.Errorf("SIGTERM came at 10s and 3s are allowed, but Run gave up at %v", e.at)
		case e.status != 1 || len(e.reports) != 1 || !errors.Is(e.reports[0], exercise.ErrUnfinished):
			t.Errorf("the time is over: that is status 1 and ErrUnfinished, but the status is %d and the report %q", e.status, e.reports)
		}
	})
}

func TestLeavesNothingBehind(t *testing.T) {
	lesson.Bubble(t, func(*testing.T) {
		signals := make(chan os.Signal, 2)
		report := func(error) {} // nobody waits after Run here
		_ = exercise.Run(signals, within, (&job{takes: time.Second}).work, report)
		signals <- syscall.SIGTERM
		_ = exercise.Run(signals, within, (&job{cleanUp: time.Second}).work, report)
	})
}
