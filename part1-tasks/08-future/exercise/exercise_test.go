//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/08-future/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ms     = time.Millisecond
	minute = time.Minute // no test has a reason to wait for so long

	patience = 1000 * time.Hour // of a caller that stays: a test must end
)

var (
	errLeft      = errors.New("the caller left")
	errNoLine    = errors.New("no line")
	errForgotten = errors.New("the test waits no longer")
)

// An oven computes: it bakes a loaf in each run, called "loaf 1", "loaf 2", and so on.
type oven struct {
	t     *testing.T
	takes time.Duration
	undo  time.Duration // to return when it is stopped
	burns int           // the number of the run that fails
	start time.Time

	mu       sync.Mutex // guards what follows
	begun    []time.Duration
	underWay int
	most     int             // runs at one time
	stopped  []time.Duration // when the context of a run ended
}

func newOven(t *testing.T) *oven {
	t.Helper()
	return &oven{t: t, takes: 1000 * ms, start: time.Now()}
}

func (o *oven) bake(ctx context.Context) (string, error) {
	o.mu.Lock()
	o.begun = append(o.begun, time.Since(o.start))
	n := len(o.begun)
	if n > 50 {
		o.t.Fatal("Get starts one run after the other: more than 50") // an answer that never stops must end
	}
	log := lesson.Log(o.t).With("task", fmt.Sprint("run ", n))
	log.Info("begins")
	o.underWay++
	o.most = max(o.most, o.underWay)
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.underWay--
	}()

	select {
	case <-time.After(o.takes):
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		o.mu.Lock()
		o.stopped = append(o.stopped, time.Since(o.start))
		log.Warn("is stopped")
		o.mu.Unlock()
		time.Sleep(o.undo)
		return "", fmt.Errorf("run %d was stopped: %w", n, context.Cause(ctx))
	}
	if n == o.burns {
		return "half a loaf", errNoLine
	}
	return fmt.Sprint("loaf ", n), nil
}

// stops are when the context of a run ended.
func (o *oven) stops() []time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.stopped)
}

// A visit is one Get: the caller's name, when it comes, and when it leaves at the latest.
type visit struct {
	name   string
	comes  time.Duration // since the oven's start
	leaves time.Duration // since the oven's start; 0: stays

	value string
	err   error
	at    time.Duration // when Get returned
}

// all lets the visitors come and waits until each of them is gone.
func (o *oven) all(l *exercise.Lazy[string], visits ...*visit) {
	o.t.Helper()
	var visitors sync.WaitGroup
	panics := make(chan any, len(visits)) // on these goroutines they would end the test binary
	for _, v := range visits {
		visitors.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			time.Sleep(v.comes - time.Since(o.start))
			ctx, cancel := context.WithCancelCause(o.t.Context())
			defer cancel(nil)
			leaves, why := v.leaves, errLeft
			if leaves == 0 { // stays
				leaves, why = patience, errForgotten
			}
			timer := time.AfterFunc(leaves-time.Since(o.start), func() { cancel(why) })
			defer timer.Stop()
			log := lesson.Log(o.t).With("task", v.name)
			log.Info("calls Get", lesson.Waiting)
			v.value, v.err = l.Get(ctx)
			log.Info(fmt.Sprintf("gets %q, %s", v.value, lesson.Quote(v.err)))
			v.at = time.Since(o.start)
		})
	}
	visitors.Wait()
	select {
	case p := <-panics:
		o.t.Fatalf("Get panicked: %v", p)
	default:
	}
}

// got fails the test unless the visitor got the loaf at that time.
func (o *oven) got(v *visit, value string, at time.Duration, why string) {
	o.t.Helper()
	if v.at >= patience {
		o.t.Errorf("%s: %s still waited a thousand hours later, and should have got %s at %v: each caller that waits wakes up and looks again", why, v.name, value, at)
	} else if v.err != nil {
		o.t.Errorf("%s: %s got the error %q, not %s", why, v.name, v.err, value)
	} else if v.value != value || v.at != at {
		o.t.Errorf("%s: %s got %s at %v, not %s at %v", why, v.name, v.value, v.at, value, at)
	}
}

