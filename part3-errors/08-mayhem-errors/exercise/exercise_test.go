//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/08-mayhem-errors/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type key struct{}

var (
	errOdd     = errors.New("odd")
	errStopped = errors.New("the service stops")
)

// A desk is a delivery that notes how it was settled, and when.
type desk struct {
	t     *testing.T
	fails error         // what settling returns
	takes time.Duration // how long settling takes, whatever becomes of its ctx
	stop  func()        // ends the service's ctx while the broker is told; nil: nothing does
	start time.Time

	mu      sync.Mutex // guards what follows
	settled []string
	at      time.Duration
	reason  error
	forever bool // it was settled with a context without a deadline
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{t: t, start: time.Now()}
}

func (d *desk) settle(ctx context.Context, how string, reason error) error {
	defer time.Sleep(d.takes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settled = append(d.settled, how)
	lesson.Log(d.t).With("task", "message").Info("is " + how)
	d.at, d.reason = time.Since(d.start), reason
	switch until, ok := ctx.Deadline(); {
	case ctx.Err() != nil:
		d.t.Errorf("%s with a context that has ended: the broker does not hear of it", how)
	case !ok:
		d.forever = true
	case time.Until(until) != time.Second:
		d.t.Errorf("%s with a context that lives for %v, not for one second", how, time.Until(until))
	case ctx.Value(key{}) != "trace":
		d.t.Errorf("%s with a context without ctx's values", how)
	}
	if d.stop != nil {
		d.stop()
		time.Sleep(time.Millisecond)
		if ctx.Err() != nil {
			d.t.Errorf("ctx ended while the broker was told that the message is %s, and the context for settling ended with it", how)
		}
	}
	return d.fails
}

func (d *desk) Ack(ctx context.Context) error { return d.settle(ctx, "acked", nil) }

func (d *desk) Nack(ctx context.Context, delay time.Duration) error {
	return d.settle(ctx, fmt.Sprint("nacked for ", delay), nil)
}

func (d *desk) Drop(ctx context.Context, reason error) error {
	return d.settle(ctx, "dropped", reason)
}

// seen is how the message was settled, when, and for what reason.
func (d *desk) seen() (settled []string, at time.Duration, reason error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.settled), d.at, d.reason
}

// handle calls Handle with ctx's value and wants the message settled so, at that time, once.
func (d *desk) handle(ctx context.Context, how string, at time.Duration, what string, steps ...exercise.Step) {
	d.t.Helper()
	_ = exercise.Handle(context.WithValue(ctx, key{}, "trace"), d, steps...)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(d.settled) == 0:
		d.t.Errorf("%s: the message was not settled at all", what)
	case len(d.settled) > 1:
		d.t.Errorf("%s: the message was settled more than once: %q", what, d.settled)
	case d.settled[0] == "acked" && how != "acked":
		d.t.Errorf("%s, and the message was acked: it is lost, no attempt follows", what)
	case d.settled[0] != how:
		d.t.Errorf("%s: the message was %s, not %s", what, d.settled[0], how)
	case d.at != at:
		d.t.Errorf("%s: it was %s after %v, not after %v", what, how, d.at, at)
	}
}

// takes is a step that takes d and then fails with err. Cancelled before, it returns the cause.
func takes(d time.Duration, err error) exercise.Step {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// A diary is a step that fails in turn with errs, then no more, and notes when it was run.
type diary struct {
	errs  []error
	takes time.Duration // each run
	start time.Time

	mu   sync.Mutex // guards runs
	runs []time.Duration
}

func (d *diary) step(context.Context) error {
	defer time.Sleep(d.takes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.runs = append(d.runs, time.Since(d.start))
	if n := len(d.runs); n <= len(d.errs) {
		return d.errs[n-1]
	}
	return nil
}

func (d *diary) want(t *testing.T, what, want string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if got := fmt.Sprint(d.runs); got != want {
		t.Errorf("%s: it was run at %v, not at %v", what, got, want)
	}
}

func TestAcksWhenAllStepsHaveSucceeded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		_ = exercise.Handle(context.WithValue(t.Context(), key{}, "trace"), d,
			takes(300*time.Millisecond, nil), takes(200*time.Millisecond, nil), takes(100*time.Millisecond, nil))
		switch settled, at, _ := d.seen(); {
		case len(settled) != 1 || settled[0] != "acked":
			t.Errorf("no step failed: the message is acked, once, not %q", settled)
		case at == 600*time.Millisecond:
			t.Error("steps of 300, 200 and 100 ms took 600 ms: the steps do not run side by side")
		case at != 300*time.Millisecond:
			t.Errorf("the slowest of three steps took 300ms, and the message was acked after %v", at)
		}
		newDesk(t).handle(t.Context(), "acked", 0, "a message has no steps")
		newDesk(t).handle(t.Context(), "acked", 100*time.Millisecond, "1200 steps of 100ms run side by side", slices.Repeat([]exercise.Step{takes(100*time.Millisecond, nil)}, 1200)...)
	})
}

func TestAStepThatFailsStopsNoOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var cancelled atomic.Bool
		mail := func(ctx context.Context) error {
			err := takes(300*time.Millisecond, nil)(ctx)
			cancelled.Store(err != nil)
			return err
		}
		d := newDesk(t)
		_ = exercise.Handle(context.WithValue(t.Context(), key{}, "trace"), d, takes(100*time.Millisecond, errOdd), mail)
		if _, at, _ := d.seen(); cancelled.Load() {
			t.Error("a step was cancelled because another step failed")
		} else if at != 300*time.Millisecond {
			t.Errorf("a step ran until 300ms, and the message was settled after %v", at)
		}
	})
}

func TestANackWaitsAsLongAsTheBusiestStepAsks(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDesk(t).handle(t.Context(), "nacked for 7s", 0, "one step was busy for 7s, one for 2s, one failed oddly",
			takes(0, exercise.BusyError{After: 7 * time.Second}), takes(0, errOdd), takes(0, exercise.BusyError{After: 2 * time.Second}))
		newDesk(t).handle(t.Context(), "nacked for 3s", 0, "a step was busy for 3s and wrapped the error",
			takes(0, fmt.Errorf("parcel: %w", exercise.BusyError{After: 3 * time.Second})))
		newDesk(t).handle(t.Context(), "nacked for 0s", 0, "a step was busy for 0s", takes(0, exercise.BusyError{}))
		again := &diary{errs: []error{errors.Join(exercise.ErrBlip, exercise.BusyError{After: 9 * time.Second}), exercise.BusyError{After: 2 * time.Second}}, start: time.Now()}
		newDesk(t).handle(t.Context(), "nacked for 2s", 100*time.Millisecond, "a step was a blip and busy for 9s, and when it was run again busy for 2s, and its last failure counts", again.step)
		newDesk(t).handle(t.Context(), "nacked for 48h0m0s", 0, "a step was busy for two days", takes(0, exercise.BusyError{After: 48 * time.Hour}))
		newDesk(t).handle(t.Context(), "nacked for 1s", 0, "a step failed oddly", takes(0, nil), takes(0, errOdd))
	})
}

func TestWhatWillNeverWorkIsDropped(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		never := fmt.Errorf("card: %w", exercise.ErrNever)
		d := newDesk(t)
		d.handle(t.Context(), "dropped", 0, "a step failed with a wrapped ErrNever", takes(0, never))

		d = newDesk(t)
		d.handle(t.Context(), "dropped", 200*time.Millisecond,
			"a step will never work, and 100ms later another one failed oddly",
			takes(100*time.Millisecond, exercise.ErrNever), takes(200*time.Millisecond, errOdd))
		if _, _, reason := d.seen(); reason != nil && (!errors.Is(reason, exercise.ErrNever) || !errors.Is(reason, errOdd)) {
			t.Errorf("two steps failed, and the reason of the drop does not hold both: %q", reason)
		}

		list := lesson.ListError{"no street", "no town"}
		d = newDesk(t)
		d.handle(t.Context(), "dropped", 0, "a step will never work, and two failed with an error of a type that cannot be compared by ==",
			takes(0, exercise.ErrNever), takes(0, list), takes(0, list))
		if _, _, reason := d.seen(); reason != nil {
			if _, ok := errors.AsType[lesson.ListError](reason); !ok || !errors.Is(reason, exercise.ErrNever) {
				t.Errorf("a step will never work, another failed with %q, and the reason of the drop does not hold both: %q", list, reason)
			}
		}
	})
}

func TestABlipIsTriedThreeTimes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		blip := fmt.Errorf("mail: %w", exercise.ErrBlip)
		mail := &diary{errs: []error{blip, blip}, start: time.Now()}
		card := &diary{start: time.Now()}
		newDesk(t).handle(t.Context(), "acked", 300*time.Millisecond, "the third attempt at a blip succeeded", mail.step, card.step)
		mail.want(t, "a step had two blips", "[0s 100ms 300ms]")
		card.want(t, "a step succeeded, another had blips", "[0s]")

		mail, parcel := &diary{errs: []error{blip, blip}, start: time.Now()}, &diary{errs: []error{blip, blip}, start: time.Now()}
		newDesk(t).handle(t.Context(), "acked", 300*time.Millisecond, "two steps had two blips each, and the third attempt of each succeeded: each step has three attempts of its own", mail.step, parcel.step)

		mail = &diary{errs: []error{blip, blip, blip, blip}, start: time.Now()}
		newDesk(t).handle(t.Context(), "nacked for 1s", 300*time.Millisecond, "three attempts ended in a blip", mail.step)
		mail.want(t, "a step has one blip after the other", "[0s 100ms 300ms]")

		mail = &diary{errs: []error{blip, blip}, takes: 150 * time.Millisecond, start: time.Now()}
		newDesk(t).handle(t.Context(), "acked", 750*time.Millisecond, "each attempt of a step takes 150ms, two are blips, and the third succeeded", mail.step)
		mail.want(t, "each attempt takes 150ms, and a pause begins when the attempt has failed", "[0s 250ms 600ms]")

		mail = &diary{errs: []error{blip, exercise.BusyError{After: 5 * time.Second}}, start: time.Now()}
		newDesk(t).handle(t.Context(), "nacked for 5s", 100*time.Millisecond, "after a blip the step was busy", mail.step)
	})
}

