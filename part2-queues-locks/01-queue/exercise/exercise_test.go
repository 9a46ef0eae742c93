//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/01-queue/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ms  = time.Millisecond
	sec = time.Second
)

var (
	errClosed  = errors.New("the kitchen is closed")
	errBurnt   = errors.New("it is burnt")
	errDropped = errors.New("it was dropped")
)

// endsAfter is a context that ends after d, with errClosed as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errClosed)
	t.Cleanup(cancel)
	return ctx
}

type tableKey struct{}

// An order is how a call of work goes.
type order struct {
	takes   time.Duration // then the call returns a dish, or fails
	fails   error
	cleanUp time.Duration // how long the call goes on when its ctx has ended
	deaf    bool          // the call never looks at its ctx
}

// A kitchen has the orders A, B, C …; Pipeline calls its work and its emit, which note what happens.
type kitchen struct {
	t       *testing.T
	workers int
	orders  []order
	open    bool          // in stays open
	serving time.Duration // how long a call of emit takes
	drops   string        // the dish with which emit fails

	in      chan string
	start   time.Time
	home    string // the goroutine that calls Pipeline
	limited bool   // ctx has a deadline

	mu       sync.Mutex // guards the below
	failed   error      // the first error of work or emit
	failedAt time.Duration
	busy     int              // calls of work under way
	served   []string         // such as "B 200ms"
	causes   map[string]error // why the context of a call of work ended
	tables   map[string]any   // the value of the context of a call of work
}

// run runs Pipeline, with all orders in the channel, and checks what must hold however it ends.
func (k *kitchen) run(ctx context.Context) (took time.Duration, err error) {
	k.t.Helper()
	k.start, k.home, k.causes, k.tables = time.Now(), goroutine(), make(map[string]error), make(map[string]any)
	_, k.limited = ctx.Deadline()
	k.in = make(chan string, len(k.orders))
	for i := range k.orders {
		k.in <- string(rune('A' + i))
	}
	if !k.open {
		close(k.in)
	} else { // an answer that waits for nothing else has to end, too
		defer time.AfterFunc(time.Hour, func() { close(k.in) }).Stop()
	}
	log := lesson.Log(k.t).With("task", "main")
	log.Info("calls Pipeline", lesson.Waiting)
	err = exercise.Pipeline(ctx, k.workers, k.in, k.work, k.emit)
	took = time.Since(k.start)
	log.Info("Pipeline returns " + lesson.Quote(err))
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case took >= time.Hour:
		k.complain("Pipeline waited until in was closed, although it had broken before: a goroutine that waits for an item does not notice")
	case k.busy > 0:
		k.complain("Pipeline returned at %v while %d of its calls of work were still under way: it must wait for them", took, k.busy)
	}
	return took, err
}

