//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/03-semaphore/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errTired  = errors.New("tired of waiting")
	errLost   = errors.New("the test waits no longer")
	errBroken = errors.New("the other service is broken")
)

const ms = time.Millisecond

// A ship is a Bulkhead whose calls are watched.
type ship struct {
	*exercise.Bulkhead
	t        *testing.T
	run      int // how many may
	running  atomic.Int32
	start    time.Time
	calls    sync.WaitGroup
	outcomes []string
}

func newShip(t *testing.T, run, wait int) *ship {
	t.Helper()
	err := exercise.New(1, 0).Do(t.Context(), func(context.Context) error { return nil })
	if err != nil {
		t.Fatalf("no other call was there, and Do returned %q", err)
	}
	return &ship{Bulkhead: exercise.New(run, wait), t: t, run: run, start: time.Now()}
}

func (s *ship) complain(format string, args ...any) {
	s.t.Helper()
	if !s.t.Failed() { // one complaint is enough
		s.t.Errorf(format, args...)
	}
}

// A call comes at some time and takes a while once it runs. Its ctx ends when it
// has been there for patience.
type call struct {
	comes, takes time.Duration
	patience     time.Duration // zero: never
}

// do makes a call at once. It tells when fn began, such as "1s", or what came of
// it instead, such as "full at 300ms".
func (s *ship) do(name string, c call) (outcome string) {
	log := lesson.Log(s.t).With("task", name)
	log.Info("calls Do", lesson.Waiting)
	defer func() { log.Info("has returned: " + outcome) }()
	cause := errTired
	if c.patience == 0 { // never, but a test must end
		c.patience, cause = time.Minute, errLost
	}
	ctx, cancel := context.WithTimeoutCause(s.t.Context(), c.patience, cause)
	defer cancel()
	var began string
	var busy atomic.Bool
	err := s.Do(ctx, func(context.Context) error {
		if n := int(s.running.Add(1)); n > s.run {
			s.complain("%d calls run at the same time, %v after the start, and at most %d may", n, time.Since(s.start), s.run)
		}
		defer s.running.Add(-1)
		busy.Store(true)
		defer busy.Store(false)
		began = time.Since(s.start).String()
		log.Info("fn runs")
		time.Sleep(c.takes)
		return nil
	})
	at := time.Since(s.start)
	switch {
	case busy.Load():
		s.complain("Do returned while fn was still under way, at %v", at)
	case began != "" && err != nil:
		s.complain("fn ran and returned nil, but Do returned %q", err)
	case began != "":
		return began
	case err == nil:
		s.complain("Do returned nil, but it did not call fn")
	case errors.Is(err, exercise.ErrFull):
		return fmt.Sprintf("full at %v", at)
	case ctx.Err() == nil:
		s.complain("ctx is alive, and Do returned %q at %v and did not call fn: it waits for its turn, or returns ErrFull at once", err, at)
	case !errors.Is(err, cause):
		s.complain("ctx ended with the cause %q, but Do returned %q: return context.Cause(ctx)", cause, err)
	case errors.Is(cause, errLost):
		s.complain("a place is lost: this call waits although no other call runs any more." +
			" Each call that returns, panics or gives up has to let the next one look whether it is its turn")
	}
	return fmt.Sprintf("gave up at %v", at)
}

// come makes calls, each at its time.
func (s *ship) come(calls ...call) {
	s.outcomes = make([]string, len(calls))
	for i, c := range calls {
		s.calls.Go(func() {
			time.Sleep(c.comes)
			s.outcomes[i] = s.do(fmt.Sprint("call ", i), c) // its own place: no lock needed
		})
	}
}

// expect waits for all calls and compares when they began.
func (s *ship) expect(want, otherwise string) {
	s.t.Helper()
	s.calls.Wait()
	if got := strings.Join(s.outcomes, ", "); got != want {
		s.complain("%s: %sthe calls should begin at [%s], but it is [%s]", otherwise, s.mistake(strings.Split(want, ", ")), want, got)
	}
}

