//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/02-shutdown/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errLeft = errors.New("3 orders left")
	errDisk = errors.New("the disk is full")
)

// A diary notes when each phase begins.
type diary struct {
	t     *testing.T
	start time.Time
	said  atomic.Bool // what is wrong: once is enough

	mu     sync.Mutex           // guards the below
	begins []string             // such as "drain 1s"
	waits  map[string]time.Time // phases that wait, and when their budgets are used up
}

func newDiary(t *testing.T) *diary {
	t.Helper()
	return &diary{t: t, start: time.Now(), waits: make(map[string]time.Time)}
}

// phase is one that takes so long and returns err; when its context ends first, it gives up and needs a tenth of a second for that.
func (d *diary) phase(name string, budget, takes time.Duration, err error) exercise.Phase {
	return exercise.Phase{Name: name, Budget: budget, Do: func(ctx context.Context) error {
		d.begin(name)
		d.note(func() { d.waits[name] = time.Now().Add(budget) })
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			time.Sleep(100 * time.Millisecond)
		}
		d.note(func() { delete(d.waits, name) })
		return err
	}}
}

// deaf is one that takes so long and takes no notice of its context.
func (d *diary) deaf(name string, budget, takes time.Duration, err error) exercise.Phase {
	return exercise.Phase{Name: name, Budget: budget, Do: func(context.Context) error {
		d.begin(name)
		time.Sleep(takes)
		return err
	}}
}

func (d *diary) begin(name string) {
	lesson.Log(d.t).With("task", name).Info("begins")
	d.note(func() { d.begins = append(d.begins, fmt.Sprint(name, " ", time.Since(d.start))) })
}

func (d *diary) note(what func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	what()
}

// complain fails the test, unless it has done so already.
func (d *diary) complain(format string, args ...any) {
	d.t.Helper()
	if !d.said.Swap(true) {
		d.t.Errorf(format, args...)
	}
}

// expect runs s and says which phases should begin when, "drain 0s, close 1s", when Run should return, and with which lines.
func (d *diary) expect(ctx context.Context, phases []exercise.Phase, why, begins string, after time.Duration, lines ...string) {
	d.t.Helper()
	s := &exercise.Shutdown{Phases: phases}
	log := lesson.Log(d.t).With("task", "Run")
	log.Info("is called", lesson.Waiting)
	err := s.Run(ctx)
	log.Info("returns " + lesson.Quote(err))
	took := time.Since(d.start)
	d.mu.Lock()
	defer d.mu.Unlock()
	if got := strings.Join(d.begins, ", "); got != begins {
		d.complain("%s: the phases begin at [%s], not at [%s]", why, got, begins)
	}
	for _, name := range slices.Sorted(maps.Keys(d.waits)) {
		if until := d.waits[name]; time.Since(until) > 100*time.Millisecond {
			d.complain("%s: the budget of %s was used up at %v, and its context has still not ended at %v: it ends then, or the phase never learns of it", why, name, until.Sub(d.start), took)
		}
	}
	if took != after {
		d.complain("%s: Run returns after %v, not after %v", why, took, after)
	}
	got := "nil"
	if err != nil {
		got = fmt.Sprintf("%q", err)
	}
	want := "nil"
	if len(lines) > 0 {
		want = fmt.Sprintf("%q", strings.Join(lines, "\n"))
	}
	if got != want {
		d.complain("%s: Run returns %s, not %s", why, got, want)
	}
	for _, is := range []error{errLeft, errDisk, exercise.ErrOverrun} {
		if strings.Contains(want, is.Error()) && !errors.Is(err, is) {
			d.complain("%s: Run returns the words %q, but errors.Is does not find the error: wrap it", why, is)
		}
	}
}

func TestOnePhaseAfterTheOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.phase("intake", time.Minute, time.Second, nil),
			d.phase("drain", time.Minute, 2*time.Second, nil),
			d.phase("close", time.Minute, time.Second, nil),
		}, "three phases take 1s, 2s and 1s, and nothing goes wrong", "intake 0s, drain 1s, close 3s", 4*time.Second)
	})
}

func TestAllPhasesRunHoweverManyThereAre(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var n atomic.Int64
		count := exercise.Phase{Name: "count", Budget: time.Minute, Do: func(context.Context) error { n.Add(1); return nil }}
		err := (&exercise.Shutdown{Phases: slices.Repeat([]exercise.Phase{count}, 300)}).Run(t.Context())
		if n.Load() != 300 || err != nil {
			t.Errorf("there are 300 phases: Run ran %d of them, and returned %s", n.Load(), lesson.Quote(err))
		}
	})
}

