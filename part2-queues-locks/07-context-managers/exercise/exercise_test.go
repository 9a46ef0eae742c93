//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/07-context-managers/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDisk  = errors.New("the disk is full")
	errNet   = errors.New("the network is down")
	errLimit = errors.New("not closed in time")
	errTired = errors.New("the request was cancelled")
)

// A house is where things are opened. It notes when each of them is closed.
type house struct {
	t     *testing.T
	start time.Time
	ended string // what to say when a context has ended too early

	mu     sync.Mutex // guards the below
	busy   string     // what is being closed
	closed []string   // such as "reader 1s", when its closing began
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return &house{t: t, start: time.Now(), ended: ", and nothing can be closed with that"}
}

// thing is what closes a thing: it takes so long, or until its context ends.
func (h *house) thing(name string, takes time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		h.begin(ctx, name)
		defer h.end()
		select {
		case <-time.After(takes):
			return err
		case <-ctx.Done():
			return errLimit
		}
	}
}

func (h *house) begin(ctx context.Context, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy != "" {
		h.complain("%s is being closed while %s is still being closed: one thing at a time", name, h.busy)
	}
	if ctx.Err() != nil {
		h.complain("%s was given a context that had already ended%s", name, h.ended)
	}
	h.busy = name
	lesson.Log(h.t).With("task", name).Info("is being closed", lesson.Waiting)
	h.closed = append(h.closed, fmt.Sprint(name, " ", time.Since(h.start)))
}

func (h *house) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	lesson.Log(h.t).With("task", h.busy).Info("is closed")
	h.busy = ""
}

// complain fails the test, unless it has failed already.
func (h *house) complain(format string, args ...any) {
	h.t.Helper()
	if !h.t.Failed() {
		h.t.Errorf(format, args...)
	}
}

// expect says what should have been closed by now, "reader 0s, handler 1s", and that Close returns now.
func (h *house) expect(why, want string, after time.Duration) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if got := strings.Join(h.closed, ", "); got != want {
		h.complain("%s: what is closed, and when, is [%s], not [%s]", why, got, want)
	}
	if h.busy != "" {
		h.complain("%s: Close returned while %s was still being closed", why, h.busy)
	}
	if took := time.Since(h.start); took != after {
		h.complain("%s: Close returned after %v, not after %v", why, took, after)
	}
}

func push(t *testing.T, s *exercise.Stack, things ...func(context.Context) error) {
	t.Helper()
	for _, closing := range things {
		if err := s.Push(closing); err != nil {
			t.Fatalf("no Close was called on this stack, and Push to it returned %q: only Close closes a stack, Detach does not", err)
		}
	}
}

func TestTheLastOneIsClosedFirst(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, nil), h.thing("reader", 2*time.Second, nil), h.thing("cache", 3*time.Second, nil))
		if err := s.Close(lesson.Context(t)); err != nil {
			t.Errorf("nothing went wrong, and Close returned %q", err)
		}
		h.expect("opened: handler, reader, cache", "cache 0s, reader 3s, handler 5s", 6*time.Second)
		lesson.NothingLeft(t, "Close has returned")
	})
}

func TestAnEmptyStackIsClosedToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := &exercise.Stack{Within: time.Minute}
		if err := s.Close(t.Context()); err != nil {
			t.Errorf("nothing was pushed, and Close returned %q", err)
		}
		err := s.Push(func(context.Context) error { return nil })
		if !errors.Is(err, exercise.ErrClosed) {
			t.Errorf("nothing was pushed, Close was called, and after it Push returned %s, not ErrClosed: what closes an empty stack"+
				" has to mark it as closed, too", lesson.Quote(err))
		}
	})
}

func TestAllIsClosedIfCtxHadEndedBeforeClose(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, nil), h.thing("reader", time.Second, nil))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Close(ctx)
		h.expect("ctx had ended before Close", "reader 0s, handler 1s", 2*time.Second)
		if err != nil {
			h.complain("ctx had ended before Close, all was closed without an error, and Close returned %q", err)
		}
	})
}

func TestAnErrorStopsNothingAndIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, errNet), h.thing("reader", time.Second, nil), h.thing("cache", time.Second, errDisk))
		err := s.Close(t.Context())
		h.expect("the cache could not be closed properly", "cache 0s, reader 1s, handler 2s", 3*time.Second)
		if !errors.Is(err, errDisk) || !errors.Is(err, errNet) {
			h.complain("errors are lost: closing the cache failed, %q, and closing the handler, %q, but Close returned %s; errors.Is does not find both", errDisk, errNet, lesson.Quote(err))
		} else if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, []string{errDisk.Error(), errNet.Error()}) {
			h.complain("the errors joined in the order of the calls are %q and %q, but Close returned %q", errDisk, errNet, got)
		}
	})
}