// mistake says what is wrong with the first call that does not begin when it should.
func (s *ship) mistake(want []string) string {
	for i, got := range s.outcomes {
		should, err := time.ParseDuration(want[i])
		did, refused := time.ParseDuration(got)
		switch {
		case got == want[i]:
		case err != nil && refused == nil:
			return fmt.Sprintf("call %d got in, and should not: ", i)
		case err == nil && strings.HasPrefix(got, "full"):
			return fmt.Sprintf("call %d was refused, although there was room for it: ", i)
		case err == nil && refused != nil:
			return fmt.Sprintf("call %d waited in vain: the place that it should get at %v is lost, or the wake-up went to another call: ", i, should)
		case err == nil && did > should:
			return fmt.Sprintf("at %v there was a place, it was the turn of call %d, and it did not begin:"+
				" its wake-up is lost, or another call got it: ", should, i)
		case err == nil:
			return fmt.Sprintf("call %d began at %v, before its turn: ", i, did)
		}
	}
	return ""
}

func TestSomeRunAtOnceAndTheOthersWaitInOrder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 2, 10)
		s.come(call{0, time.Second, 0}, call{100 * ms, time.Second, 0}, call{200 * ms, time.Second, 0},
			call{300 * ms, time.Second, 0}, call{400 * ms, time.Second, 0}, call{500 * ms, time.Second, 0})
		s.expect("0s, 100ms, 1s, 1.1s, 2s, 2.1s", "two at a time may run for a second each, first come, first served")
		if t.Failed() {
			return
		}
		const long = 72 * time.Hour
		s = newShip(t, 1, 1)
		s.come(call{0, long, 2 * long}, call{100 * ms, 0, 2 * long})
		s.expect("0s, 72h0m0s", "the first call takes three days")
	})
}

func TestAsManyMayWaitAsNewWasTold(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const wait = 550
		b := exercise.New(1, wait)
		fn := func(context.Context) error { time.Sleep(ms); return nil }
		var full atomic.Int32
		var calls sync.WaitGroup
		for range 1 + wait + 1 {
			calls.Go(func() {
				if errors.Is(b.Do(t.Context(), fn), exercise.ErrFull) {
					full.Add(1)
				}
			})
		}
		calls.Wait()
		if n := full.Load(); n != 1 {
			t.Errorf("one call may run and %d may wait, %d come at once, so that 1 is refused, but it is %d", wait, wait+2, n)
		}
	})
}

func TestTheRestAreRefusedAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 2, 1)
		s.come(call{0, time.Second, 0}, call{100 * ms, time.Second, 0}, call{200 * ms, time.Second, 0},
			call{300 * ms, time.Second, 0}, call{400 * ms, time.Second, 0}, call{1050 * ms, time.Second, 0})
		s.expect("0s, 100ms, 1s, full at 300ms, full at 400ms, 1.1s", "two may run and one may wait, the rest are refused")

		s = newShip(t, 1, 0)
		s.come(call{0, time.Second, 0}, call{100 * ms, time.Second, 0}, call{1500 * ms, time.Second, 0})
		s.expect("0s, full at 100ms, 1.5s", "one may run and none may wait")
	})
}

func TestACrowdAtOneInstant(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 20 && !t.Failed(); n++ {
			s := newShip(t, 3, 4)
			s.come(slices.Repeat([]call{{time.Second, 100 * ms, 0}}, 20)...)
			s.calls.Wait()
			count := make(map[string]int)
			for _, outcome := range s.outcomes {
				count[outcome]++
			}
			if got := fmt.Sprint(count); got != "map[1.1s:3 1.2s:1 1s:3 full at 1s:13]" {
				s.complain("20 come at one instant, three may run and four may wait, so that 13 are refused, 3 begin at 1s,"+
					" 3 at 1.1s and 1 at 1.2s, but it is %s", got)
			}
		}
	})
}

func TestACallThatGivesUpFreesItsPlace(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 1)
		s.come(call{0, 2 * time.Second, 0}, call{100 * ms, time.Second, 500 * ms},
			call{700 * ms, time.Second, 0}, call{800 * ms, time.Second, 0})
		s.expect("0s, gave up at 600ms, 2s, full at 800ms",
			"one may wait; it gave up at 600ms, so that at 700ms there is room for another")
	})
}

