//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/03-groups/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errStopped = errors.New("the user has left")
	errBroken  = errors.New("the page is broken")
)

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

// A page is an item: how its call goes. Its name is its place in the list.
type page struct {
	takes   time.Duration // then the call returns its result, or fails
	fails   error
	cleanUp time.Duration // how long the call goes on when its ctx has ended
	deaf    bool          // the call never looks at its ctx
}

// A fetcher's f is what Map is to call; it notes what happens.
type fetcher struct {
	t     *testing.T
	pages []page
	start time.Time

	mu      sync.Mutex      // guards what follows
	begun   []time.Duration // by page; -1: never
	busy    int             // calls under way
	most    int             // the most calls that ever were under way
	tooLate string          // the first call that began although another had failed or ctx had ended
	causes  []error         // by page: why its ctx ended; nil: it did not
}

func newFetcher(t *testing.T, pages ...page) *fetcher {
	t.Helper()
	f := &fetcher{t: t, pages: pages, start: time.Now(), begun: make([]time.Duration, len(pages)), causes: make([]error, len(pages))}
	for i := range f.begun {
		f.begun[i] = -1
	}
	return f
}

// items are what Map gets: the numbers of the pages.
func (f *fetcher) items() []int {
	items := make([]int, len(f.pages))
	for i := range items {
		items[i] = i
	}
	return items
}

func (f *fetcher) f(ctx context.Context, i int) (result string, err error) {
	p := f.pages[i]
	f.note(func() {
		f.begun[i] = time.Since(f.start)
		f.busy++
		f.most = max(f.most, f.busy)
		if ctx.Err() != nil && f.tooLate == "" {
			f.tooLate = fmt.Sprintf("page %d was begun %v after the start, when its ctx had ended", i, f.begun[i])
		}
	})
	defer f.note(func() { f.busy-- })

	log := lesson.Log(f.t).With("task", fmt.Sprint("page ", i))
	log.Info("its call begins")
	defer func() { log.Info("its call returns " + lesson.Quote(err)) }()
	done := ctx.Done()
	if p.deaf {
		done = nil
	}
	select {
	case <-time.After(p.takes):
	case <-done:
		time.Sleep(p.cleanUp)
		f.note(func() { f.causes[i] = context.Cause(ctx) })
		return "half of it", ctx.Err()
	}
	if p.fails != nil {
		return "", p.fails
	}
	return fmt.Sprint("page ", i), nil
}

func (f *fetcher) note(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

// whenBegun says when the call of each page began; -1 is never.
func (f *fetcher) whenBegun() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.begun)
}

// cause says why the ctx of a page's call ended.
func (f *fetcher) cause(page int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.causes[page]
}

// fetch runs Map over all pages and checks what must hold however it ends.
func (f *fetcher) fetch(ctx context.Context, limit int) (out []string, took time.Duration, err error) {
	f.t.Helper()
	log := lesson.Log(f.t).With("task", "Map")
	log.Info(fmt.Sprintf("is called for %d pages, %d at once", len(f.pages), limit), lesson.Waiting)
	items := f.items()
	out, err = exercise.Map(ctx, limit, items, f.f)
	took = time.Since(f.start)
	log.Info("returns " + lesson.Quote(err))
	if want := f.items(); !slices.Equal(items, want) {
		f.t.Errorf("Map changed the slice of its caller from %v to %v", want, items)
	}
	f.note(func() {
		if f.busy > 0 {
			f.t.Errorf("Map returned %v after the start while %d of its calls were still under way: it must wait for them", took, f.busy)
		}
		if f.most > limit {
			f.t.Errorf("%d calls of f were under way at once, the limit is %d", f.most, limit)
		}
		if f.tooLate != "" {
			f.t.Error("a call was begun too late: " + f.tooLate)
		}
	})
	return out, took, err
}

const ms = time.Millisecond

func TestResultsStandInTheOrderOfTheItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 400 * ms}, page{takes: 100 * ms}, page{takes: 300 * ms}, page{takes: 200 * ms})
		out, _, err := f.fetch(t.Context(), 4)
		if got := strings.Join(out, ", "); err != nil || got != "page 0, page 1, page 2, page 3" {
			t.Errorf("the results do not stand in the order of the items: [%s] and %s; the calls ended in the order 1, 3, 2, 0", got, lesson.Quote(err))
		}
	})
}