// left fails the test unless the visitor left at that time, with the cause of its context.
func (o *oven) left(v *visit, at time.Duration, why string) {
	o.t.Helper()
	switch {
	case v.err == nil:
		o.t.Errorf("%s: %s had no time for it, but got %s at %v", why, v.name, v.value, v.at)
	case v.at != at:
		o.t.Errorf("%s: %s left at %v, not at %v", why, v.name, v.at, at)
	case !errors.Is(v.err, errLeft):
		o.t.Errorf("%s: %s got %q, not context.Cause(ctx): %q", why, v.name, v.err, errLeft)
	}
}

// runs fails the test unless the runs began then.
func (o *oven) runs(why string, begun ...time.Duration) {
	o.t.Helper()
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.most > 1 {
		o.t.Errorf("%d runs at one time: they began at %v, and all callers that wait share one", o.most, o.begun)
	} else if !slices.Equal(o.begun, begun) {
		o.t.Errorf("%s: runs began at %v, not at %v", why, o.begun, begun)
	}
}

func TestAllCallersShareOneRun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		anna, ben, carl := &visit{name: "anna"}, &visit{name: "ben", comes: 300 * ms}, &visit{name: "carl", comes: 600 * ms}
		o.all(l, anna, ben, carl)
		o.runs("all come while the first run is under way", 0)
		o.got(anna, "loaf 1", 1000*ms, "the run takes 1s")
		o.got(ben, "loaf 1", 1000*ms, "anna's run is under way")
		o.got(carl, "loaf 1", 1000*ms, "anna's run is under way")
	})
}

func TestAValueIsKept(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		ben := &visit{name: "ben", comes: 2000 * ms}
		o.all(l, &visit{name: "anna"}, ben)
		o.runs("the value of the first run is kept", 0)
		o.got(ben, "loaf 1", 2000*ms, "the value is there")
	})
}

func TestAValueIsKeptHoweverOldItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var runs atomic.Int32
		l := exercise.NewLazy(func(context.Context) (int32, error) { return runs.Add(1), nil })
		for range 2 {
			_, _ = l.Get(t.Context())
			time.Sleep(10 * 365 * 24 * time.Hour)
		}
		if runs.Load() > 1 {
			t.Error("a run returned a value, a Get came ten years later, and it started another run: a value is kept, however old it is")
		}
	})
}

func TestAValueIsKeptFromTheInstantAtWhichTheRunEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 40 && !t.Failed(); n++ {
			var runs atomic.Int32
			l := exercise.NewLazy(func(context.Context) (int32, error) { return runs.Add(1), nil })
			wait := lesson.Together(2, func(goroutine int) {
				for spins := 1; goroutine == 1 && runs.Load() == 0; spins++ { // comes when compute returns, while the other one waits
					if spins%100 == 0 {
						runtime.Gosched()
					}
				}
				for range 3 {
					_, _ = l.Get(t.Context())
				}
			})
			wait()
			if n := runs.Load(); n > 1 {
				t.Errorf("a run has returned a value, and a Get that comes just then starts another run: %d runs", n)
			}
		}
	})
}

func TestEachLazyCountsItsOwnCallers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o, other := newOven(t), newOven(t)
		var ben sync.WaitGroup
		ben.Go(func() { other.all(exercise.NewLazy(other.bake), &visit{name: "ben"}) })
		o.all(exercise.NewLazy(o.bake), &visit{name: "anna", leaves: 500 * ms})
		synctest.Wait() // whether anna waited for compute is another test's question
		if len(o.stops()) == 0 {
			t.Error("anna, the only caller of one Lazy, left at 500ms, and its run was not stopped: ben waits for another Lazy, whose callers do not count")
		}
		ben.Wait()
	})
}