func TestEachCallThatGivesUpReturnsTheCauseOfItsOwnCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 1)
		s.come(call{0, 10 * time.Second, 0})
		synctest.Wait()
		for _, cause := range []error{errors.New("the first caller gives up"), errors.New("the second caller gives up")} {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
			if err := s.Do(ctx, func(context.Context) error { return nil }); err != cause { //nolint:errorlint // it is the cause
				s.complain("two calls wait, one after the other, and the ctx of each ends with a cause of its own; this one ended with %q, and Do returned %s", cause, lesson.Quote(err))
			}
			cancel()
		}
		s.calls.Wait()
	})
}

func TestTheCallsBehindOneThatGivesUpKeepTheirOrder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 4)
		s.come(call{0, time.Second, 0}, call{100 * ms, time.Second, 0}, call{200 * ms, time.Second, 400 * ms},
			call{300 * ms, time.Second, 0}, call{400 * ms, time.Second, 0})
		s.expect("0s, 1s, gave up at 600ms, 2s, 3s", "four waited, and the second of them gave up at 600ms")
	})
}

func TestACallThatComesBackGoesToTheEndOfTheQueue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 20 && !t.Failed(); n++ {
			s := newShip(t, 1, 2)
			s.come(call{100 * ms, time.Second, 0}) // waits for this one:
			_ = s.do("main", call{0, 200 * ms, 0})
			if outcome := s.do("main", call{0, time.Second, 0}); outcome != "1.2s" {
				s.complain("a call ends at 200ms, and another one, which has waited, runs until 1.2s. The first caller comes back at 200ms and"+
					" should begin at 1.2s, behind the call that waited; but it is %s", outcome)
			}
			s.calls.Wait()
		}
	})
}

func TestAFailedCallGivesItsPlaceBack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 0)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errLost)
		defer cancel()
		var before error // what the last call returned
		for _, failure := range []error{errBroken, context.Canceled, context.DeadlineExceeded, exercise.ErrFull, nil} {
			calls := 0
			err := s.Do(ctx, func(context.Context) error {
				calls++
				return failure
			})
			if calls > 1 {
				s.complain("fn returned %s, and Do called it %d times, not once", lesson.Quote(failure), calls)
			} else if calls == 0 {
				s.complain("fn returned %s and its place was not freed: no call runs, and the next Do returned %s",
					lesson.Quote(before), lesson.Quote(err))
			} else if err != failure { //nolint:errorlint // unchanged is what the contract says
				s.complain("fn returned %s, and Do returned %s, not that error, unchanged", lesson.Quote(failure), lesson.Quote(err))
			}
			before = failure
		}
	})
}

func TestAnErrorMayBeOfATypeThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		err := newShip(t, 1, 0).Do(ctx, func(ctx context.Context) error {
			cancel(lesson.ListError{"the port is closed", "the crew is tired"})
			return context.Cause(ctx)
		})
		if its, ok := err.(lesson.ListError); !ok || len(its) != 2 { //nolint:errorlint // unchanged is the question
			t.Errorf("fn returned the cause of its ctx, and Do returned %s: it returns what fn returned, unchanged", lesson.Quote(err))
		}
	})
}

func TestACallRunsHoweverManyHaveFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s, calls := newShip(t, 1, 0), 0
		for n := range 1001 {
			err := s.Do(t.Context(), func(context.Context) error {
				calls++
				return errBroken
			})
			if calls == n {
				t.Fatalf("%d calls have failed, one after the other, none is under way, and Do does not call fn, it returns %s: an error of fn changes nothing for the next call",
					n, lesson.Quote(err))
			}
		}
	})
}

func TestAnErrorThatTellsOfTheEndOfCtxIsReturnedUnchanged(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errTired)
		defer cancel()
		var its error
		err := newShip(t, 1, 0).Do(ctx, func(ctx context.Context) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
				t.Error("ctx ended while fn ran, and the context that fn got did not end: call fn with ctx itself")
			}
			its = fmt.Errorf("half an answer: %w", errTired)
			return its
		})
		if err != its { //nolint:errorlint // unchanged is the question
			t.Errorf("ctx ended while fn ran, fn returned %q, which wraps the cause, and Do returned %s: it returns what fn returned, unchanged",
				its, lesson.Quote(err))
		}
	})
}