func TestLosesNoResultOfCallsThatEndTogether(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		pages := make([]page, 200)
		for i := range pages {
			pages[i].takes = time.Second
		}
		out, took, err := newFetcher(t, pages...).fetch(t.Context(), len(pages))
		if took > time.Second {
			t.Errorf("200 calls of 1s, with a limit of 200, took %v: fewer than the limit were under way", took)
		}
		if err != nil || len(out) != len(pages) {
			t.Fatalf("200 calls ended at the same instant, and Map returned %d results and %s", len(out), lesson.Quote(err))
		}
		for i, got := range out {
			if want := fmt.Sprint("page ", i); got != want {
				t.Fatalf("200 calls ended at the same instant, and result %d is %q, not %q", i, got, want)
			}
		}
	})
}

func TestRunsAsManyAtOnceAsTheLimitAllows(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		pages := make([]page, 7)
		for i := range pages {
			pages[i].takes = time.Second
		}
		f := newFetcher(t, pages...)
		_, took, err := f.fetch(t.Context(), 3)
		if err != nil {
			t.Errorf("no call failed and Map returned the error %q", err)
		}
		if took > 3*time.Second {
			t.Errorf("7 calls of 1s each, 3 at once, take 3s, but Map took %v: it leaves room unused", took)
		}
	})
}

func TestEachCallBeginsInOrderAndAsSoonAsThereIsRoom(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 900 * ms}, page{takes: 200 * ms}, page{takes: 300 * ms}, page{takes: 600 * ms}, page{takes: 100 * ms})
		_, _, _ = f.fetch(t.Context(), 2)
		if got := fmt.Sprint(f.whenBegun()); got != "[0s 0s 200ms 500ms 900ms]" {
			t.Errorf("two at once, in the order of the items, each as soon as there is room: [0s 0s 200ms 500ms 900ms], but the calls began at %v", got)
		}
	})
}

func TestTwoCallsOfMapHaveALimitEach(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		first := newFetcher(t, page{takes: time.Second}, page{takes: time.Second}, page{takes: time.Second})
		var both sync.WaitGroup
		both.Go(func() { _, _, _ = first.fetch(t.Context(), 2) })
		time.Sleep(300 * ms)
		second := newFetcher(t, page{takes: time.Second}, page{takes: time.Second}, page{takes: time.Second})
		_, _, _ = second.fetch(t.Context(), 2)
		both.Wait()
		for _, f := range []*fetcher{first, second} {
			if got := fmt.Sprint(f.whenBegun()); got != "[0s 0s 1s]" && !t.Failed() {
				t.Errorf("Map was called twice, each time with three items and a limit of 2, so in both its calls begin at [0s 0s 1s];"+
					" in one of them they began at %s", got)
			}
		}
	})
}

func TestTwoCallsOfMapHaveAnErrorEach(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		maps := []*fetcher{ // one fails at 400ms and cleans up until 900ms; one is done at 500ms; one is called at 600ms and done at 800ms
			newFetcher(t, page{takes: 400 * ms, fails: errBroken}, page{takes: 10 * time.Second, cleanUp: 500 * ms}),
			newFetcher(t, page{takes: 500 * ms}),
			newFetcher(t, page{takes: 200 * ms}),
		}
		errs := make([]error, len(maps))
		var all sync.WaitGroup
		for i, f := range maps {
			all.Go(func() { time.Sleep([]time.Duration{0, 0, 600 * ms}[i]); _, _, errs[i] = f.fetch(t.Context(), 2) })
		}
		all.Wait()
		if !errors.Is(errs[0], errBroken) || errs[1] != nil || errs[2] != nil {
			t.Errorf("three Maps run at a time, a page fails in the first one only, with %q; and they returned %s, %s and %s",
				errBroken, lesson.Quote(errs[0]), lesson.Quote(errs[1]), lesson.Quote(errs[2]))
		}
	})
}

func TestCallsThatEndTogetherMakeRoomForAsMany(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		pages := make([]page, 24)
		for i := range pages {
			pages[i].takes = time.Second
		}
		if _, took, _ := newFetcher(t, pages...).fetch(t.Context(), 12); took != 2*time.Second && !t.Failed() {
			t.Errorf("24 calls of 1s each, 12 at once: when the first 12 end at the same instant, 12 more begin, and Map returns at 2s,"+
				" but it returned at %v", took)
		}
	})
}

func TestTheFirstErrorEndsTheOtherCalls(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 10 * time.Second}, page{takes: time.Second, fails: errBroken}, page{takes: 10 * time.Second})
		_, took, err := f.fetch(t.Context(), 3)
		if took != time.Second {
			t.Errorf("page 1 failed at 1s and Map returned at %v: the other calls were not told to stop", took)
		}
		if err != errBroken { //nolint:errorlint // unchanged is what the contract says
			t.Errorf("page 1 failed with %q and Map returned %s, not that error", errBroken, lesson.Quote(err))
		}
		for _, i := range []int{0, 2} {
			if cause := f.cause(i); cause != nil && !errors.Is(cause, errBroken) {
				t.Errorf("page 1 failed, and page %d was cancelled with the cause %q: it does not learn why, %q", i, cause, errBroken)
			}
		}
	})
}

