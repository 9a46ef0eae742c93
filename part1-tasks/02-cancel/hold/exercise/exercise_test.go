//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/02-cancel/hold/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDrill    = errors.New("fire drill")
	errNoAnswer = errors.New("no answer")
)

// A desk is a call of Hold and what its giveBack sees.
type desk struct {
	takes time.Duration // of giveBack
	fails error
	cause error         // of ctx: errDrill, if nil
	limit time.Duration // 1 s, if 0

	calls int
	began time.Duration // since the start
	alive bool
	value any
	left  time.Duration // until giveBack's ctx has cut it off; 0: it has not
	says  time.Duration // until the deadline of giveBack's ctx; 0: it has none
	ctx   context.Context
}

type key struct{}

// hold calls Hold with a ctx that ends after d, and returns when Hold returned.
func (k *desk) hold(t *testing.T, d time.Duration) (took time.Duration, err error) {
	t.Helper()
	start := time.Now()
	ctx, done := context.WithTimeout(context.WithValue(t.Context(), key{}, "anna"), 1000*time.Hour) // it ends long before
	defer done()
	ctx, cancel := context.WithCancelCause(ctx)
	cause := cmp.Or(k.cause, errDrill)
	if d == 0 {
		cancel(cause)
	}
	timer := time.AfterFunc(d, func() { cancel(cause) })
	defer timer.Stop()
	log := lesson.Log(t)
	err = exercise.Hold(ctx, cmp.Or(k.limit, time.Second), func(ctx context.Context) error {
		log.With("task", "giveBack").Info("is called", lesson.Waiting)
		if k.calls++; k.calls > 1 {
			t.Error("giveBack was called a second time: once is enough, also if it fails")
			return nil
		}
		k.ctx = ctx
		k.began, k.alive, k.value = time.Since(start), ctx.Err() == nil, ctx.Value(key{})
		if deadline, has := ctx.Deadline(); has {
			k.says = time.Until(deadline)
		}
		select {
		case <-time.After(k.takes):
			return k.fails
		case <-ctx.Done():
			k.left = time.Since(start) - k.began
			log.With("task", "giveBack").Warn("is cut off")
			return context.Cause(ctx)
		}
	})
	took = time.Since(start)
	log.With("task", "Hold").Info("returns " + lesson.Quote(err))
	synctest.Wait()
	if k.calls > 0 && !k.alive {
		t.Fatal("giveBack got a context that has ended: its first wait is cut off")
	}
	return took, err
}

func TestGivesTheSeatBackWhenCtxEnds(t *testing.T) {
	for _, end := range []time.Duration{2*time.Second + 300*time.Microsecond, 0, 100 * time.Hour} { // no poll falls due just then
		lesson.Bubble(t, func(t *testing.T) {
			k := &desk{takes: 300 * time.Millisecond}
			took, _ := k.hold(t, end)
			switch {
			case k.calls != 1:
				t.Errorf("ctx ended at %v, and giveBack was called %d times, not once", end, k.calls)
			case k.began != end:
				t.Errorf("ctx ended at %v, and giveBack was called at %v", end, k.began)
			case took != end+300*time.Millisecond:
				t.Errorf("giveBack returned at %v, and Hold at %v: it waits for giveBack, and no longer", end+300*time.Millisecond, took)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestTwoSeatsAreGivenBackAtTheSameTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		var began [2]atomic.Int64
		var both sync.WaitGroup
		for i := range began {
			both.Go(func() {
				_ = exercise.Hold(ctx, time.Second, func(context.Context) error {
					began[i].Store(int64(time.Since(start)))
					time.Sleep(500 * time.Millisecond)
					return nil
				})
			})
		}
		both.Wait()
		if a, b := time.Duration(began[0].Load()), time.Duration(began[1].Load()); a != 2*time.Second || b != 2*time.Second {
			t.Errorf("Hold holds two seats, ctx ended at 2s for both, and their giveBack was called at %v and at %v (0s: never)", a, b)
		}
	})
}

func TestGiveBackGetsALivingContextWithTheValuesAndALimit(t *testing.T) {
	for _, limit := range []time.Duration{time.Second, 10 * time.Minute} {
		lesson.Bubble(t, func(t *testing.T) {
			k := &desk{takes: time.Hour, limit: limit}
			_, _ = k.hold(t, 2*time.Second)
			switch {
			case k.value != "anna":
				t.Error("giveBack's context has not the values of ctx: make it from ctx")
			case k.left != limit:
				t.Errorf("giveBack's context ended %v after the call (0s: never), not after its limit of %v", k.left, limit)
			case k.says != 0 && k.says != limit:
				t.Errorf("giveBack's context ends after its limit of %v, and its Deadline says that it ends after %v: that is still the deadline of ctx", limit, k.says)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestGiveBackMayGoOnBeyondTheDeadlineOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(2*time.Second, cancel)
		var ended time.Duration
		_ = exercise.Hold(ctx, 10*time.Second, func(ctx context.Context) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			ended = time.Since(start)
			return nil
		})
		if ended != 12*time.Second {
			t.Errorf("ctx was cancelled at 2s, its deadline was 5s, the limit is 10s, and the context of giveBack ended at %v, not at 12s:"+
				" the deadline of ctx does not matter any more", ended)
		}
	})
}

func TestErrorsThatCannotBeComparedAreReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &desk{cause: lesson.ListError{"the fan is broken", "the server is hot"}, fails: lesson.ListError{"no answer", "no tone"}}
		_, err := k.hold(t, 2*time.Second)
		if _, ok := errors.AsType[lesson.ListError](err); !ok {
			t.Errorf("ctx ended with a cause of a type that cannot be compared by ==, giveBack failed with an error of this type as well, and Hold returned %s", lesson.Quote(err))
		}
	})
}