func TestEachShutdownRunsItsOwnPhases(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		_ = (&exercise.Shutdown{Phases: []exercise.Phase{d.phase("of the first", time.Minute, 0, errLeft)}}).Run(t.Context())
		second := &exercise.Shutdown{Phases: []exercise.Phase{d.phase("of the second", time.Minute, 0, errDisk)}}
		err := second.Run(t.Context())
		d.mu.Lock()
		defer d.mu.Unlock()
		if !slices.Contains(d.begins, "of the second 0s") {
			d.complain("two Shutdowns run, one after the other, and no phase of the second has begun: what one Shutdown has done says nothing about another")
		} else if err != nil && !errors.Is(err, errDisk) && err.Error() == "of the second: "+errDisk.Error() {
			d.complain("Run returns the words %q, but errors.Is does not find the error of the phase: wrap it with %%w", err)
		} else if !errors.Is(err, errDisk) || errors.Is(err, errLeft) {
			d.complain("two Shutdowns run, one after the other: the second returns %s, not the error of its own phase", lesson.Quote(err))
		}
	})
}

func TestNothingToDo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDiary(t).expect(t.Context(), nil, "there are no phases", "", 0)
	})
}

func TestAFailureStopsNothingAndIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.phase("intake", time.Minute, time.Second, nil),
			d.phase("drain", time.Minute, time.Second, errLeft),
			d.phase("cache", time.Minute, time.Second, nil),
			d.phase("store", time.Minute, time.Second, errDisk),
		}, "drain and store fail", "intake 0s, drain 1s, cache 2s, store 3s", 4*time.Second,
			"drain: 3 orders left", "store: the disk is full")
	})
}

func TestAPhaseThatOverrunsIsNamedAndNotWaitedFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.deaf("drain", 2*time.Second, 10*time.Second, nil),
			d.phase("close", time.Minute, time.Second, nil),
		}, "drain takes 10s, looks at no context, and has a budget of 2s, with no grace after it", "drain 0s, close 2s", 3*time.Second,
			"drain: budget used up")
		time.Sleep(10 * time.Second) // drain ends, and nothing may be left of it
	})
}

func TestEachPhaseHasABudgetOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.phase("intake", time.Second, time.Hour, nil),
			d.phase("drain", 3*time.Second, 2*time.Second, nil),
			d.phase("cache", 2*time.Second, time.Hour, nil),
			d.phase("store", 3*time.Second, 2*time.Second, nil),
		}, "the budgets are 1s, 3s, 2s and 3s, each begins with its phase, intake and cache hang until their contexts end",
			"intake 0s, drain 1s, cache 3s, store 5s", 7*time.Second, "intake: budget used up", "cache: budget used up")
	})
}

func TestABudgetNeedNotBeWholeSeconds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.phase("intake", 1300*time.Millisecond, time.Hour, nil),
			d.phase("cache", 1600*time.Millisecond, time.Hour, nil),
			d.phase("store", 2600*time.Millisecond, time.Hour, nil),
		}, "the budgets are 1.3s, 1.6s and 2.6s, each to be kept as it is, not rounded, and the phases hang until their contexts end",
			"intake 0s, cache 1.3s, store 2.9s", 5500*time.Millisecond, "intake: budget used up", "cache: budget used up", "store: budget used up")
		time.Sleep(time.Second) // store gives up
	})
}

func TestAPhaseHasAllOfItsBudget(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{d.phase("drain", 48*time.Hour, 47*time.Hour, nil), d.phase("close", 48*time.Hour, time.Hour, nil)},
			"drain takes 47h and close 1h, and each has a budget of 48h", "drain 0s, close 47h0m0s", 48*time.Hour)
	})
}

func TestTheContextOfAPhaseEndsWithItsBudget(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		var ended atomic.Int64
		drain := exercise.Phase{Name: "drain", Budget: 2 * time.Second, Do: func(ctx context.Context) error {
			<-ctx.Done()
			ended.Store(int64(time.Since(d.start)))
			time.Sleep(100 * time.Millisecond)
			return nil
		}}
		d.expect(t.Context(), []exercise.Phase{drain, d.phase("close", time.Minute, 3*time.Second, nil)},
			"drain waits for the end of its context and has a budget of 2s", "close 2s", 5*time.Second, "drain: budget used up")
		if at := time.Duration(ended.Load()); at != 2*time.Second {
			t.Errorf("drain has a budget of 2s, and its context ended at %v: it ends when the budget is used up, not with the shutdown", at)
		}
		time.Sleep(time.Second) // drain gives up
	})
}