// panics makes a call whose fn panics when it has run for a while.
func (s *ship) panics(takes time.Duration, with any) {
	defer func() {
		if got := recover(); got == nil {
			s.complain("fn panicked with %q, and Do did not: the panic should go on to the caller of Do", with)
		} else if got != with {
			s.complain("fn panicked with %T %q, and the caller of Do sees another panic, %T %q", with, with, got, fmt.Sprint(got))
		}
	}()
	_ = s.Do(s.t.Context(), func(context.Context) error {
		time.Sleep(takes)
		panic(with)
	})
}

func TestAPanicGivesItsPlaceBackAndGoesOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 0)
		for _, with := range []any{"boom", errBroken} {
			s.panics(0, with)
			if outcome := s.do("main", call{}); outcome != "0s" {
				s.complain("fn panicked and its place was not freed: no call runs, and the next one is %s", outcome)
			}
		}
	})
}

func TestACallThatWaitsGetsThePlaceOfOneThatPanics(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 1)
		s.come(call{100 * ms, time.Second, 0})
		s.panics(time.Second, "boom")
		s.expect("1s", "fn panics at 1s while another call waits")
	})
}

type portKey struct{}

func TestFnGetsCtxItself(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 0)
		ctx := context.WithValue(t.Context(), portKey{}, "Genoa")
		var given context.Context
		_ = s.Do(ctx, func(ctx context.Context) error {
			given = ctx //nolint:fatcontext // kept to be looked at, not nested
			return nil
		})
		if given.Value(portKey{}) != "Genoa" {
			s.complain("fn got a context without the values of ctx: call fn with ctx itself")
		}
		if given.Err() != nil {
			s.complain("Do has returned, ctx is alive, and the context that fn got has ended: call fn with ctx itself")
		}
		if given != ctx {
			s.complain("fn got a context that Do has made from ctx: call fn with ctx itself")
		}
	})
}

func TestTwoBulkheadsShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		full, other := newShip(t, 1, 0), newShip(t, 1, 0)
		full.come(call{0, time.Second, 0})
		other.come(call{100 * ms, time.Second, 0})
		full.expect("0s", "it has room for one call")
		other.expect("100ms", "one Bulkhead is full, and in another one no call runs")
	})
}

func TestNothingRunsOnAnEndedCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTired)
		s := newShip(t, 1, 1)
		s.come(call{time.Second, time.Second, 0}, call{1100 * ms, time.Second, 0}) // full from then on
		for at := range 3 {
			for range 30 { // often, because select picks one of two ready cases at random
				err := s.Do(ended, func(context.Context) error {
					s.complain("fn was called on a ctx that had already ended")
					return errTired
				})
				if !errors.Is(err, errTired) {
					s.complain("ctx had ended before the call with the cause %q, but Do returned %q: return context.Cause(ctx)", errTired, err)
				}
			}
			time.Sleep(time.Duration(at+1) * 600 * ms) // 600ms: room for all; 1.8s: for none
		}
		s.expect("1s, 2s", "the calls on an ended ctx should take no place")
	})
}

func TestATurnThatComesWhenCtxEndsIsPassedOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 2)
		for n := 0; n < 50 && !t.Failed(); n++ {
			s.start = time.Now()
			s.come(call{0, time.Second, 0}, call{100 * ms, 0, 900 * ms}, call{200 * ms, 0, 0}) // the ctx of the second one ends when its turn comes
			s.calls.Wait()
			if s.outcomes[0] != "0s" || strings.HasPrefix(s.outcomes[1], "full") || s.outcomes[2] != "1s" {
				s.complain("a place is lost: a call got its turn at the instant when its ctx ended, another one waited behind it, and the three calls are %v", s.outcomes)
			}
		}
	})
}

func TestTheCallBehindOneWhoseCtxEndsAtItsTurnGetsThePlace(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 2)
		for n := 0; n < 50 && !t.Failed(); n++ {
			s.start = time.Now()
			ctx, giveUp := context.WithCancelCause(t.Context())
			var behind string
			_ = s.Do(t.Context(), func(context.Context) error {
				s.calls.Go(func() { _ = s.Do(ctx, func(context.Context) error { return nil }) })
				synctest.Wait() // it waits
				s.calls.Go(func() { behind = s.do("behind", call{}) })
				synctest.Wait()
				giveUp(errTired) // and the place is free before the first one runs
				return nil
			})
			s.calls.Wait()
			if behind != "0s" {
				s.complain("two calls wait, and the ctx of the first one ends at the instant at which its turn comes: the second one should begin then, but it is %q", behind)
			}
		}
	})
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := exercise.New(1, 1)
		var callers sync.WaitGroup
		for range 3 { // one runs, one waits, one is refused
			callers.Go(func() {
				_ = b.Do(lesson.Context(t), func(context.Context) error {
					time.Sleep(time.Second)
					return nil
				})
			})
		}
		callers.Wait()
		lesson.NothingLeft(t, "Do has returned to each caller")
	})
}