func TestAnErrorOfAContextIsAnErrorLikeAnyOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: 2 * time.Second}
		push(t, s, h.thing("handler", time.Second, context.Canceled))
		push(t, s, func(ctx context.Context) error {
			h.begin(ctx, "reader")
			defer h.end()
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			return context.DeadlineExceeded
		})
		err := s.Close(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, context.Canceled) {
			h.complain("closing the reader failed, %q, and closing the handler, %q, but Close returned %s; errors.Is does not find both",
				context.DeadlineExceeded, context.Canceled, lesson.Quote(err))
		}
	})
}

func TestErrClosedOfAFunctionIsAnErrorLikeAnyOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, failure := range []error{exercise.ErrClosed, os.ErrClosed, io.EOF} {
			h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
			push(t, s, h.thing("reader", time.Second, failure))
			if err := s.Close(t.Context()); err == nil || err.Error() != failure.Error() {
				h.complain("closing the reader returned %q, which is an error like any other: all errors come out, and Close returned %s", failure, lesson.Quote(err))
			}
		}
	})
}

func TestOneErrorOfTwoFunctionsComesOutTwice(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, errDisk), h.thing("reader", time.Second, errDisk))
		err := s.Close(t.Context())
		if want := errors.Join(errDisk, errDisk).Error(); err == nil || err.Error() != want {
			h.complain("two functions failed, both with %q, and Close returned %s: all errors come out, that is %q", errDisk, lesson.Quote(err), want)
		}
	})
}

func TestAllIsClosedThoughCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, nil))
		push(t, s, func(ctx context.Context) error {
			if got := ctx.Value(key{}); got != "trace 7" {
				h.complain("ctx carries the value \"trace 7\", and the context for closing has %v: it does not come from ctx", got)
			}
			return h.thing("reader", 2*time.Second, nil)(ctx)
		})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "trace 7"), time.Second)
		defer cancel()
		err := s.Close(ctx) // ends while the reader is being closed, and has ended when it is the handler's turn
		h.expect("ctx had a deadline after 1s; the contexts of the functions end Within after their own call began, a minute, and not with ctx", "reader 0s, handler 2s", 3*time.Second)
		if err != nil {
			h.complain("ctx ended, which is no error of closing, and Close returned %q", err)
		}
	})
}

func TestEachHasALimitOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: 2 * time.Second}
		h.ended = ": those before it have used up its time as well"
		push(t, s, h.thing("handler", time.Second, nil), h.thing("reader", time.Hour, nil), h.thing("cache", time.Hour, nil))
		err := s.Close(t.Context())
		h.expect("cache and reader hang, Within is 2s for each", "cache 0s, reader 2s, handler 4s", 5*time.Second)
		if !errors.Is(err, errLimit) {
			h.complain("errors are lost: the cache returned %q, and Close %s", errLimit, lesson.Quote(err))
		}
	})
}

func TestALimitMayBeHours(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s, start := &exercise.Stack{Within: 3 * time.Hour}, time.Now()
		push(t, s, func(ctx context.Context) error {
			select {
			case <-time.After(2 * time.Hour):
			case <-ctx.Done():
				t.Errorf("Within is 3h, and the context of the function that closes the cache ended after %v", time.Since(start))
			}
			return nil
		})
		_ = s.Close(t.Context())
	})
}

func TestOneThatIgnoresItsLimitIsWaitedFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: 2 * time.Second}
		h.ended = ": the reader has used up its time as well"
		push(t, s, h.thing("handler", time.Second, nil))
		push(t, s, func(ctx context.Context) error {
			h.begin(ctx, "reader")
			defer h.end()
			time.Sleep(5 * time.Second)
			return nil
		})
		_ = s.Close(t.Context())
		h.expect("the reader ignores its limit of 2s and uses the handler for 5s", "reader 0s, handler 5s", 6*time.Second)
	})
}

func TestEverythingIsClosedOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTired)
		again := func(ctx context.Context, when string) {
			if t.Failed() {
				return
			}
			over := make(chan error, 1)
			go func() { over <- s.Close(ctx) }()
			for range 1_000_000 { // no sleep: if it waits for a mutex, virtual time stands still
				if len(over) > 0 || t.Failed() {
					break
				}
				runtime.Gosched()
			}
			if len(over) == 0 {
				h.complain("Close was called again %s, and waits: a second Close has nothing to close and returns nil at once, also while the first call is at work", when)
			} else if err := <-over; err != nil {
				h.complain("Close was called again %s, and returned %q: a second Close has nothing to close and returns nil; the first call returns the errors", when, err)
			}
		}
		push(t, s, h.thing("handler", time.Second, errNet))
		var calls atomic.Int32
		push(t, s, func(ctx context.Context) error {
			if calls.Add(1) > 1 { // or a Close that closes again would never come to an end
				h.complain("Close was called again while the reader was being closed, and closes it for the second time")
				return nil
			}
			again(t.Context(), "by what closes the reader")
			return h.thing("reader", time.Second, errDisk)(ctx)
		})
		time.AfterFunc(1500*time.Millisecond, func() {
			again(t.Context(), "while the first call was at work")
			again(ended, "with a ctx that had ended, while the first call was at work")
		})
		_ = s.Close(t.Context())
		again(t.Context(), "after the first call")
		again(ended, "after the first call, with a ctx that had ended")
		h.expect("Close was called six times", "reader 0s, handler 1s", 2*time.Second)
	})
}

func TestWhatCloseIsToCloseIsNotDetached(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := &exercise.Stack{Within: time.Second}
		closed := 0
		_ = s.Push(func(context.Context) error { closed++; return nil })
		_ = s.Push(func(ctx context.Context) error {
			if d := s.Detach(); d != nil { // another test asks for it
				return d.Close(ctx)
			}
			return nil
		})
		_ = s.Close(t.Context())
		if closed != 1 {
			t.Errorf("while Close is at work, a function calls Detach and closes what it gets: what Close is still to close belongs to Close, and was closed %d times", closed)
		}
	})
}

func TestWhatComesTooLateIsNotTaken(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		late := func(when string) {
			if err := s.Push(h.thing("a late one", 0, nil)); !errors.Is(err, exercise.ErrClosed) {
				h.complain("Push came %s and returned %s, not ErrClosed: its caller thinks that the thing will be closed", when, lesson.Quote(err))
			}
		}
		push(t, s, h.thing("handler", time.Second, nil))
		push(t, s, func(ctx context.Context) error {
			late("from what closes the reader")
			return h.thing("reader", time.Second, nil)(ctx)
		})
		time.AfterFunc(1500*time.Millisecond, func() { late("while Close was at work") })
		_ = s.Close(t.Context())
		late("after Close")
		if d := s.Detach(); d != nil { // another test asks for it
			_ = d.Close(t.Context())
		}
		h.expect("three came too late", "reader 0s, handler 1s", 2*time.Second)
	})
}

func TestDetachHandsEverythingOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: 2 * time.Second}
		push(t, s, h.thing("handler", time.Second, nil), h.thing("reader", time.Hour, nil))
		d := s.Detach()
		push(t, s, h.thing("left lamp", time.Second, nil), h.thing("right lamp", time.Second, nil))
		push(t, d, h.thing("cache", time.Second, nil))
		_ = s.Close(t.Context())
		h.expect("handler and reader were detached before the lamps came", "right lamp 0s, left lamp 1s", 2*time.Second)
		h.ended = ": what Detach returns has the same Within"
		_ = d.Close(t.Context())
		h.expect("then the detached stack was closed, Within is 2s there, too",
			"right lamp 0s, left lamp 1s, cache 2s, reader 3s, handler 5s", 6*time.Second)
	})
}

func TestTheCloseOfOneStackLeavesTheOtherOneOpen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, first := range []string{"s", "d"} {
			s := &exercise.Stack{Within: time.Minute}
			push(t, s, func(context.Context) error { return nil })
			stacks := map[string]*exercise.Stack{"s": s, "d": s.Detach()}
			_ = stacks[first].Close(t.Context())
			delete(stacks, first)
			for other, stack := range stacks {
				if err := stack.Push(func(context.Context) error { return nil }); err != nil {
					t.Errorf("d was detached from s, and then %s was closed. A Push to %s returned %q, although no Close was called on %s: d is a Stack of its own",
						first, other, err, other)
				}
				_ = stack.Close(t.Context())
			}
		}
	})
}

func TestWhatIsDetachedFromAClosedStackIsOpen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		_ = s.Close(t.Context())
		d := s.Detach()
		if d == nil {
			t.Fatal("the stack was closed, and Detach returned nil, not an empty stack that is open")
		}
		if err := d.Push(h.thing("reader", 0, nil)); err != nil {
			t.Errorf("the stack was closed; Detach then returns an empty stack that is open, but a Push to it returned %q", err)
		}
		_ = d.Close(t.Context())
		h.expect("a reader was pushed to a stack that was detached from a closed one", "reader 0s", 0)
	})
}

func TestManyMayPushAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", 0, nil))
		var openers sync.WaitGroup
		for range 500 {
			openers.Go(func() {
				for range 4 {
					_ = s.Push(h.thing("file", 0, nil))
				}
			})
		}
		openers.Wait()
		_ = s.Close(t.Context())
		if n := len(h.closed); n != 2001 {
			h.complain("500 goroutines pushed 4 files each, and of the 2000 files %d were closed: pushes get in each other's way", n-1)
		}
	})
	var pushed, closed atomic.Int64
	s := &exercise.Stack{Within: time.Minute}
	lesson.Storm(t, 4, func(int) {
		_ = s.Push(func(context.Context) error { closed.Add(1); return nil })
		pushed.Add(1)
		_ = s.Detach().Close(t.Context())
	})
	_ = s.Close(t.Context())
	if p, c := pushed.Load(), closed.Load(); p != c {
		t.Errorf("4 goroutines pushed %d files and detached the stack at the same time, and files were closed %d times: calls get in each other's way", p, c)
	}
}

func TestAPushAsCloseBeginsIsRefusedOrClosed(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		for range 20 {
			s := &exercise.Stack{Within: time.Minute}
			var refused error
			closed := 0
			lesson.Together(2, func(g int) {
				if g == 0 {
					refused = s.Push(func(context.Context) error { closed++; return nil })
				} else {
					_ = s.Close(t.Context())
				}
			})()
			if refused == nil && closed == 0 {
				t.Fatal("Push came as Close began, and returned no error, but what it pushed is never closed: to ask whether the stack is closed and to add are one step, under one lock")
			}
		}
	})
}

// The last test, because a panic on a goroutine of its own ends them all.
func TestAPanicStopsNothingAndGoesOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		push(t, s, h.thing("handler", time.Second, nil), h.thing("reader", time.Second, errDisk))
		push(t, s, func(ctx context.Context) error {
			h.begin(ctx, "cache")
			h.end()
			panic("a bug in the cache")
		})
		var bug any
		func() {
			defer func() { bug = recover() }()
			_ = s.Close(t.Context())
		}()
		h.expect("closing the cache panicked", "cache 0s, reader 0s, handler 1s", 2*time.Second)
		if bug != "a bug in the cache" {
			h.complain("closing the cache panicked with %q; the panic goes on when all is closed, but what came out of Close was: %v", "a bug in the cache", bug)
		}
	})
}

func TestAPanicGoesOnWithTheVeryValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := &exercise.Stack{Within: time.Minute}
		push(t, s, func(context.Context) error { panic(errDisk) })
		defer func() {
			if bug := recover(); bug != any(errDisk) {
				t.Errorf("closing the cache panicked with the error errDisk; the panic goes on with this value, but what came out of Close was the %T %v", bug, bug)
			}
		}()
		_ = s.Close(t.Context())
	})
}

func TestACloseAfterAPanicHasNothingToClose(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := &exercise.Stack{Within: time.Minute}
		push(t, s, func(context.Context) error { return errDisk }, func(context.Context) error { panic("a bug in the cache") })
		again := func() (bug any, err error) {
			defer func() { bug = recover() }()
			return nil, s.Close(t.Context())
		}
		_, _ = again()
		if bug, err := again(); bug != nil {
			t.Errorf("the first Close panicked with what closing the cache did, and the second one panics too, with %v: it has nothing to close and returns nil", bug)
		} else if err != nil {
			t.Errorf("the first Close panicked, and the second one returned %s: it has nothing to close and returns nil", lesson.Quote(err))
		}
	})
}

func TestASecondPanicStopsNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, s := newHouse(t), &exercise.Stack{Within: time.Minute}
		bug := func(name string) func(context.Context) error {
			return func(ctx context.Context) error {
				h.begin(ctx, name)
				h.end()
				panic("a bug in the " + name)
			}
		}
		push(t, s, h.thing("handler", time.Second, nil), bug("reader"), h.thing("file", time.Second, nil), bug("cache"))
		var out any
		func() {
			defer func() { out = recover() }()
			_ = s.Close(t.Context())
		}()
		h.expect("closing the cache panicked, and so did closing the reader", "cache 0s, file 0s, reader 1s, handler 1s", 2*time.Second)
		if out != "a bug in the cache" && out != "a bug in the reader" {
			h.complain("two functions panicked and one of the panics goes on, but what came out of Close was: %v", out)
		}
	})
}