func TestAStoppedServiceGivesTheMessageBackAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 250*time.Millisecond, errStopped)
		defer cancel()
		newDesk(t).handle(ctx, "nacked for 0s", 250*time.Millisecond, "the service was stopped in mid-work",
			takes(time.Second, nil), takes(0, exercise.BusyError{After: time.Minute}))
	})
}

func TestAStoppedServiceWaitsForNoOtherAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 250*time.Millisecond, errStopped)
		defer cancel()
		mail := &diary{errs: []error{exercise.ErrBlip, exercise.ErrBlip, exercise.ErrBlip}, start: time.Now()}
		newDesk(t).handle(ctx, "nacked for 0s", 250*time.Millisecond,
			"the service was stopped in the pause between two attempts", mail.step)
		mail.want(t, "the service was stopped at 250ms", "[0s 100ms]")
	})
}

func TestATimeoutOfAStepIsNotTheEndOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, own := range []error{context.DeadlineExceeded, context.Canceled} {
			newDesk(t).handle(t.Context(), "nacked for 1s", 0, fmt.Sprintf("ctx is alive, and a step failed with a wrapped %q of its own", own), takes(0, fmt.Errorf("card: %w", own)))
		}
	})
}

func TestWhatIsDoneIsAckedAlsoWhenStopped(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errStopped)
		defer cancel()
		book := func(context.Context) error { time.Sleep(200 * time.Millisecond); return nil } // cannot be interrupted
		newDesk(t).handle(ctx, "acked", 200*time.Millisecond, "the service was stopped, but every step had succeeded", book)
		book = func(context.Context) error { time.Sleep(200 * time.Millisecond); return exercise.ErrNever }
		newDesk(t).handle(ctx, "dropped", 200*time.Millisecond, "the service was stopped, and a step will never work", book)
	})
}

func TestTellsTheBrokerAndReturnsWhatItSaid(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, failure := range []error{nil, errOdd, exercise.ErrNever} {
			d := newDesk(t)
			d.takes, d.fails = 3*time.Second, errors.New("the broker is away") // and it does not look at its ctx
			err := exercise.Handle(context.WithValue(t.Context(), key{}, "trace"), d, takes(0, failure))
			settled, _, _ := d.seen()
			if err != d.fails { //nolint:errorlint // unchanged
				t.Errorf("the broker could not be told (%v), and Handle returned %s, not %q", settled, lesson.Quote(err), d.fails)
			}
			d.mu.Lock()
			forever := d.forever
			d.mu.Unlock()
			if forever {
				t.Fatal("the context for settling has no deadline: a broker that hangs would hold up the service without end")
			}
			if err := exercise.Handle(context.WithValue(t.Context(), key{}, "trace"), newDesk(t), takes(0, failure)); err != nil {
				t.Errorf("the broker was told (%v), and Handle returned %s, not nil as the broker did", settled, lesson.Quote(err))
			}
		}
	})
}

func TestTheBrokerIsToldAlsoWhenCtxEndsMeanwhile(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for failure, how := range map[error]string{nil: "acked", errOdd: "nacked for 1s", exercise.ErrNever: "dropped"} {
			ctx, cancel := context.WithCancelCause(t.Context())
			d := newDesk(t)
			d.stop = func() { cancel(errStopped) }
			d.handle(ctx, how, 0, "ctx ended while the broker was told", takes(0, failure))
		}
	})
}

func TestAStepThatCtxHasCutOffHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errStopped) })
		newDesk(t).handle(ctx, "nacked for 0s", time.Second, "ctx ended at 1s and cut a step off, which returned the cause", takes(5*time.Second, nil))
	})
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errStopped) })
		newDesk(t).handle(ctx, "nacked for 0s", time.Second, "ctx ended at 1s and cut a step off, which returned ctx.Err()", func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
	})
}