func TestTwoCallersThatComeAtOnceShareOneRun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 500 && !t.Failed(); n++ {
			o := newOven(t)
			l := exercise.NewLazy(o.bake)
			var here atomic.Int32
			var visitors sync.WaitGroup
			for range 2 {
				visitors.Go(func() {
					defer func() { _ = recover() }() // other tests tell
					here.Add(1)
					for spins := 1; here.Load() < 2; spins++ { // a channel would let in one after the other
						if spins%10_000 == 0 {
							runtime.Gosched()
						}
					}
					_, _ = l.Get(t.Context())
				})
			}
			visitors.Wait()
			o.runs("two come at once", 0)
		}
	})
}

func TestAZeroValueIsAValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) { keepsZero[int](t) })
	lesson.Bubble(t, func(t *testing.T) { keepsZero[string](t) })
	lesson.Bubble(t, func(t *testing.T) { keepsZero[error](t) })
}

func keepsZero[T any](t *testing.T) {
	t.Helper()
	runs := 0
	l := exercise.NewLazy(func(context.Context) (zero T, err error) {
		runs++
		return zero, nil
	})
	for range 2 {
		_, _ = l.Get(t.Context())
	}
	if runs != 1 {
		var zero T
		t.Errorf("compute returned the value %#v and no error, and Get called it %d times: a zero value is kept like any other", zero, runs)
	}
}

func TestAnErrorIsNotKept(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.burns = 1
		l := exercise.NewLazy(o.bake)
		anna, ben := &visit{name: "anna"}, &visit{name: "ben", comes: 500 * ms}
		carl := &visit{name: "carl", comes: 2000 * ms}
		o.all(l, anna, ben, carl)
		for _, v := range []*visit{anna, ben} {
			if !errors.Is(v.err, errNoLine) || v.at != 1000*ms {
				t.Errorf("the run failed at 1s with %q; %s waited for it and got %q and the error %v at %v",
					errNoLine, v.name, v.value, v.err, v.at)
			}
		}
		if errors.Is(carl.err, errNoLine) {
			t.Errorf("an error is kept: carl came a second after the run had failed, and got its error, %q", carl.err)
			return
		}
		o.got(carl, "loaf 2", 3000*ms, "the first run failed, so carl starts another")
		o.runs("the first run failed at 1s, and carl came at 2s", 0, 2000*ms)
	})
}

func TestAnErrorIsReturnedWhicheverItIs(t *testing.T) {
	for _, its := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("request: %w", context.Canceled)} {
		lesson.Bubble(t, func(t *testing.T) {
			runs := 0
			_, err := exercise.NewLazy(func(context.Context) (string, error) {
				runs++
				if runs > 1 {
					return "a loaf", nil
				}
				return "", its // of a request that compute has cancelled itself
			}).Get(t.Context())
			if !errors.Is(err, its) {
				t.Errorf("no caller has left, compute returned %q by itself, and Get returned %s after %d runs: only a run that was stopped is run again", its, lesson.Quote(err), runs)
			}
		})
	}
}

func TestAnErrorMayBeOfATypeThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := exercise.NewLazy(func(context.Context) (string, error) { return "", lesson.ListError{"no flour", "no salt"} })
		for range 2 { // an answer may compare it with the one before
			_, err := l.Get(t.Context())
			if _, its := errors.AsType[lesson.ListError](err); !its {
				t.Errorf("compute returned an error of a type on which == and the key of a map fail, and Get returned %s:"+
					" all callers get the error of the run, whichever it is", lesson.Quote(err))
			}
		}
	})
}

