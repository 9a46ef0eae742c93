//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/01-signals/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

// With WORK_PANICS in the environment the test binary is a program whose work panics.
func TestMain(m *testing.M) {
	if os.Getenv("WORK_PANICS") != "" {
		exercise.Run(make(chan os.Signal), within, func(context.Context) error { panic("no config") }, func(error) {})
		time.Sleep(within) // what is deferred runs before a panic ends the program, and Run may have returned
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

const within = 3 * time.Second // for the clean-up, in all tests

var (
	errDiskFull = errors.New("the disk is full")
	errSocket   = errors.New("the socket is closed")
)

// A job is work that goes on for a while or until it is asked to stop, and then
// cleans up. It notes what happens to it.
type job struct {
	takes   time.Duration                   // 0: an hour
	cleanUp time.Duration                   // how long that takes, if asked to stop
	outcome func(ctx context.Context) error // what work returns; nil: nil

	t        *testing.T
	calls    atomic.Int32
	returned atomic.Bool
	asked    time.Duration // when ctx ended, before work was over
	cause    error
	err      error // what work returned
}

func (j *job) work(ctx context.Context) error {
	if j.calls.Add(1) > 1 {
		return nil
	}
	defer j.returned.Store(true)
	log := lesson.Log(j.t).With("task", "work")
	start := time.Now()
	log.Info("begins", lesson.Waiting)
	select {
	case <-ctx.Done():
		j.asked, j.cause = time.Since(start), context.Cause(ctx)
		log.Info("is asked to stop, the cause is "+lesson.Quote(j.cause), lesson.Waiting)
		time.Sleep(j.cleanUp)
	case <-time.After(cmp.Or(j.takes, time.Hour)): // so that a Run that never ends ctx ends, too
	}
	if j.outcome != nil {
		j.err = j.outcome(ctx)
	}
	log.Info("returns " + lesson.Quote(j.err))
	return j.err
}

// A sent is a signal that comes at a time since the beginning.
type sent struct {
	at  time.Duration
	sig syscall.Signal
}

// An end is how Run came to one.
type end struct {
	status   int
	at       time.Duration
	reports  []error // until Run returned
	returned bool    // work had, when Run did
}

// run calls Run while signals come, and then waits for what may be left behind.
func (j *job) run(t *testing.T, script ...sent) end {
	t.Helper()
	j.t = t
	signals := make(chan os.Signal, len(script))
	start := time.Now()
	go func() {
		for _, s := range script {
			time.Sleep(s.at - time.Since(start))
			lesson.Log(t).With("task", "the shell").Info("sends " + s.sig.String())
			signals <- s.sig
		}
	}()
	log := lesson.Log(t).With("task", "Run")
	reported := make(chan error, 10)
	status := exercise.Run(signals, within, j.work, func(err error) {
		log.Info("reports " + lesson.Quote(err))
		reported <- err
	})
	log.Info(fmt.Sprint("returns ", status))
	e := end{status: status, at: time.Since(start), returned: j.returned.Load(), reports: drain(reported)}
	if e.returned {
		lesson.NothingLeft(t, "work and Run have returned")
	}
	time.Sleep(2 * time.Hour)
	switch calls := j.calls.Load(); {
	case calls != 1:
		t.Fatalf("work was called %d times, not once", calls)
	case len(reported) > 0:
		t.Fatalf("report was called after Run had returned: main has ended the program by then, and %q is lost", <-reported)
	case len(e.reports) > 1:
		t.Fatalf("report was called %d times, not once: %q", len(e.reports), e.reports)
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

// fails asserts that j's error is reported as it is, with status 1; why says what happened.
func (e end) fails(t *testing.T, j *job, why string) {
	t.Helper()
	switch {
	case len(e.reports) == 0:
		t.Fatalf("%s: the failure is lost: the status is %d and nothing is reported", why, e.status)
	case e.status != 1:
		t.Fatalf("%s: that is status 1, not %d", why, e.status)
	case !errors.Is(e.reports[0], j.err):
		t.Fatalf("%s: Run reports %q, not the error that work returned", why, e.reports[0])
	case e.reports[0] != j.err: //nolint:errorlint // as it is, says the contract
		t.Fatalf("%s: Run reports %q, not the error as it is: do not wrap it", why, e.reports[0])
	}
}

func TestTheFirstSignalEndsTheContextAndIsItsCause(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		lesson.Bubble(t, func(t *testing.T) {
			j := &job{}
			j.run(t, sent{time.Second, sig})
			switch {
			case j.cause == nil:
				t.Errorf("%q came at 1s, and work's context never ended", sig)
			case j.asked != time.Second:
				t.Errorf("%q came at 1s, and work's context ended at %v", sig, j.asked)
			case j.cause != exercise.SignalError{Signal: sig}: //nolint:errorlint // it is the cause
				t.Errorf("%q came, and the cause of work's context does not say so: it is a %T, %q", sig, j.cause, j.cause)
			}
		})
	}
}

func TestASignalThatCameBeforeRunIsTheFirst(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		signals <- syscall.SIGTERM
		start, j := time.Now(), &job{t: t} //nolint:staticcheck // start is used below; the Run of the stub never returns
		_ = exercise.Run(signals, within, j.work, func(error) {})
		if took, calls := time.Since(start), j.calls.Load(); took > 0 {
			t.Errorf("SIGTERM waited in the channel when Run was called, and Run returned after %v: the signal is lost", took)
		} else if calls != 1 {
			t.Errorf("SIGTERM waited in the channel when Run was called, and Run called work %d times, not once: a signal ends work's context and takes nothing else from work", calls)
		}
	})
}

func TestWorkThatEndsByItselfIsNotAsked(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Minute, outcome: func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); ok {
				t.Error("work's context has a deadline: only a signal ends it")
			}
			return nil
		}}
		e := j.run(t)
		if j.cause != nil {
			t.Errorf("no signal came, and work's context ended at %v: %q", j.asked, j.cause)
		} else if e.status != 0 || len(e.reports) > 0 || e.at != time.Minute {
			t.Errorf("work returned nil after 1m0s; that is status 0 and no report, but at %v Run returned %d and reported %q", e.at, e.status, e.reports)
		}
	})
}

func TestWaitsForTheCleanUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: 2 * time.Second}
		e := j.run(t, sent{10 * time.Second, syscall.SIGINT})
		switch {
		case j.cause == nil:
			t.Errorf("SIGINT came at 10s, and work's context never ended")
		case !e.returned:
			t.Errorf("SIGINT came at 10s and the clean-up takes 2s, but Run returned at %v, while it was under way", e.at)
		case e.status != 0 || e.at != 12*time.Second:
			t.Errorf("asked at 10s, work cleaned up and returned nil at 12s; that is status 0, but at %v Run returned %d", e.at, e.status)
		case len(e.reports) > 0:
			t.Errorf("work was asked, cleaned up and returned nil, and Run reported %q", e.reports[0])
		}
	})
}

func TestAFailureIsReportedAndIsStatus1(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Minute, outcome: func(context.Context) error { return errDiskFull }}
		j.run(t).fails(t, j, fmt.Sprintf("work failed by itself with %q", errDiskFull))
		j = &job{takes: time.Minute, outcome: func(context.Context) error { return codedError{} }}
		j.run(t).fails(t, j, "work failed with an error that has a status of its own, 3, as *exec.ExitError has one")
	})
}

// A codedError is the failure of another program, as *exec.ExitError is.
type codedError struct{}

func (codedError) Error() string { return "exit status 3" }

func (codedError) ExitCode() int { return 3 }

// A flushError may wrap the error that it comes from, and need not.
type flushError struct{ from error }

func (e *flushError) Error() string { return errDiskFull.Error() }

func (e *flushError) Unwrap() error { return e.from }

// An outcome is what work returns, and how to say it.
type outcome struct {
	how string
	err func(ctx context.Context) error
}

func TestAFailureOfTheCleanUpIsStatus1(t *testing.T) {
	for _, o := range []outcome{
		{"alone", func(context.Context) error { return errDiskFull }},
		{"joined behind the cause", func(ctx context.Context) error { return errors.Join(context.Cause(ctx), errDiskFull) }},
		{"joined before ctx.Err()", func(ctx context.Context) error { return errors.Join(errDiskFull, ctx.Err()) }},
		{"wrapped beside the cause", func(ctx context.Context) error { return fmt.Errorf("%w: %w", context.Cause(ctx), errDiskFull) }},
		{"in a join inside a join", func(ctx context.Context) error {
			return errors.Join(ctx.Err(), errors.Join(context.Cause(ctx), errDiskFull))
		}},
		{"in a join that is wrapped", func(ctx context.Context) error {
			return fmt.Errorf("stop: %w", errors.Join(context.Cause(ctx), errDiskFull))
		}},
		{"in a join that is wrapped ten times, each time in a join with the cause", func(ctx context.Context) error {
			err := errDiskFull
			for range 10 {
				err = errors.Join(context.Cause(ctx), fmt.Errorf("stop: %w", err))
			}
			return err
		}},
		{"in an error that has a method Unwrap, which returns nil: it wraps neither the cause nor context.Canceled", func(context.Context) error { return &flushError{} }},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			j := &job{cleanUp: time.Second, outcome: o.err}
			j.run(t, sent{time.Second, syscall.SIGTERM}).fails(t, j, fmt.Sprintf("work was asked to stop, and its clean-up failed with %q, %s", errDiskFull, o.how))
		})
	}
}

func TestADeadlineOfTheCleanUpIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: time.Second, outcome: func(context.Context) error { return fmt.Errorf("flush: %w", context.DeadlineExceeded) }}
		j.run(t, sent{time.Second, syscall.SIGTERM}).fails(t, j, "work was asked to stop, and its clean-up failed with a context.DeadlineExceeded of its own")
	})
}

func TestAnErrorWithTheSameWordsIsAFailure(t *testing.T) {
	for _, own := range []error{errors.New(context.Canceled.Error()), errors.New(exercise.SignalError{Signal: syscall.SIGTERM}.Error())} {
		lesson.Bubble(t, func(t *testing.T) {
			j := &job{cleanUp: time.Second, outcome: func(context.Context) error { return own }}
			j.run(t, sent{time.Second, syscall.SIGTERM}).fails(t, j, fmt.Sprintf("work was asked to stop and returned an error of its own, with the words %q", own))
		})
	}
}

func TestAnErrorThatCannotBeComparedIsReportedAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		its := lesson.ListError{"a page is missing", "a page is torn"}
		j := &job{cleanUp: time.Second, outcome: func(context.Context) error { return its }}
		e := j.run(t, sent{time.Second, syscall.SIGTERM})
		var reported lesson.ListError
		if len(e.reports) == 1 {
			reported, _ = e.reports[0].(lesson.ListError) //nolint:errorlint // as it is, says the contract
		}
		if e.status != 1 || !slices.Equal(reported, its) {
			t.Errorf("work was asked to stop and failed with %q, an error of a type that cannot be compared by ==: the status is %d and what Run reports is %q, not 1 and that error as it is",
				its, e.status, e.reports)
		}
		j = &job{cleanUp: time.Second, outcome: func(context.Context) error { return errors.Join(its, its) }}
		if e := j.run(t, sent{time.Second, syscall.SIGTERM}); e.status != 1 || len(e.reports) != 1 || e.reports[0] != j.err { //nolint:errorlint // as it is, says the contract
			t.Errorf("work was asked to stop and failed with a join of two errors of a type that cannot be compared by ==: the status is %d and what Run reports is %q, not 1 and that error as it is",
				e.status, e.reports)
		}
	})
}

func TestAnErrorThatSaysOnlyThatWorkWasAskedIsStatus0(t *testing.T) {
	for _, o := range []outcome{
		{"context.Cause(ctx)", context.Cause},
		{"ctx.Err()", func(ctx context.Context) error { return ctx.Err() }},
		{"the cause, wrapped", func(ctx context.Context) error { return fmt.Errorf("serve: %w", context.Cause(ctx)) }},
		{"the cause, in a join with nothing else", func(ctx context.Context) error { return errors.Join(nil, context.Cause(ctx)) }},
		{"the cause and ctx.Err(), joined", func(ctx context.Context) error { return errors.Join(ctx.Err(), context.Cause(ctx)) }},
		{"the cause and ctx.Err(), by two %w", func(ctx context.Context) error { return fmt.Errorf("%w (%w)", ctx.Err(), context.Cause(ctx)) }},
		{"the cause, wrapped by an error of work's own", func(ctx context.Context) error { return &flushError{context.Cause(ctx)} }},
		{"a join in a join of nothing else", func(ctx context.Context) error {
			return errors.Join(ctx.Err(), fmt.Errorf("serve: %w", errors.Join(context.Cause(ctx), ctx.Err())))
		}},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			e := (&job{outcome: o.err}).run(t, sent{time.Second, syscall.SIGTERM})
			if e.status != 0 || len(e.reports) > 0 {
				t.Errorf("work did as it was asked and returned %s; that is no failure, but the status is %d and %q was reported", o.how, e.status, e.reports)
			}
		})
	}
}

func TestACancellationWithoutASignalIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{takes: time.Second, outcome: func(context.Context) error { return fmt.Errorf("upload: %w", context.Canceled) }}
		j.run(t).fails(t, j, "no signal came and work returned context.Canceled, of a context of its own; the signals of an earlier Run count for that one alone")
	})
}