func TestSettlesOnceAlsoWhenTheBrokerCannotBeTold(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.fails = errOdd
		d.handle(t.Context(), "acked", time.Second, "the broker could not be told", takes(time.Second, nil))
	})
}

func TestTheLongestDelayCountsWhicheverStepAsksForIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDesk(t).handle(t.Context(), "nacked for 7s", time.Second, "the steps were busy for 2s, 7s and 4s",
			takes(time.Second, exercise.BusyError{After: 2 * time.Second}), takes(time.Second, exercise.BusyError{After: 7 * time.Second}),
			takes(time.Second, exercise.BusyError{After: 4 * time.Second}))
	})
}

func TestAFailureBeforeCtxEndedStands(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1050*time.Millisecond, func() { cancel(errStopped) })
		d := newDesk(t)
		d.handle(ctx, "dropped", 1050*time.Millisecond, "a step will never work; another had a blip at 1s, and ctx ended in its pause",
			takes(time.Second, exercise.ErrNever), takes(time.Second, exercise.ErrBlip))
		if _, _, reason := d.seen(); !errors.Is(reason, exercise.ErrBlip) {
			t.Errorf("a step had a blip at 1s and ctx ended in its pause; errors.Is does not find the blip in the reason of Drop: %s", lesson.Quote(reason))
		}
	})
}

func TestNothingIsRunAgainWhenCtxEndsAtThatInstant(t *testing.T) {
	for range 30 { // often, because select picks one of two ready cases at random
		lesson.Bubble(t, func(t *testing.T) {
			ctx := lesson.EndsAt(t, context.WithValue(t.Context(), key{}, "trace"), 100*time.Millisecond, errStopped)
			var runs atomic.Int32
			_ = exercise.Handle(ctx, newDesk(t), func(context.Context) error {
				runs.Add(1)
				return exercise.ErrBlip
			})
			if runs.Load() != 1 {
				t.Error("a step had a blip at 0s, ctx ended at 100ms, when the pause was over, and the step was run again:" +
					" select picks one of two ready cases at random, so look at ctx again")
			}
		})
	}
}

func TestABlipIsRunAgainWhateverElseItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var runs atomic.Int32
		newDesk(t).handle(t.Context(), "acked", 100*time.Millisecond, "a step failed with an error that is a blip and a BusyError, and then succeeded", func(context.Context) error {
			if runs.Add(1) == 1 {
				return errors.Join(exercise.BusyError{After: time.Minute}, exercise.ErrBlip)
			}
			return nil
		})
		mail := &diary{errs: []error{errors.Join(exercise.ErrBlip, exercise.ErrNever)}, start: time.Now()}
		newDesk(t).handle(t.Context(), "acked", 100*time.Millisecond, "a step failed with an error that is a blip and an ErrNever, and then succeeded", mail.step)
	})
}

func TestTheDelayIsDecidedWhenAllStepsHaveEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1500*time.Millisecond, func() { cancel(errStopped) })
		newDesk(t).handle(ctx, "nacked for 0s", 2*time.Second, "a step failed at 1s, ctx ended at 1.5s, and another step ended at 2s",
			takes(time.Second, errOdd), func(context.Context) error { time.Sleep(2 * time.Second); return nil })
	})
}

func TestTwoMessagesKnowNothingOfEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		fails, succeeds := newDesk(t), newDesk(t)
		var other sync.WaitGroup
		other.Go(func() {
			fails.handle(t.Context(), "nacked for 1s", 2*time.Second, "the step of one message failed, beside another message", takes(2*time.Second, errOdd))
		})
		other.Go(func() {
			succeeds.handle(t.Context(), "acked", 3*time.Second, "the steps of one message succeeded, beside another message whose step failed", takes(time.Second, nil), takes(3*time.Second, nil))
		})
		other.Wait()
	})
}

func TestTwoMessagesAreSettledAtTheSameTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, failure := range []error{nil, errOdd, exercise.ErrNever} {
			one, two := newDesk(t), newDesk(t)
			one.takes, two.takes = time.Second, time.Second
			var both sync.WaitGroup
			for _, d := range []*desk{one, two} {
				both.Go(func() { _ = exercise.Handle(context.WithValue(t.Context(), key{}, "trace"), d, takes(0, failure)) })
			}
			both.Wait()
			if took := time.Since(one.start); took != time.Second {
				how, _, _ := one.seen()
				t.Errorf("two messages were %v at once, which takes 1s, and they took %v: one settlement waits for another", how, took)
			}
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDesk(t).handle(lesson.Context(t), "nacked for 1s", time.Second, "one step succeeded, another failed", takes(time.Second, nil), takes(time.Second, errOdd))
		lesson.NothingLeft(t, "Handle has returned")
	})
}