func TestACallerOfARunThatFailsMayTryAgainAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const callers = 20
		for range 10 {
			o := newOven(t)
			o.burns = 1
			l := exercise.NewLazy(o.bake)
			var old atomic.Int32
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					defer func() { _ = recover() }() // other tests tell
					if _, err := l.Get(t.Context()); err == nil {
						return
					}
					if _, err := l.Get(t.Context()); errors.Is(err, errNoLine) {
						old.Add(1)
					}
				})
			}
			all.Wait()
			if n := old.Load(); n > 0 {
				t.Errorf("a run failed, %d callers got its error and called Get again at once, and %d of them got the same error again:"+
					" a run is over when compute has returned, not when its last caller has gone", callers, n)
				return
			}
		}
	})
}

func TestTheCallerThatStartedTheRunLeavesWithoutHarm(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		anna, ben := &visit{name: "anna", leaves: 500 * ms}, &visit{name: "ben", comes: 200 * ms}
		carl := &visit{name: "carl", comes: 2000 * ms}
		o.all(l, anna, ben, carl)
		o.left(anna, 500*ms, "anna's ctx ended at 500ms")
		if stops := o.stops(); len(stops) > 0 {
			t.Errorf("anna had started the run and left at 500ms, and the run was stopped at %v although ben waited for it", stops[0])
		}
		o.got(ben, "loaf 1", 1000*ms, "anna has left")
		o.runs("anna had started the run and left, ben got its value, and the value is kept for carl", 0)
	})
}

func TestAnotherCallerLeavesWithoutHarm(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		anna, ben := &visit{name: "anna"}, &visit{name: "ben", comes: 200 * ms, leaves: 500 * ms}
		carl := &visit{name: "carl", comes: 700 * ms, leaves: 800 * ms}
		o.all(l, anna, ben, carl)
		o.left(ben, 500*ms, "ben's ctx ended at 500ms")
		o.left(carl, 800*ms, "carl's ctx ended at 800ms")
		if stops := o.stops(); len(stops) > 0 {
			t.Errorf("the run was stopped at %v although anna waited for it: one caller that leaves is not all", stops[0])
		}
		o.got(anna, "loaf 1", 1000*ms, "two others have left")
		o.runs("anna stays", 0)
	})
}

func TestTheLastCallerStopsTheRunAndWaitsForIt(t *testing.T) {
	for _, undo := range []time.Duration{200 * ms, 24 * time.Hour} {
		lesson.Bubble(t, func(t *testing.T) { lastCallerStopsTheRun(t, undo) })
	}
}

// lastCallerStopsTheRun tests it with a run that takes so long to return.
func lastCallerStopsTheRun(t *testing.T, undo time.Duration) {
	t.Helper()
	o := newOven(t)
	o.takes = minute
	o.undo = undo
	l := exercise.NewLazy(o.bake)
	anna, ben := &visit{name: "anna", leaves: 500 * ms}, &visit{name: "ben", comes: 200 * ms, leaves: 700 * ms}
	o.all(l, anna, ben)
	synctest.Wait()
	o.mu.Lock()
	underWay, stopped := o.underWay, slices.Clone(o.stopped)
	o.mu.Unlock()
	o.left(anna, 500*ms, "anna's ctx ended, and ben was still there")
	switch {
	case len(stopped) == 0:
		t.Errorf("the run is not stopped: the last caller left at %v, and it goes on for no caller", ben.at)
	case stopped[0] != 700*ms:
		t.Errorf("the last one left at 700ms, and the run was stopped at %v", stopped[0])
	case underWay > 0:
		t.Errorf("the last one stopped the run and was gone at %v, before compute had returned: it waits for that", ben.at)
	default:
		o.left(ben, 700*ms+undo, fmt.Sprintf("the run was stopped at 700ms and returned %v later", undo))
	}
	time.Sleep(2*minute + undo)
}