func TestACancellationThatACallReturnsIsAnError(t *testing.T) {
	for _, fails := range []error{context.Canceled, fmt.Errorf("the server took too long: %w", context.DeadlineExceeded)} {
		lesson.Bubble(t, func(t *testing.T) {
			f := newFetcher(t, page{takes: 100 * ms}, page{takes: 200 * ms, fails: fails}, page{takes: 300 * ms, deaf: true})
			out, _, err := f.fetch(t.Context(), 3)
			if err != fails && !t.Failed() { //nolint:errorlint // unchanged is what the contract says
				t.Errorf("page 1 failed with %q while ctx was alive, and Map returned %q and %s: any error counts, also if it is a cancellation or a timeout",
					fails, out, lesson.Quote(err))
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestAnErrorThatCannotBeComparedIsAnError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		fails := lesson.ListError{"the page has no title", "the page has no end"}
		_, _, err := newFetcher(t, page{takes: 100 * ms}, page{takes: 200 * ms, fails: fails}).fetch(t.Context(), 2)
		if its, ok := err.(lesson.ListError); !ok || !slices.Equal(its, fails) { //nolint:errorlint // unchanged is what the contract says
			t.Errorf("page 1 failed with %q, an error of a type that cannot be compared by ==, and Map returned %s, not that error", fails, lesson.Quote(err))
		}
	})
}

func TestCallsFForEachOfTwoEqualItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var calls atomic.Int32
		out, err := exercise.Map(t.Context(), 2, []string{"a", "b", "a"}, func(context.Context, string) (int32, error) {
			time.Sleep(100 * ms)
			return calls.Add(1), nil
		})
		if n := calls.Load(); n != 3 || err != nil {
			t.Errorf("Map was called for a, b and a, called f %d times and returned %v and %s: each item has a call of its own, also one that is equal to another", n, out, lesson.Quote(err))
		}
	})
}

func TestANilResultIsAResult(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		out, err := exercise.Map(t.Context(), 2, []int{1, 2, 3}, func(_ context.Context, i int) (any, error) {
			if i == 2 {
				return nil, nil
			}
			return i, nil
		})
		if fmt.Sprint(out) != "[1 <nil> 3]" || err != nil {
			t.Errorf("the calls returned 1, nil and 3 and no error, and Map returned %v and %s: nil is a result like any other, [1 <nil> 3]", out, lesson.Quote(err))
		}
	})
}

func TestNoCallBeginsAfterAnError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 10 * time.Second}, page{takes: time.Second, fails: errBroken}, page{}, page{}, page{}, page{})
		out, _, _ := f.fetch(t.Context(), 2)
		if begun := f.whenBegun()[2:]; fmt.Sprint(begun) != "[-1ns -1ns -1ns -1ns]" {
			n := 0
			for _, at := range begun {
				if at >= 0 {
					n++
				}
			}
			t.Errorf("page 1 failed at 1s, and Map went on: %d of the 4 calls that had not begun were begun after that", n)
		}
		if out != nil {
			t.Errorf("page 1 failed and Map returned the results %q all the same, not nil", out)
		}
	})
}

func TestTheFirstErrorWinsAndTheOthersAreWaitedFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t,
			page{takes: 10 * time.Second, cleanUp: 500 * ms},
			page{takes: time.Second, fails: errBroken},
			page{takes: 1200 * ms, fails: errors.New("page 2 is broken as well"), deaf: true},
		)
		_, took, err := f.fetch(t.Context(), 3)
		if !errors.Is(err, errBroken) {
			t.Errorf("page 1 failed first, then the others: Map returned a later error, %q, not %q", err, errBroken)
		}
		if took != 1500*ms && !t.Failed() {
			t.Errorf("page 1 failed at 1s, the last call had cleaned up at 1.5s, and Map returned at %v", took)
		}
	})
	lesson.Bubble(t, func(t *testing.T) { // however long it takes: fetch looks whether a call is under way
		f := newFetcher(t, page{takes: time.Second, fails: errBroken}, page{takes: 24 * time.Hour, deaf: true})
		_, _, _ = f.fetch(t.Context(), 2)
	})
}

func TestAnEndedCtxEndsTheCallsAndComesOutAsItsCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 10 * time.Second, cleanUp: 500 * ms}, page{takes: 10 * time.Second}, page{}, page{})
		out, took, err := f.fetch(endsAfter(t, 2*time.Second), 2)
		if took != 2500*ms {
			t.Errorf("ctx ended at 2s, the last call had cleaned up at 2.5s, and Map returned at %v", took)
		}
		if !errors.Is(err, errStopped) || out != nil {
			t.Errorf("ctx ended and Map returned %q and %s, not nil and context.Cause(ctx): %q", out, lesson.Quote(err), errStopped)
		}
		if begun := f.whenBegun(); begun[2] >= 0 || begun[3] >= 0 {
			t.Error("ctx ended, and Map began further calls all the same")
		}
	})
}