func TestTwoPhasesMayHaveOneName(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{d.phase("close", time.Minute, time.Second, errLeft), d.phase("close", time.Minute, time.Second, errDisk)},
			"two phases are named close, and both fail", "close 0s, close 1s", 2*time.Second, "close: 3 orders left", "close: the disk is full")
	})
}

func TestANameIsNotAFormat(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{d.phase("flush 100%s", time.Minute, time.Second, errLeft), d.deaf("cache %d", time.Second, 2*time.Second, nil)},
			"the phases are named \"flush 100%s\" and \"cache %d\"", "flush 100%s 0s, cache %d 1s", 2*time.Second, "flush 100%s: 3 orders left", "cache %d: budget used up")
		time.Sleep(2 * time.Second)
	})
}

func TestWhatAPhaseReturnsTooLateChangesNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{
			d.deaf("drain", 2*time.Second, 2500*time.Millisecond, errLeft),
			d.phase("cache", time.Minute, time.Second, nil),
			d.phase("store", time.Minute, time.Second, errDisk),
		}, "drain overruns at 2s and fails at 2.5s, while cache runs", "drain 0s, cache 2s, store 3s", 4*time.Second,
			"drain: budget used up", "store: the disk is full")
	})
}

func TestAllPhasesRunThoughCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		d := newDiary(t)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "trace 7"))
		cancel()
		trace := exercise.Phase{Name: "trace", Budget: time.Second, Do: func(ctx context.Context) error {
			if got := ctx.Value(key{}); got != "trace 7" {
				d.complain("ctx carries the value \"trace 7\", and the context of a phase has %v: it does not come from ctx", got)
			}
			return nil
		}}
		d.expect(ctx, []exercise.Phase{
			d.phase("drain", time.Minute, time.Second, nil),
			trace,
			d.phase("close", time.Minute, time.Second, nil),
		}, "ctx has ended, for the service has to end, and the phases need time all the same", "drain 0s, close 1s", 2*time.Second)
	})
}

const another = "two calls of Run returned two errors with the same words: each call returns the error of the first one, and makes none of its own"

// In real time, because a call that waits in a sync.Once, which is right, holds up virtual time.
func TestEveryOtherCallWaitsForTheSameResult(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) { _ = new(exercise.Shutdown).Run(t.Context()) }) // is it written?
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	var runs atomic.Int32
	began, release := make(chan struct{}), make(chan struct{})
	s := &exercise.Shutdown{Phases: []exercise.Phase{{Name: "drain", Budget: time.Minute, Do: func(context.Context) error {
		if runs.Add(1) == 1 {
			close(began)
			<-release
		}
		return errLeft
	}}}}
	const calls = 5
	results := make(chan error, calls)
	ask := func(ctx context.Context) { results <- s.Run(ctx) }
	go ask(t.Context())
	select {
	case <-began:
	case <-time.After(3 * time.Second):
		t.Fatal("there is one phase, drain, and Run does not begin it")
	}
	for range calls - 1 {
		go ask(ended)
	}
	waiting := calls
	select {
	case err := <-results:
		waiting--
		if runs.Load() > 1 {
			t.Error("Run was called again while drain was under way, and drain began a second time")
			break
		}
		t.Errorf("Run was called again while drain was under way, and returned %s at once: it does not wait for the result", lesson.Quote(err))
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	var first error
	for range waiting {
		select {
		case err := <-results:
			switch {
			case t.Failed():
			case !errors.Is(err, errLeft):
				t.Errorf("drain failed, %q, and one of 5 callers of Run at the same time was told %s", errLeft, lesson.Quote(err))
			case first != nil && err != first: //nolint:errorlint // the same error, says the contract
				t.Error(another)
			}
			first = err
		case <-time.After(3 * time.Second):
			t.Fatal("Run was called 5 times at the same time, drain is over, and one of the calls still waits")
		}
	}
	switch err := s.Run(t.Context()); {
	case t.Failed():
	case runs.Load() > 1:
		t.Error("drain failed, Run was called once more when all was over, and drain ran a second time: the phases run once, also when they fail")
	case !errors.Is(err, errLeft):
		t.Errorf("Run was called once more when all was over, and returned %s, not the same as before, %q", lesson.Quote(err), errLeft)
	case err != first: //nolint:errorlint // the same error, says the contract
		t.Error(another)
	}
	if n := runs.Load(); n != 1 && !t.Failed() {
		t.Errorf("Run was called 6 times, and drain ran %d times: once is enough", n)
	}
}