func TestOneOfManyCallersLeavesWithoutHarm(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const callers = 1_100
		o := newOven(t)
		o.takes = minute
		l := exercise.NewLazy(o.bake)
		leave := make([]context.CancelFunc, callers)
		var all sync.WaitGroup
		for i := range leave {
			ctx, cancel := context.WithCancel(t.Context())
			leave[i] = cancel
			all.Go(func() { _, _ = l.Get(ctx) })
		}
		synctest.Wait()
		for _, cancel := range leave[1:] { // all at once: one after the other would take long where each wakes all others
			cancel()
		}
		synctest.Wait()
		if len(o.stops()) > 0 {
			t.Errorf("%d callers waited, %d of them left, and the run was stopped: it goes on while one waits", callers, callers-1)
		}
		leave[0]()
		all.Wait()
		if len(o.stops()) == 0 {
			t.Errorf("%d callers waited, all of them left, and the run was not stopped", callers)
		}
	})
}

func TestTheNextCallerStartsANewRun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		anna, ben := &visit{name: "anna", leaves: 500 * ms}, &visit{name: "ben", comes: 800 * ms}
		o.all(l, anna, ben)
		o.runs("the first run was stopped at 500ms, and ben came at 800ms", 0, 800*ms)
		o.got(ben, "loaf 2", 1800*ms, "the first run was stopped")
	})
}

func TestNoCallerJoinsARunThatHasBeenStopped(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.undo = 400 * ms // stopped at 500ms, returns at 900ms
		l := exercise.NewLazy(o.bake)
		anna := &visit{name: "anna", leaves: 500 * ms}
		ben, carl := &visit{name: "ben", comes: 600 * ms}, &visit{name: "carl", comes: 700 * ms}
		dora, emil := &visit{name: "dora", comes: 650 * ms, leaves: 800 * ms}, &visit{name: "emil", comes: 850 * ms}
		o.all(l, anna, ben, carl, dora, emil)
		const why = "the run was stopped at 500ms and returned at 900ms"
		for _, v := range []*visit{ben, carl, emil} {
			if v.err != nil && !errors.Is(v.err, errForgotten) {
				t.Errorf("%s came when the run had been stopped, joined it, and got its error: %q", v.name, v.err)
				return
			}
		}
		o.runs(why, 0, 900*ms)
		o.got(ben, "loaf 2", 1900*ms, why)
		o.got(carl, "loaf 2", 1900*ms, why)
		o.got(emil, "loaf 2", 1900*ms, why)
		o.left(dora, 800*ms, "dora waited for the stopped run to return, and her ctx ended at 800ms")
		o.left(anna, 900*ms, why)
	})
}

func TestACallerWaitsForAStoppedRunHoweverLongThatTakes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.undo = 24 * time.Hour
		l := exercise.NewLazy(o.bake)
		ben := &visit{name: "ben", comes: 600 * ms}
		o.all(l, &visit{name: "anna", leaves: 500 * ms}, ben)
		if o.most > 1 {
			t.Errorf("the run was stopped at 500ms and compute returned a day later; ben came at 600ms, and his Get did not wait for that: the runs began at %v,"+
				" and there is never more than one run at a time", o.begun)
			return
		}
		o.runs("the run was stopped at 500ms and compute returned a day later", 0, o.undo+500*ms)
		o.got(ben, "loaf 2", o.undo+1500*ms, "the run was stopped at 500ms and compute returned a day later")
	})
}

func TestACallerThatLeavesBeforeTheStoppedRunReturnsStartsNone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.undo = 400 * ms // stopped at 500ms, returns at 900ms
		l := exercise.NewLazy(o.bake)
		ben := &visit{name: "ben", comes: 600 * ms, leaves: 800 * ms}
		o.all(l, &visit{name: "anna", leaves: 500 * ms}, ben)
		o.runs("ben left before he could start a run", 0)
		o.left(ben, 800*ms, "ben waited for the stopped run to return, and his ctx ended at 800ms")
	})
}