func TestWaitsForAGiveBackThatDoesNotListen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var over atomic.Bool
		_ = exercise.Hold(ctx, time.Second, func(context.Context) error {
			time.Sleep(24 * time.Hour)
			over.Store(true)
			return nil
		})
		if !over.Load() {
			t.Errorf("giveBack does not look at its context and takes a day, its limit is 1s, and Hold returned after %v:"+
				" it must wait until giveBack has returned, however long that takes", time.Since(start))
		}
	})
}

func TestTheContextOfGiveBackEndsWithIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &desk{}
		_, _ = k.hold(t, 2*time.Second)
		if k.ctx.Err() == nil {
			t.Error("giveBack has returned, and its context is still alive, with its timer: its cancel was not called")
		}
	})
}

func TestReturnsWhyCtxEndedAndTheErrorOfGiveBack(t *testing.T) {
	becauseOfIt := fmt.Errorf("%w during the %w", errNoAnswer, errDrill)
	for _, fails := range []error{nil, errNoAnswer, context.DeadlineExceeded, becauseOfIt} {
		lesson.Bubble(t, func(t *testing.T) {
			_, err := (&desk{fails: fails}).hold(t, 2*time.Second)
			if !errors.Is(err, errDrill) {
				t.Errorf("ctx ended, and Hold returned %s: errors.Is does not find context.Cause(ctx), %q", lesson.Quote(err), errDrill)
			} else if fails == becauseOfIt && !errors.Is(err, fails) { //nolint:errorlint // the very one of this table
				t.Errorf("giveBack failed with %q, which wraps the cause of ctx, and Hold returned %q: that is an error of giveBack like any other", fails, err)
			} else if fails != nil && !errors.Is(err, fails) {
				t.Errorf("giveBack failed with %q, and Hold returned %q: errors.Is does not find that error", fails, err)
			}
		})
	}
}

func TestACancellationWithoutACauseIsAnErrorAsWell(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		if _, err := (&desk{cause: context.Canceled}).hold(t, 2*time.Second); !errors.Is(err, context.Canceled) {
			t.Errorf("ctx was cancelled without a cause of its own, so context.Cause(ctx) is context.Canceled, and Hold returned %s", lesson.Quote(err))
		}
	})
}

func TestAPanicOfGiveBackReachesTheCaller(t *testing.T) {
	const text = "giveBack panics on purpose: Hold hands that on to its caller, on the caller's goroutine"
	for _, ours := range []any{text, errors.New(text)} {
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			k := &desk{}
			defer func() {
				switch p := recover(); {
				case p == ours:
					synctest.Wait()
					if k.ctx.Err() == nil {
						t.Error("giveBack panicked, and its context is still alive, with its timer: a panic skips a cancel that is not deferred")
					}
				case p == nil && ours == text:
					t.Error("giveBack panicked, and the caller of Hold heard nothing of it")
				case p == nil:
					t.Error("giveBack panicked with a value that is an error, and Hold returned: that is a panic like any other")
				case !strings.Contains(fmt.Sprint(p), text):
					panic(p)
				default:
					t.Errorf("giveBack panicked, and another panic reached the caller of Hold, with %T %q: hand on the value of giveBack's own", p, fmt.Sprint(p))
				}
			}()
			_ = exercise.Hold(ctx, time.Second, func(ctx context.Context) error {
				k.ctx = ctx
				panic(ours)
			})
		})
		if t.Failed() {
			return
		}
	}
}