func (k *kitchen) work(ctx context.Context, name string) (result string, err error) {
	log := lesson.Log(k.t).With("task", "work "+name)
	log.Info("begins", lesson.Waiting)
	defer func() { log.Info("returns " + lesson.Quote(err)) }()
	o := k.orders[name[0]-'A']
	k.note("work", name, func() {
		k.tables[name] = ctx.Value(tableKey{})
		if ctx.Err() != nil {
			k.complain("work was called with %q at %v, and with a context that had ended", name, time.Since(k.start))
		}
		if _, limited := ctx.Deadline(); limited && !k.limited {
			k.complain("ctx has no deadline, and the context of the call of work with %q has one, so that a slow call is cut off", name)
		}
		if k.busy++; k.busy > k.workers {
			k.complain("%d calls of work were under way at once, and there are %d workers", k.busy, k.workers)
		}
	})
	done := ctx.Done()
	if o.deaf {
		done = nil
	}
	result, err = name, o.fails
	select {
	case <-time.After(o.takes):
	case <-done:
		time.Sleep(o.cleanUp)
		result, err = "half a dish", ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.busy--
	k.causes[name] = context.Cause(ctx)
	k.fails(err)
	return result, err
}

func (k *kitchen) emit(name string) (err error) {
	log := lesson.Log(k.t).With("task", "emit")
	log.Info("gets "+name, lesson.Waiting)
	defer func() { log.Info("returns " + lesson.Quote(err)) }()
	k.note("emit", name, func() { k.served = append(k.served, fmt.Sprint(name, " ", time.Since(k.start))) })
	if goroutine() != k.home {
		k.complain("emit was called on another goroutine than the one that called Pipeline")
		return errDropped
	}
	time.Sleep(k.serving)
	k.mu.Lock()
	defer k.mu.Unlock()
	if held := len(k.orders) - len(k.in) - len(k.served); held > k.workers {
		k.complain("Pipeline takes items that it has no room for: beside the one with emit it held %d, with %d workers", held, k.workers)
	}
	if name == k.drops {
		err = errDropped
	}
	k.fails(err)
	return err
}

// note notes the beginning of a call, and complains if the pipeline had broken before.
func (k *kitchen) note(call, name string, what func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := time.Since(k.start); k.failed != nil && now > k.failedAt {
		k.complain("%s was called with %q at %v, although the pipeline broke at %v with %q", call, name, now, k.failedAt, k.failed)
	}
	what()
}

func (k *kitchen) fails(err error) {
	if k.failed == nil && err != nil {
		k.failed, k.failedAt = err, time.Since(k.start)
	}
}

// complain fails the test, unless it has failed already.
func (k *kitchen) complain(format string, args ...any) {
	k.t.Helper()
	if !k.t.Failed() {
		k.t.Errorf(format, args...)
	}
}

// expect compares what was emitted, "B 200ms, A 900ms", and how many items were taken.
func (k *kitchen) expect(why, served string, taken int) {
	k.t.Helper()
	if got := strings.Join(k.served, ", "); got != served {
		k.complain("%s: so emit gets [%s] and not [%s]", why, served, got)
	}
	if got := len(k.orders) - len(k.in); got > 0 && taken == 0 {
		k.complain("%s: Pipeline takes nothing from in then, and it took an item", why)
	} else if got > taken {
		k.complain("%s: Pipeline took %d items from in, and there was room for %d at most", why, got, taken)
	}
}

// goroutine is the number of the calling goroutine.
func goroutine() string {
	header := make([]byte, 32)
	return strings.Fields(string(header[:runtime.Stack(header, false)]))[1]
}

func TestEmitsEachResultAsSoonAsItIsThere(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 2, orders: []order{{takes: 900 * ms}, {takes: 200 * ms}, {takes: 300 * ms}, {takes: 600 * ms}}}
		_, err := k.run(t.Context())
		if len(k.served) < 4 {
			k.complain("results are lost: in was closed while calls of work were under way, and of A, B, C and D emit got only %q;"+
				" Pipeline returned %s", k.served, lesson.Quote(err))
		}
		if len(k.served) > 1 && k.served[0] == "A 900ms" && k.served[1] == "B 900ms" {
			k.complain("emit gets the results in the order of in: B was there at 200ms, and waited for A, until 900ms." +
				" emit gets each result as soon as it is there")
		}
		k.expect("two workers, A takes 0.9s, B 0.2s, C 0.3s and D 0.6s", "B 200ms, C 500ms, A 900ms, D 1.1s", 4)
		if err != nil {
			k.complain("in was closed, all was emitted, but Pipeline returned %q", err)
		}
	})
}

func TestAllWorkersWorkAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 3, orders: slices.Repeat([]order{{takes: sec}}, 7)}
		if took, _ := k.run(t.Context()); took > 3*sec {
			k.complain("7 items of 1s each and 3 workers take 3s, but Pipeline took %v: it leaves workers unused", took)
		}
		k = &kitchen{t: t, workers: 100, orders: slices.Repeat([]order{{takes: sec}}, 26)}
		if took, _ := k.run(t.Context()); took > sec {
			k.complain("26 items of 1s each and 100 workers take 1s, but Pipeline took %v: it leaves workers unused", took)
		}
	})
}

func TestHoldsNoMoreItemsThanWorkers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 3, serving: sec, orders: slices.Repeat([]order{{takes: 100 * ms}}, 12)}
		_, _ = k.run(t.Context())
	})
}