func TestOnlyOneCallGetsTheLastPlace(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		b := exercise.New(1, 0)
		var refused atomic.Int32
		wait := lesson.Together(2, func(int) {
			err := b.Do(t.Context(), func(context.Context) error {
				time.Sleep(time.Second)
				return nil
			})
			if errors.Is(err, exercise.ErrFull) {
				refused.Add(1)
			}
		})
		wait()
		if n := refused.Load(); n != 1 {
			t.Errorf("2 goroutines call Do at once, 1 call may run and none may wait, so 1 call is refused, not %d."+
				" Another goroutine got between the look (is there room?) and the act (take the place)", n)
		}
	})
}

func TestACallFromFnIsACallLikeAnyOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 0)
		_ = s.Do(t.Context(), func(ctx context.Context) error {
			err := s.Do(ctx, func(context.Context) error { return nil })
			if !errors.Is(err, exercise.ErrFull) {
				s.complain("one call may run and none may wait; its fn calls Do, and that returned %s, not ErrFull", lesson.Quote(err))
			}
			return nil
		})
	})
}

func TestARefusedCallKeepsNoOtherOut(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		b := exercise.New(1, 0)
		var full [2]bool // whether a call of each goroutine was refused
		lesson.Together(2, func(g int) {
			for range 2 - g { // two calls, one after the other, and one call
				err := b.Do(t.Context(), func(context.Context) error {
					runtime.Gosched() // the other goroutine comes while this one has the place
					return nil
				})
				full[g] = full[g] || err != nil
			}
		})()
		if full[0] && full[1] {
			t.Error("one call may run, two goroutines call Do, and each of them was refused: the place was free when one of them was," +
				" for the other one's call, which was refused, too, had been counted for a moment. Look and count in one step")
		}
	})
}

func TestACallOnAnEndedCtxKeepsNoOtherOut(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		b := exercise.New(1, 0)
		var err error
		lesson.Together(2, func(g int) {
			if g == 0 {
				_ = b.Do(lesson.Yields(ended), func(context.Context) error { return nil })
			} else {
				err = b.Do(t.Context(), func(context.Context) error { return nil })
			}
		})()
		if errors.Is(err, exercise.ErrFull) {
			t.Error("no call runs and none waits, and Do returned ErrFull: at the same time another call, on a ctx that had ended," +
				" had a place for a moment. Look at ctx before you take a place")
		}
	})
}

func TestACallThatOutlivesItsCtxKeepsItsPlace(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShip(t, 1, 1)
		s.come(call{0, 2 * time.Second, 500 * ms}, call{time.Second, time.Second, 0})
		s.expect("0s, 2s", "the ctx of the first one ended at 500ms, and its call ran on until 2s")
	})
}

func TestACtxThatEndsBetweenTheLookAndTheWaitIsNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			s := newShip(t, 1, 1)
			s.come(call{0, time.Second, 0})
			synctest.Wait()
			ctx, cancel := context.WithCancelCause(t.Context())
			stop := time.AfterFunc(500*ms, func() { cancel(errTired) }) // an answer that does not look so often
			err := s.Do(lesson.EndsAtLook(ctx, n+1, false, func() { cancel(errTired) }), func(context.Context) error { return nil })
			stop.Stop()
			if at := time.Since(s.start); at > 500*ms {
				s.complain("ctx ended after Do had looked at it and before Do waited: Do missed that and waited until %v, when its turn came."+
					" Send this wake-up with the lock held", at)
			} else if !errors.Is(err, errTired) {
				s.complain("ctx ended with the cause %q as Do began to wait, and Do returned %q", errTired, err)
			}
			s.calls.Wait()
		}
	})
}