func TestNoCallBeginsOnAnEndedCtxEvenIfNoneLooksAtIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: time.Second, deaf: true}, page{takes: time.Second, deaf: true}, page{takes: time.Second, deaf: true})
		out, took, err := f.fetch(endsAfter(t, 1500*ms), 1)
		if !errors.Is(err, errStopped) || out != nil || took != 2*time.Second {
			t.Errorf("ctx ended at 1.5s, the second of three calls ended at 2s with a result, and Map returned %q and %s, at %v,"+
				" not nil and the cause %q at 2s", out, lesson.Quote(err), took, errStopped)
		}
	})
}

func TestACompleteAnswerIsReturnedThoughCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 100 * ms}, page{takes: time.Second, deaf: true})
		out, _, err := f.fetch(endsAfter(t, 500*ms), 2)
		if err != nil || strings.Join(out, ", ") != "page 0, page 1" {
			t.Errorf("ctx ended, but each item got its result: Map returned %q and %s, and threw a complete answer away", out, lesson.Quote(err))
		}
	})
}

func TestWhatComesFirstDecides(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: time.Second, fails: errBroken}, page{takes: 10 * time.Second, cleanUp: 2 * time.Second})
		if _, _, err := f.fetch(endsAfter(t, 2*time.Second), 2); !errors.Is(err, errBroken) {
			t.Errorf("page 0 failed at 1s, ctx ended at 2s, while Map waited: it returned %s, not the error that came first, %q", lesson.Quote(err), errBroken)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		f := newFetcher(t, page{takes: 2 * time.Second, fails: errBroken, deaf: true}, page{takes: 3 * time.Second, deaf: true})
		if _, _, err := f.fetch(endsAfter(t, time.Second), 2); !errors.Is(err, errStopped) {
			t.Errorf("ctx ended at 1s, page 0 failed at 2s, while Map waited: it returned %s, not the cause of ctx, which came first, %q", lesson.Quote(err), errStopped)
		}
	})
}

func TestCallsNothingOnACtxThatHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		f := newFetcher(t, page{deaf: true}, page{deaf: true})
		_, _, err := f.fetch(ended, 2)
		if slices.Max(f.whenBegun()) >= 0 {
			t.Error("ctx had ended before Map was called, and it called f all the same")
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("on a ctx that has ended, Map returned the error %s, not its cause, %q", lesson.Quote(err), errStopped)
		}
	})
}

func TestNoItemsAndMoreRoomThanItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		if out, _, err := newFetcher(t).fetch(t.Context(), 3); len(out) != 0 || err != nil {
			t.Errorf("Map of no items returned %q and %s", out, lesson.Quote(err))
		}
		if out, _, err := newFetcher(t, page{takes: 100 * ms}).fetch(t.Context(), 100); len(out) != 1 || err != nil {
			t.Errorf("of one item, with room for 100, Map returned %q and %s", out, lesson.Quote(err))
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	for _, fails := range []error{nil, errBroken} {
		lesson.Bubble(t, func(t *testing.T) {
			f := newFetcher(t, page{takes: time.Second, fails: fails}, page{takes: 2 * time.Second}, page{takes: 100 * ms})
			_, _, _ = f.fetch(lesson.Context(t), 2)
			lesson.NothingLeft(t, "Map has returned")
		})
	}
}

func TestACallGetsTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		_, _ = exercise.Map(context.WithValue(t.Context(), key{}, "request 7"), 2, []int{1}, func(ctx context.Context, _ int) (int, error) {
			if ctx.Value(key{}) != "request 7" {
				t.Error("the ctx of a call has not the values of ctx: make it from ctx")
			}
			return 0, nil
		})
	})
}

func TestPanicsOnALimitBelowOne(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		f := func(context.Context, int) (int, error) { return 0, nil }
		_, _ = exercise.Map(t.Context(), 1, []int{1}, f) // does not panic
		panics := func(ctx context.Context, what string, limit int, items ...int) {
			defer func() {
				if recover() == nil {
					t.Errorf("Map with a limit of %d%s did not panic", limit, what)
				}
			}()
			_, _ = exercise.Map(ctx, limit, items, f)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for _, limit := range []int{0, -1} {
			panics(t.Context(), "", limit, 1)
			panics(t.Context(), " and no items", limit)
			panics(ended, " and a ctx that has ended", limit, 1)
		}
	})
}