func TestEachItemIsWorkedOnceAndEmittedOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const items = 1000
		in := make(chan int)
		go func() {
			defer close(in)
			for n := range items {
				select {
				case in <- n:
				case <-t.Context().Done():
					return
				}
			}
		}()
		var worked [items]atomic.Int32
		var emitted [items]int
		err := exercise.Pipeline(t.Context(), 4, in, func(_ context.Context, n int) (int, error) {
			if worked[n].Add(1) > 1 {
				return 0, errBurnt
			}
			return n, nil
		}, func(n int) error {
			if emitted[n]++; emitted[n] > 1 {
				return errDropped
			}
			return nil
		})
		for n := range items {
			if w := worked[n].Load(); w != 1 || emitted[n] != 1 {
				t.Fatalf("of %d items, item %d was worked %d times and emitted %d times, each should be once; Pipeline returned %s",
					items, n, w, emitted[n], lesson.Quote(err))
			}
		}
	})
}

func TestNilIsAnItemAndAResult(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		in, worked, emitted := make(chan error, 2), 0, 0
		in <- nil
		in <- errBurnt
		close(in)
		err := exercise.Pipeline(t.Context(), 1, in, func(context.Context, error) (any, error) {
			worked++
			return nil, nil //nolint:nilnil // a result like any other
		}, func(any) error {
			emitted++
			return nil
		})
		if worked != 2 || emitted != 2 || err != nil {
			t.Errorf("2 items came, the first is nil, and the result of each is nil: work was called %d times, emit %d times,"+
				" and Pipeline returned %s; nil is a value like any other", worked, emitted, lesson.Quote(err))
		}
	})
}

func TestWithoutItemsNothingIsCalled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 3}
		if took, err := k.run(t.Context()); took != 0 || err != nil {
			k.complain("in was closed and empty, so Pipeline returns nil at once, but it returned %s after %v", lesson.Quote(err), took)
		}
		k.expect("in was closed and empty", "", 0)
	})
}

func TestAnEmptyChannelIsNotTheEnd(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		in, got := make(chan int, 1), 0
		go func() {
			for n := range 3 {
				in <- n
				time.Sleep(sec) // in is empty
			}
			close(in)
		}()
		err := exercise.Pipeline(t.Context(), 2, in, func(_ context.Context, n int) (int, error) { return n, nil },
			func(int) error {
				got++
				return nil
			})
		if got != 3 || err != nil {
			t.Errorf("3 items come, each after a pause, and emit got %d results: a channel that is empty is not closed; Pipeline returned %s",
				got, lesson.Quote(err))
		}
	})
}

func TestTheCallsOfWorkHaveTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 2, orders: make([]order, 3)}
		_, _ = k.run(context.WithValue(t.Context(), tableKey{}, "table 4"))
		for _, name := range []string{"A", "B", "C"} {
			if got := k.tables[name]; got != "table 4" {
				k.complain("ctx has the value %q, and the context of the call of work with %s has %v: make it from ctx", "table 4", name, got)
			}
		}
	})
}

func TestAnErrorOfWorkEndsTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 3, open: true, orders: []order{
			{takes: 10 * sec, cleanUp: 500 * ms}, {takes: sec, fails: errBurnt}, {takes: 1200 * ms, deaf: true}, {}, {},
		}}
		took, err := k.run(t.Context())
		if took != 1500*ms {
			k.complain("work failed with B at 1s, the last call had cleaned up at 1.5s, and Pipeline returned at %v:"+
				" the other calls were not told to stop", took)
		}
		if err != errBurnt { //nolint:errorlint // unchanged is what the contract says
			k.complain("work failed with %q, and Pipeline returned %s, not that error, unchanged", errBurnt, lesson.Quote(err))
		}
		if cause := k.causes["A"]; cause != errBurnt { //nolint:errorlint // that error is the cause
			k.complain("work failed with B, and the context of A ended with the cause %s, not with the error of B, %q", lesson.Quote(cause), errBurnt)
		}
		k.expect("work had failed when C was ready", "", 3)
	})
}

func TestAnErrorOfEmitEndsTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 3, open: true, serving: sec, drops: "A", orders: []order{
			{takes: 100 * ms}, {takes: 200 * ms}, {takes: 300 * ms}, {takes: 10 * sec}, {}, {},
		}}
		took, err := k.run(t.Context())
		if took != 1100*ms {
			k.complain("emit failed at 1.1s, and Pipeline returned at %v: the calls of work were not told to stop", took)
		}
		if err != errDropped { //nolint:errorlint // unchanged is what the contract says
			k.complain("emit failed with %q, and Pipeline returned %s, not that error, unchanged", errDropped, lesson.Quote(err))
		}
	})
}

func TestEmitsNothingMoreWhenWorkHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 4, serving: sec, orders: []order{
			{takes: 100 * ms}, {takes: 200 * ms}, {takes: 300 * ms}, {takes: 500 * ms, fails: errBurnt},
		}}
		took, err := k.run(t.Context())
		k.expect("B and C waited until 1.1s for emit, and work failed with D at 0.5s", "A 100ms", 4)
		if took != 1100*ms || !errors.Is(err, errBurnt) {
			k.complain("work failed at 0.5s, emit was busy until 1.1s, and Pipeline returned %s at %v, not %q at 1.1s",
				lesson.Quote(err), took, errBurnt)
		}
	})
}

func TestAnEndedCtxEndsTheCallsAndTheWaitForItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 4, open: true, orders: []order{
			{takes: sec}, {takes: 10 * sec, cleanUp: 500 * ms}, {takes: 3200 * ms, deaf: true},
		}}
		took, err := k.run(endsAfter(t, 3*sec))
		if took != 3500*ms {
			k.complain("ctx ended at 3s, the last call had cleaned up at 3.5s, and Pipeline returned at %v", took)
		}
		if !errors.Is(err, errClosed) {
			k.complain("ctx ended, and Pipeline returned %s, not its cause, %q", lesson.Quote(err), errClosed)
		}
		if cause := k.causes["B"]; !errors.Is(cause, errClosed) {
			k.complain("ctx ended with the cause %q, and the context of B with the cause %s", errClosed, lesson.Quote(cause))
		}
		k.expect("A was ready at 1s, C when ctx had ended", "A 1s", 3)
	})
}

func TestWaitsForACallHoweverLongItCleansUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		k := &kitchen{t: t, workers: 1, orders: []order{{takes: 10 * sec, cleanUp: 50 * time.Minute}}}
		_, _ = k.run(endsAfter(t, 3*sec)) // and looks whether a call is under way
		time.Sleep(time.Hour)
	})
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	for _, c := range []struct {
		what  string
		drops string
		order order // of B
	}{
		{"all went well", "", order{takes: sec}},
		{"work failed", "", order{takes: sec, fails: errBurnt}},
		{"emit failed", "A", order{takes: sec}},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			ctx := lesson.Context(t)
			k := &kitchen{t: t, workers: 3, serving: sec, drops: c.drops, orders: []order{{takes: 500 * ms}, c.order, {takes: sec}, {takes: sec}}}
			_, _ = k.run(ctx)
			if !t.Failed() {
				lesson.NothingLeft(t, c.what+" and Pipeline has returned")
			}
		})
	}
}

// Often, because select picks one of two ready cases at random.
func TestOnACtxThatHasEndedNothingHappens(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 30 && !t.Failed(); n++ {
			k := &kitchen{t: t, workers: 2, open: true, orders: make([]order, 3)}
			if _, err := k.run(endsAfter(t, 0)); !errors.Is(err, errClosed) {
				k.complain("ctx had ended before the call, and Pipeline returned %s, not its cause, %q", lesson.Quote(err), errClosed)
			}
			k.expect("ctx had ended before the call", "", 0)
		}
		k := &kitchen{t: t, workers: 2}
		if _, err := k.run(endsAfter(t, 0)); !errors.Is(err, errClosed) {
			k.complain("ctx had ended before the call, in was closed and empty, and Pipeline returned %s, not the cause, %q: look at ctx before you look at in",
				lesson.Quote(err), errClosed)
		}
	})
}

func TestAnyErrorBreaksThePipeline(t *testing.T) {
	for _, fails := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("order A: %w", context.Canceled), io.EOF} {
		lesson.Bubble(t, func(t *testing.T) {
			k := &kitchen{t: t, workers: 1, orders: []order{{takes: sec, fails: fails}, {}}}
			if _, err := k.run(t.Context()); err != fails { //nolint:errorlint // unchanged is what the contract says
				k.complain("work failed with %q while ctx was alive, and Pipeline returned %s, not that error, unchanged", fails, lesson.Quote(err))
			}
			in := make(chan int, 2)
			in <- 1
			in <- 2
			close(in)
			err := exercise.Pipeline(t.Context(), 1, in, func(_ context.Context, n int) (int, error) { return n, nil },
				func(int) error { return fails })
			if err != fails { //nolint:errorlint // unchanged is what the contract says
				k.complain("emit failed with %q while ctx was alive, and Pipeline returned %s, not that error, unchanged", fails, lesson.Quote(err))
			}
		})
	}
}

func TestAnErrorMayBeOfATypeThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		in := make(chan int, 2)
		in <- 1
		in <- 2
		close(in)
		err := exercise.Pipeline(t.Context(), 2, in, func(_ context.Context, n int) (int, error) {
			time.Sleep(time.Duration(n) * sec) // one call fails after the other
			return 0, lesson.ListError{fmt.Sprint("order ", n, " is burnt"), "order 1 is cold"}
		}, func(int) error { return nil })
		if its, ok := err.(lesson.ListError); !ok || its[0] != "order 1 is burnt" { //nolint:errorlint // unchanged is what the contract says
			t.Errorf("two calls of work failed with errors of a type on which == and the key of a map fail, and Pipeline returned %s, not the first of them, unchanged", lesson.Quote(err))
		}
	})
}

// Often, because select picks one of two ready cases at random.
func TestNoCallBeginsOnceCtxHasEnded(t *testing.T) {
	for n := 0; n < 30 && !t.Failed(); n++ {
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(errClosed)
			in := make(chan string, 3)
			cook := make(chan struct{})
			ended := make(chan error, 1)
			go func() {
				ended <- exercise.Pipeline(ctx, 2, in, func(_ context.Context, name string) (string, error) {
					if ctx.Err() != nil {
						t.Errorf("ctx ended while work was called with A; then work was called with %s", name)
						return name, nil
					}
					<-cook
					return name, nil
				}, func(name string) error {
					if ctx.Err() != nil {
						t.Errorf("ctx ended while work was called with A; then emit was called with %s", name)
					}
					return nil
				})
			}()
			in <- "A"
			synctest.Wait() // A is at work, and another worker waits for an item
			cancel(errClosed)
			synctest.Wait()
			in <- "B"
			in <- "C"
			close(cook)
			synctest.Wait()
			close(in)
			if err := <-ended; !errors.Is(err, errClosed) && !t.Failed() {
				t.Errorf("ctx ended, and Pipeline returned %s, not its cause, %q", lesson.Quote(err), errClosed)
			}
			if left := len(in); left != 2 && !t.Failed() {
				t.Errorf("ctx ended; then B and C were sent, and Pipeline took %d of these items", 2-left)
			}
		})
	}
}

func TestAnItemSentAfterTheEndOfCtxIsNotWorkedOn(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		in := make(chan int, 1)
		in <- 0
		var late atomic.Bool
		_ = exercise.Pipeline(ctx, 1, in, func(_ context.Context, n int) (int, error) {
			switch n {
			case 0:
				go func() { // it meets the worker between its look at ctx and its wait for an item
					cancel(errClosed)
					in <- 1
				}()
			case 1:
				late.Store(true)
			}
			return n, nil
		}, func(int) error { return nil })
		if late.Load() {
			t.Error("ctx ended and then item 1 was sent, and work was called with it: the worker saw that ctx was alive, waited for an item" +
				" when ctx had ended, and select picks one of two ready cases at random. Look at ctx again when the item is there")
		}
	})
}

func TestReturnsWhatCameFirst(t *testing.T) {
	for _, c := range []struct {
		what string
		ends time.Duration // ctx
		a, b order
		want error
	}{
		{"work failed at 1s and again at 2s", time.Hour, order{takes: sec, fails: errBurnt}, order{takes: 2 * sec, fails: errDropped}, errBurnt},
		{"work failed at 1s and ctx ended at 1.5s", 1500 * ms, order{takes: sec, fails: errBurnt}, order{takes: 2 * sec}, errBurnt},
		{"ctx ended at 0.5s and work failed at 2s", 500 * ms, order{takes: sec}, order{takes: 2 * sec, fails: errBurnt}, errClosed},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			c.b.deaf = true // its call goes on
			k := &kitchen{t: t, workers: 2, orders: []order{c.a, c.b}}
			took, err := k.run(endsAfter(t, c.ends))
			if took != 2*sec || !errors.Is(err, c.want) {
				k.complain("%s, when the last call returned: Pipeline returns what came first, %q, but it returned %s at %v",
					c.what, c.want, lesson.Quote(err), took)
			}
		})
	}
}