func TestACallerThatHasWaitedForAStoppedRunStopsItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.undo = 400 * ms // stopped at 500ms, returns at 900ms
		l := exercise.NewLazy(o.bake)
		ben := &visit{name: "ben", comes: 600 * ms, leaves: 1200 * ms}
		o.all(l, &visit{name: "anna", leaves: 500 * ms}, ben)
		if stops := o.stops(); len(stops) < 2 {
			t.Error("ben waited until the run that anna had stopped was over, started another, and left at 1.2s, and that was not stopped:" +
				" count the callers of each run, each of them once")
			time.Sleep(minute)
			return
		}
		o.runs("the first run was stopped at 500ms and returned at 900ms", 0, 900*ms)
		o.left(ben, 1600*ms, "ben's ctx ended at 1.2s, which stopped the second run, and that needs 400ms to return")
	})
}

func TestNoCallerJoinsARunThatHasBeenStoppedWhileItWaitedForAnother(t *testing.T) {
	for range 20 {
		lesson.Bubble(t, waitsForStoppedRuns)
		if t.Failed() {
			return
		}
	}
}

// waitsForStoppedRuns lets carl wait for a run that is stopped; when it has returned, another one begins at once
// and is stopped before carl looks, and so three times.
func waitsForStoppedRuns(t *testing.T) {
	t.Helper()
	o := newOven(t)
	o.undo = 400 * ms // stopped at 500ms, returns at 900ms
	var mu sync.Mutex // guards runs
	runs := 0
	var leave []context.CancelFunc
	l := exercise.NewLazy(func(ctx context.Context) (string, error) {
		mu.Lock()
		runs++
		if n := runs - 2; n >= 0 && n < len(leave) {
			leave[n]() // the caller that has come for this run
		}
		mu.Unlock()
		return o.bake(ctx)
	})
	var others sync.WaitGroup
	for n := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		leave = append(leave, cancel)
		others.Go(func() {
			defer func() { _ = recover() }() // other tests tell
			time.Sleep(time.Duration(600+400*n) * ms)
			_, _ = l.Get(ctx)
		})
	}
	var value string
	var err error
	others.Go(func() {
		defer func() { _ = recover() }()
		time.Sleep(700 * ms)
		value, err = l.Get(lesson.Yields(t.Context()))
	})
	o.all(l, &visit{name: "anna", leaves: 500 * ms})
	others.Wait()
	if err != nil {
		t.Errorf("carl waited for a stopped run, and when he looked again the next run had been stopped, too; he joined one of them"+
			" and got its error, %q: a caller looks again as often as it finds a stopped run, and no caller joins between the count of the last one that leaves and the stop", err)
	} else if value == "" && !t.Failed() {
		t.Error("carl waited for a stopped run, and got neither a value nor an error")
	}
}

func TestTheContextOfARunEndsWithIt(t *testing.T) {
	for _, its := range []error{nil, errNoLine} {
		lesson.Bubble(t, func(t *testing.T) {
			var runs []context.Context
			_, _ = exercise.NewLazy(func(ctx context.Context) (string, error) {
				runs = append(runs, ctx)
				return "", its
			}).Get(t.Context())
			synctest.Wait()
			if len(runs) > 0 && runs[0].Err() == nil {
				t.Errorf("compute has returned, %s, and the context of its run has not ended: what compute has made from it stays", lesson.Quote(its))
			}
		})
	}
}

func TestAnEndedContextStartsNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errLeft)
		_, err := l.Get(ctx)
		o.left(&visit{name: "anna", err: err, at: time.Since(o.start)}, 0, "anna's ctx had ended before she came")
		o.runs("the only ctx had ended")
	})
}