// No virtual time passes while the second call waits: a sync.Once would hold it up.
func TestTheOtherCallReturnsWhenTheFirstDoes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var at time.Duration
		var once sync.Once
		var other sync.WaitGroup
		start, s := time.Now(), &exercise.Shutdown{}
		s.Phases = []exercise.Phase{{Name: "drain", Budget: time.Minute, Do: func(context.Context) error {
			once.Do(func() {
				other.Go(func() {
					_ = s.Run(t.Context())
					at = time.Since(start)
				})
			})
			for range 1000 {
				runtime.Gosched() // until the second call waits
			}
			return nil
		}}}
		_ = s.Run(t.Context())
		other.Wait()
		if at > 0 {
			t.Errorf("Run was called again while drain was under way, and returned %v after the first call: it sleeps, and looks from time to time", at)
		}
	})
}

func TestALaterCallDoesNotWaitForAPhaseThatOverran(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		s := &exercise.Shutdown{Phases: []exercise.Phase{d.deaf("drain", time.Second, time.Hour, nil)}}
		first := s.Run(t.Context())
		then := time.Now()
		again := s.Run(t.Context())
		if took := time.Since(then); took > 0 {
			t.Errorf("drain overran, the first call of Run has returned without it, and a later call waited %v for drain", took)
		} else if lesson.Quote(again) != lesson.Quote(first) {
			t.Errorf("the first call of Run returned %s, and a later one %s: it returns the same error", lesson.Quote(first), lesson.Quote(again))
		}
		time.Sleep(2 * time.Hour) // drain ends
	})
}

func TestThePhasesRunOnceAlsoWhenCallsMeet(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		var runs atomic.Int32
		s := &exercise.Shutdown{Phases: []exercise.Phase{{Name: "drain", Budget: time.Minute, Do: func(context.Context) error {
			runs.Add(1)
			return nil
		}}}}
		lesson.Together(2, func(int) { _ = s.Run(t.Context()) })()
		if n := runs.Load(); n != 1 {
			t.Errorf("2 goroutines call Run at once, and a phase ran %d times: another goroutine got between the look (has it begun?) and the act (begin)", n)
		}
	})
}

func TestWhatAPhaseReturnsInTimeIsItsError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		d.expect(t.Context(), []exercise.Phase{d.phase("drain", 2*time.Second, time.Second, context.DeadlineExceeded)},
			"drain returns context.DeadlineExceeded in time, from a call of its own", "drain 0s", time.Second, "drain: context deadline exceeded")
	})
	lesson.Bubble(t, func(t *testing.T) {
		d, list := newDiary(t), lesson.ListError{"order 7", "order 8"}
		d.expect(t.Context(), []exercise.Phase{d.phase("drain", 2*time.Second, time.Second, list), d.phase("close", 2*time.Second, time.Second, list)},
			"two phases return an error of a type that cannot be compared by ==", "drain 0s, close 1s", 2*time.Second, "drain: order 7, order 8", "close: order 7, order 8")
	})
}

func TestAllPhasesRunThoughCtxEndsBetweenTwo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		d.expect(ctx, []exercise.Phase{d.phase("drain", 3*time.Second, time.Second, nil), d.phase("cache", 3*time.Second, time.Second, nil), d.phase("store", 3*time.Second, time.Second, nil)},
			"ctx ends at 1.5s, while the second of three phases runs", "drain 0s, cache 1s, store 2s", 3*time.Second)
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDiary(t)
		s := &exercise.Shutdown{Phases: []exercise.Phase{d.phase("drain", time.Second, 100*time.Millisecond, nil), d.deaf("cache", time.Second, 2*time.Second, nil)}}
		_ = s.Run(lesson.Context(t))
		time.Sleep(time.Minute)
		lesson.NothingLeft(t, "Run has returned, and the phase that overran has, too")
	})
}

func TestNoContextOfAPhaseIsLeft(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var given context.Context
		err := (&exercise.Shutdown{Phases: []exercise.Phase{{Name: "close", Budget: time.Minute, Do: func(ctx context.Context) error {
			given = ctx //nolint:fatcontext // the test looks at it when Run has returned
			return nil
		}}}}).Run(t.Context())
		synctest.Wait()
		if given == nil || err != nil {
			t.Errorf("close returns at once, without an error: Run returned %s", lesson.Quote(err))
		} else if given.Err() == nil {
			t.Error("close returned at once and has a budget of 1m0s; Run has returned, and the context of close is still alive: cancel it, or its timer stays until the budget is used up")
		}
	})
}