func TestTheSecondSignalEndsTheProgramAtOnce(t *testing.T) {
	for _, c := range []struct{ first, second sent }{
		{sent{time.Second, syscall.SIGHUP}, sent{1500 * time.Millisecond, syscall.SIGTERM}},
		{sent{time.Second, syscall.SIGHUP}, sent{time.Second, syscall.SIGTERM}},
		{sent{time.Second, syscall.SIGTERM}, sent{1500 * time.Millisecond, syscall.SIGTERM}},
		{sent{time.Second, syscall.SIGTERM}, sent{1010 * time.Millisecond, syscall.SIGHUP}},
		{sent{time.Second, syscall.SIGTERM}, sent{1500 * time.Millisecond, syscall.Signal(34)}}, // a real-time signal of Linux
	} {
		lesson.Bubble(t, func(t *testing.T) {
			j := &job{cleanUp: 2 * time.Second, outcome: func(context.Context) error { return errDiskFull }}
			e := j.run(t, c.first, c.second)
			number := int(c.second.sig)
			switch {
			case e.at < c.second.at:
				t.Errorf("%q asked at 1s and the clean-up takes 2s, but Run returned %d at %v", c.first.sig, e.status, e.at)
			case e.at > c.second.at && c.first.sig == c.second.sig:
				t.Errorf("the same signal, %q, came at 1s and again at %v and did not end the program, although it is the second one: Run returned %d at %v",
					c.first.sig, c.second.at, e.status, e.at)
			case e.at > c.second.at && e.status == 128+number:
				t.Errorf("a second signal came at %v and did not end the program at once: Run waited for something until %v and then returned %d", c.second.at, e.at, e.status)
			case e.at > c.second.at:
				t.Errorf("a second signal came at %v and did not end the program: Run returned %d at %v", c.second.at, e.status, e.at)
			case e.status == 128+1 && c.first.sig == syscall.SIGHUP:
				t.Errorf("the status is 129, for SIGHUP, which only asked; SIGTERM ended the program, and that is 128+15")
			case e.status != 128+number:
				t.Errorf("%q as the second signal is status %d, 128+%d, not %d: the status is 128 plus the number of that signal, whichever it is",
					c.second.sig, 128+number, number, e.status)
			case len(e.reports) > 0:
				t.Errorf("a second signal is no failure of work, but %q was reported", e.reports)
			}
		})
	}
}

func TestGivesWorkUpWhenItsTimeIsOver(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		j := &job{cleanUp: time.Minute, outcome: func(context.Context) error { return errDiskFull }}
		e := j.run(t, sent{10 * time.Second, syscall.SIGTERM})
		switch {
		case e.at > 13*time.Second:
			t.Errorf("the clean-up has no limit: SIGTERM came at 10s, 3s are allowed, and Run returned at %v", e.at)
		case e.at < 13*time.Second:
			t.Errorf("SIGTERM came at 10s and 3s are allowed, but Run gave up at %v", e.at)
		case len(e.reports) == 0:
			t.Errorf("work was given up, and Run does not report ErrUnfinished: it reports nothing and returns %d", e.status)
		case e.reports[0] != exercise.ErrUnfinished: //nolint:errorlint // it is what is reported
			t.Errorf("work was given up, and Run reports %q, not ErrUnfinished", e.reports[0])
		case e.status != 1:
			t.Errorf("work was given up: that is status 1, not %d", e.status)
		}
	})
}

func TestWorkHasAllOfWithin(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		signals <- syscall.SIGTERM
		j, start := &job{t: t, cleanUp: 47 * time.Hour}, time.Now() //nolint:staticcheck // start is used below; the Run of the stub never returns
		status := exercise.Run(signals, 48*time.Hour, j.work, func(error) {})
		if took := time.Since(start); took != 47*time.Hour || status != 0 {
			t.Errorf("work needs 47h to clean up and within is 48h: that is status 0 after 47h, and Run returned %d after %v", status, took)
		}
		time.Sleep(48 * time.Hour) // work ends
	})
}

func TestTakesNoSignalOnceItHasReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		signals := make(chan os.Signal, 2)
		_ = exercise.Run(signals, within, (&job{t: t, takes: time.Second}).work, func(error) {})
		signals <- syscall.SIGTERM
		synctest.Wait()
		if len(signals) == 0 {
			t.Fatal("a signal came after Run had returned, and a goroutine that Run left behind took it")
		}
		lesson.NothingLeft(t, "work and Run have returned")
	})
}

func TestTheContextOfWorkHasEndedWhenRunHasReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := func() error { return nil } // the Err of the context of work
		_ = exercise.Run(make(chan os.Signal), within, func(ctx context.Context) error { ended = ctx.Err; return nil }, func(error) {})
		if ended() == nil {
			t.Error("work returned without a signal, and so did Run, and the context of work is still alive: what waits for its end is left behind")
		}
	})
}

func TestAPanicOfWorkIsNotRecovered(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) { (&job{takes: time.Second}).run(t) }) // is it written?
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(t.Context(), self)
	program.Env = append(os.Environ(), "WORK_PANICS=1")
	said, _ := program.CombinedOutput() // the status says how it ended
	if status := program.ProcessState.ExitCode(); status != 2 || !strings.Contains(string(said), "panic: no config") {
		t.Errorf("work panics with %q, and the program ends with status %d and says %q: Run does not recover a panic; it ends the program with its stack and status 2", "no config", status, said)
	}
}