func TestACallerComesAsTheLastOneLeaves(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 100 && !t.Failed(); n++ {
			o := newOven(t)
			l := exercise.NewLazy(o.bake)
			anna, ben := &visit{name: "anna", leaves: 500 * ms}, &visit{name: "ben", comes: 500 * ms}
			o.all(l, anna, ben)
			o.left(anna, 500*ms, "anna's ctx ended at 500ms")
			if ben.err != nil {
				t.Errorf("ben came at the instant at which anna left, joined the run that she stopped, and got its error: %q", ben.err)
			}
			o.mu.Lock()
			most := o.most
			o.mu.Unlock()
			if most > 1 {
				t.Errorf("%d runs at one time: ben came at the instant at which anna left", most)
			}
		}
	})
}

func TestTheDeadlineOfACallerDoesNotEndTheRun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(o.bake)
		var first sync.WaitGroup
		first.Go(func() {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 500*ms, errLeft)
			defer cancel()
			_, _ = l.Get(ctx)
		})
		time.Sleep(100 * ms)
		value, err := l.Get(t.Context())
		first.Wait()
		if err != nil || value != "loaf 1" {
			t.Errorf("the first caller, which started the run, has its deadline at 500ms; the second one waits for the run and got %q, %s:"+
				" the run's context must not have the deadline of a caller", value, lesson.Quote(err))
		}
	})
}

func TestAStoppedRunMayStillReturnAValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		l := exercise.NewLazy(func(ctx context.Context) (string, error) {
			_, _ = o.bake(ctx)
			return "a loaf all the same", nil
		})
		ben := &visit{name: "ben", comes: 1000 * ms}
		anna := &visit{name: "anna", leaves: 500 * ms}
		o.all(l, anna, ben)
		o.left(anna, 500*ms, "anna left, which stopped the run, and the run returned a value all the same")
		if ben.err != nil || ben.value != "a loaf all the same" || ben.at != 1000*ms && ben.at != 2000*ms {
			t.Errorf("the run was stopped at 500ms and returned a value; ben came at 1s and got %q, %s, at %v: neither that value at once nor that of a run of 1s",
				ben.value, lesson.Quote(ben.err), ben.at)
		}
	})
}

func TestARunMayTakeAsLongAsACallerWaits(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := newOven(t)
		o.takes = 24 * time.Hour
		anna := &visit{name: "anna"}
		o.all(exercise.NewLazy(o.bake), anna)
		o.got(anna, "loaf 1", o.takes, "the run takes a day, and anna waits")
	})
}

func TestTheNextGetStartsARunHoweverManyHaveFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const failures = 1000
		var runs atomic.Int32
		l := exercise.NewLazy(func(context.Context) (string, error) {
			if runs.Add(1) <= failures {
				return "", errNoLine
			}
			return "a loaf", nil
		})
		for n := range failures + 1 {
			value, err := l.Get(t.Context())
			if runs.Load() == int32(n) {
				t.Fatalf("%d runs have failed, one after the other, and the next Get starts none, it returns %q and %s:"+
					" no error is kept, however many runs have failed", n, value, lesson.Quote(err))
			}
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	for _, burns := range []int{0, 1} {
		lesson.Bubble(t, func(t *testing.T) {
			o := newOven(t)
			o.burns = burns
			_, _ = exercise.NewLazy(o.bake).Get(lesson.Context(t))
			lesson.NothingLeft(t, "Get has returned")
		})
	}
}

func TestManyGoroutinesGetTheSameValue(t *testing.T) {
	var runs int // by one run at a time
	l := exercise.NewLazy(func(context.Context) (int, error) {
		runs++
		if runs%2 == 1 {
			return 0, errNoLine
		}
		return runs, nil
	})
	got := make([]map[int]bool, 8)
	lesson.Storm(t, len(got), func(i int) {
		value, err := l.Get(t.Context())
		if got[i] == nil {
			got[i] = make(map[int]bool)
		}
		if err == nil {
			got[i][value] = true
		}
	})
	for i := range got {
		for value := range got[i] {
			if value != 2 {
				t.Fatalf("8 goroutines call Get at once; the first run fails, the second one gives the value 2, which is kept; but one got %d", value)
			}
		}
	}
}
