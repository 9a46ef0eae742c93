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
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/04-exception-handlers/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errStore = errors.New("the store is full")
	errLine  = errors.New("no line")
	errOdd   = errors.New("something odd")
)

type invoiceError struct{ number int }

func (e *invoiceError) Error() string { return fmt.Sprint("invoice ", e.number, " is wrong") }

// A desk is a router with three handlers and otherwise, and a book of what they got: "store: the store is full".
type desk struct {
	t      *testing.T
	router *exercise.Router

	mu   sync.Mutex // guards book
	book []string
}

// dawdle lets other goroutines run. A sleep would not do: they may wait for a mutex meanwhile, and virtual time would stand still.
func dawdle() {
	for range 100 {
		runtime.Gosched()
	}
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t}
	d.router = exercise.New(func(err error) { d.note("otherwise", err) })
	d.router.Is(errStore, func(err error) { d.note("store", err) })
	exercise.On(d.router, func(err *invoiceError) { d.note("invoice", err) })
	d.router.Is(errLine, func(err error) { d.note("line", err) })
	return d
}

func (d *desk) note(handler string, err error) {
	lesson.Log(d.t).With("task", handler).Info("gets " + lesson.Quote(err))
	dawdle()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.book = append(d.book, fmt.Sprint(handler, ": ", err))
}

// gets hands err to the router and fails the test unless that is what its handlers get.
func (d *desk) gets(err error, mistake string, want ...string) {
	d.t.Helper()
	d.mu.Lock()
	d.book = nil
	d.mu.Unlock()
	func() {
		defer func() {
			if p := recover(); p != nil {
				if strings.Contains(fmt.Sprint(p), "not written yet") {
					panic(p)
				}
				d.t.Errorf("a panic came out of Handle: %v", p)
			}
		}()
		d.router.Handle(err)
	}()
	d.mu.Lock()
	got := slices.Clone(d.book)
	d.mu.Unlock()
	time.Sleep(time.Minute)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(d.book) > len(got):
		d.t.Errorf("Handle returned before the handler had: %q came later", d.book[len(got)])
	case !slices.Equal(got, want):
		d.t.Errorf("%s: handlers got %q, not %q", mistake, got, want)
	}
}

func TestAFailureGoesToTheHandlerOfItsKind(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		const mistake = "the failure went to more than one handler, or to the wrong one"
		d.gets(errStore, mistake, "store: the store is full")
		d.gets(errLine, mistake, "line: no line")
		d.gets(&invoiceError{7}, mistake, "invoice: invoice 7 is wrong")
		d.gets(errOdd, mistake, "otherwise: something odd")
	})
}

func TestAWrappedFailureIsOfTheSameKind(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		const mistake = "a wrapped failure is of the same kind"
		d.gets(fmt.Errorf("feed A: %w", errLine), mistake, "line: feed A: no line")
		d.gets(fmt.Errorf("feed A: %w", fmt.Errorf("batch 3: %w", &invoiceError{8})), mistake, "invoice: invoice 8 is wrong")
	})
}

// A backup is a full store, and a wrong invoice if it has one. It says so by its methods, as a syscall.Errno says that it is an fs.ErrNotExist.
type backup struct{ invoice invoiceError }

func (b *backup) Error() string { return "the backup failed" }

func (b *backup) Is(target error) bool { return target == errStore }

func (b *backup) As(target any) bool {
	invoice, ok := target.(**invoiceError)
	if !ok || b.invoice.number == 0 {
		return false
	}
	*invoice = &b.invoice
	return true
}

func TestAFailureMaySayByAMethodWhatItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.gets(fmt.Errorf("feed A: %w", &backup{}), "the failure has a method Is, which errors.Is asks", "store: feed A: the backup failed")
		d.router = exercise.New(func(err error) { d.note("otherwise", err) })
		exercise.On(d.router, func(err *invoiceError) { d.note("invoice", err) })
		d.gets(fmt.Errorf("feed A: %w", &backup{invoiceError{7}}), "the failure has a method As, which errors.As asks", "invoice: invoice 7 is wrong")
	})
}

func TestTheFirstHandlerThatWantsItGetsIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.router.Is(errLine, func(err error) { d.note("another for line", err) })
		exercise.On(d.router, func(err error) { d.note("any", err) })
		d.router.Is(errOdd, func(err error) { d.note("odd", err) })
		const mistake = "the handlers are asked in the order in which they were added"
		for range 20 { // an answer may ask them at random
			d.gets(errLine, mistake, "line: no line")
			d.gets(&invoiceError{9}, mistake, "invoice: invoice 9 is wrong")
			d.gets(errOdd, mistake, "any: something odd")
		}
	})
}

func TestAJoinedErrorIsSeveralFailures(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.gets(errors.Join(errLine, errOdd, errStore), "a joined error is several failures, each handled once, in their order",
			"line: no line", "otherwise: something odd", "store: the store is full")
		d.gets(errors.Join(errors.Join(errStore, &invoiceError{7}), errLine), "a join in a join is split as well",
			"store: the store is full", "invoice: invoice 7 is wrong", "line: no line")
		d.gets(fmt.Errorf("batch 7: %w", errors.Join(fmt.Errorf("feed A: %w", errLine), errStore)), "a wrapped join is split as well",
			"line: feed A: no line", "store: the store is full")
		d.gets(fmt.Errorf("day 2: %w", fmt.Errorf("batch 7: %w", errors.Join(errOdd, errStore))), "a join that is wrapped twice is split as well",
			"otherwise: something odd", "store: the store is full")
		d.gets(fmt.Errorf("%w, and then %w", errOdd, errStore), "what fmt.Errorf makes of two %w is a join, too",
			"otherwise: something odd", "store: the store is full")
		d.gets(fmt.Errorf("batch 7: %w", errors.Join(errLine)), "a join of one is a join, too: the handler gets the failure in it, without the words of what wraps the join",
			"line: no line")
		deep := errors.Join(errLine, errStore)
		for range 50 {
			deep = fmt.Errorf("day 2: %w", batch{deep})
		}
		d.gets(deep, "a join stands in 50 others, each of which is wrapped, and it is split as well", "line: no line", "store: the store is full")
	})
}

// A batch is a join of a type of its own. It cannot be compared, and it may hold nil.
type batch []error

func (b batch) Error() string   { return "a batch of " + fmt.Sprint(len(b)) }
func (b batch) Unwrap() []error { return b }

// pages are a failure that cannot be compared.
type pages []int

func (p pages) Error() string { return fmt.Sprint("no pages ", []int(p)) }

// A missing is a failure also if it is a nil pointer.
type missing struct{}

func (*missing) Error() string { return "nothing there" }

func TestAFailureAndAJoinMayBeOfAnyType(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.gets(batch{errLine, nil, batch{errStore}}, "a join of another type than that of errors.Join is split as well, and a nil in it is no failure",
			"line: no line", "store: the store is full")
		d.gets(errors.New(""), "an error with an empty text is a failure like any other", "otherwise: ")
		d.gets((*missing)(nil), "an error that holds a nil pointer is not nil: it is a failure", "otherwise: nothing there")
		d.gets(pages{3, 4}, "the type of a failure cannot be compared by ==", "otherwise: no pages [3 4]")
		exercise.On(d.router, func(err pages) { d.note("pages", err) })
		d.gets(fmt.Errorf("feed A: %w", pages{5}), "the type of a failure cannot be compared by ==", "pages: no pages [5]")
		d.router = exercise.New(func(err error) { d.note("otherwise", err) })
		d.router.Is(pages{9}, func(err error) { d.note("page 9", err) })
		d.gets(pages{3, 4}, "the type of a failure and of a handler's target cannot be compared by ==, so leave comparing to errors.Is", "otherwise: no pages [3 4]")
	})
}

func TestLeavesAJoinAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		err := errors.Join(errStore, context.Canceled, errLine, errStore)
		was := err.Error()
		d.gets(err, "a joined error is several failures, each handled once, in their order",
			"store: the store is full", "line: no line", "store: the store is full")
		if joined, ok := err.(interface{ Unwrap() []error }); ok && slices.Contains(joined.Unwrap(), nil) || err.Error() != was {
			t.Error("Handle has changed the error that it was given: what its method Unwrap returns is the slice of the error itself; do not write to it")
		}
	})
}

func TestACancellationIsNoFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		d.gets(nil, "nil is no failure")
		d.gets(context.Canceled, "a cancellation is no failure")
		d.gets(fmt.Errorf("feed A: %w", context.Canceled), "a wrapped cancellation is no failure")
		d.gets(errors.Join(context.Canceled, errStore), "a failure is lost beside a cancellation, or the cancellation is handled",
			"store: the store is full")
		d.gets(errors.New("feed A: context canceled"), "what has the text of context.Canceled, and does not wrap it, is a failure", "otherwise: feed A: context canceled")
		d.gets(context.DeadlineExceeded, "a timeout is a failure", "otherwise: context deadline exceeded")
		d.router.Is(context.Canceled, func(err error) { d.note("canceled", err) })
		d.gets(fmt.Errorf("feed A: %w", context.Canceled), "a cancellation is no failure, also for a handler of context.Canceled")
	})
}

func TestAHandlerThatPanicsEndsOnlyItsOwnCall(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		var about error
		broken := false
		d.router = exercise.New(func(err error) {
			about = err
			d.note("otherwise", errors.New("a panic"))
			if broken {
				panic("otherwise is broken, too")
			}
		})
		d.router.Is(errLine, func(error) { panic("page 3 of 2") })
		d.router.Is(errStore, func(err error) { d.note("store", err) })
		d.gets(errors.Join(fmt.Errorf("feed A: %w", errLine), errStore), "the failures behind a handler that panicked are lost, or its panic is, or it is not handed to otherwise at that place",
			"otherwise: a panic", "store: the store is full")
		if errors.Is(about, errStore) {
			t.Errorf("a handler panicked, and otherwise got an error that wraps all that Handle was given; it should wrap the failure of that handler: %q", about)
		} else if about != nil && !strings.Contains(about.Error(), "page 3 of 2") {
			t.Errorf("a handler panicked with %q, and otherwise got an error without it: %q", "page 3 of 2", about)
		} else if about != nil && !errors.Is(about, errLine) {
			t.Errorf("a handler panicked, and otherwise got %q, which does not wrap the failure that the handler had", about)
		}
		d.gets(errStore, "the router is of no use after a panic", "store: the store is full")
		d.router.Is(errLine, func(err error) { d.note("line", err) })
		d.gets(errLine, "a handler panicked: the panic goes to otherwise, and the failure to no other handler", "otherwise: a panic")
		broken = true
		d.gets(errOdd, "otherwise panicked, and its own panic was handed to it as one more failure", "otherwise: a panic")
		d.gets(errLine, "a handler panicked and otherwise, too", "otherwise: a panic")
	})
}

func TestAHandlerMayPanicWithTheFailureItself(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		var got []string
		d.router = exercise.New(func(err error) {
			_, wraps := errors.AsType[pages](err)
			got = append(got, fmt.Sprintf("wraps it: %t, has its text: %t", wraps, strings.Contains(err.Error(), "no pages [3]")))
		})
		exercise.On(d.router, func(err pages) { panic(err) })
		d.gets(pages{3}, "a handler panicked with the failure that it was given, whose type cannot be compared by ==")
		if want := []string{"wraps it: true, has its text: true"}; !slices.Equal(got, want) && !t.Failed() {
			t.Errorf("a handler panicked with the failure that it was given: otherwise gets one error that wraps it and has its text, %q; it got %q", want, got)
		}
	})
}

func TestAPanicWithAnErrorIsAPanicToo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, value := range []error{errOdd, context.Canceled} {
			d := newDesk(t)
			var about error
			d.router = exercise.New(func(err error) {
				about = err
				d.note("otherwise", errors.New("a panic"))
			})
			d.router.Is(errLine, func(error) { panic(value) })
			d.gets(errLine, fmt.Sprintf("a handler panicked with the error %q", value), "otherwise: a panic")
			if about != nil && (!strings.Contains(about.Error(), value.Error()) || !errors.Is(about, errLine)) {
				t.Errorf("a handler panicked with the error %q; otherwise gets an error that has its text and wraps the failure that the handler had, %q, not %q",
					value, errLine, about)
			}
		}
	})
}

func TestHandlersRunOneAtATime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var busy, most, calls atomic.Int32
		handle := func(error) {
			calls.Add(1)
			most.Store(max(most.Load(), busy.Add(1)))
			dawdle()
			busy.Add(-1)
		}
		router := exercise.New(handle)
		router.Is(errLine, handle)
		exercise.On(router, func(err *invoiceError) { handle(err) })
		router.Is(errStore, func(err error) {
			handle(err)
			panic("and otherwise is next")
		})
		var all sync.WaitGroup
		panics := make(chan any, 52) // on these goroutines they would end the test binary
		for i := range cap(panics) {
			all.Go(func() {
				defer func() { panics <- recover() }()
				router.Handle([]error{errLine, errOdd, &invoiceError{7}, errStore}[i%4])
			})
		}
		all.Wait()
		for range cap(panics) {
			if p := <-panics; p != nil {
				t.Fatalf("a panic came out of Handle: %v", p)
			}
		}
		if most.Load() > 1 {
			t.Errorf("two handlers ran at one time, or more: %d; many goroutines called Handle", most.Load())
		} else if n := calls.Load(); n != 65 { // after each of 13 panics, otherwise
			t.Errorf("52 goroutines called Handle, and when it had returned to all, %d handlers had run, not 65", n)
		}
	})
}

func TestHandleWaitsForItsOwnHandlers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		log := lesson.Log(t)
		busy := make(chan struct{})
		var stored atomic.Bool
		var second sync.WaitGroup
		router := exercise.New(func(error) {})
		router.Is(errLine, func(error) {
			log.With("task", "line").Info("begins")
			close(busy)
			for range 50 { // another goroutine calls Handle meanwhile
				dawdle()
			}
			log.With("task", "line").Info("is over")
		})
		router.Is(errStore, func(error) {
			log.With("task", "store").Info("runs")
			stored.Store(true)
		})
		second.Go(func() {
			<-busy
			log.With("task", "second").Info("calls Handle")
			router.Handle(errStore)
			if !stored.Load() {
				t.Error("a second goroutine called Handle while a handler ran, and Handle returned to it before its own handler was called")
			}
		})
		router.Handle(errLine)
		second.Wait()
	})
}

func TestTheSameErrorTwiceIsTwoFailures(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDesk(t).gets(errors.Join(errStore, errStore), "a join holds the same error twice", "store: the store is full", "store: the store is full")
	})
}

func TestAHandlerTakesAsLongAsItTakes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var start time.Time
		var over atomic.Bool
		router := exercise.New(func(error) {})
		router.Is(errStore, func(error) {
			time.Sleep(24 * time.Hour)
			over.Store(true)
		})
		start = time.Now()
		if router.Handle(errStore); !over.Load() {
			t.Errorf("a handler takes a day, and Handle returned after %v, before the handler had", time.Since(start))
			time.Sleep(48 * time.Hour)
		}
	})
}

func TestTwoRoutersDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		stored := make(chan struct{})
		var other sync.WaitGroup
		router := exercise.New(func(error) {})
		router.Is(errLine, func(error) {
			other.Go(func() {
				second := exercise.New(func(error) {
					lesson.Log(t).With("task", "second router").Info("hands on")
					close(stored)
				})
				second.Handle(errStore)
			})
			lesson.Log(t).With("task", "line").Info("waits for the handler of a second router", lesson.Waiting)
			<-stored
		})
		router.Handle(errLine)
		other.Wait()
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newDesk(t).router.Handle(errors.Join(errStore, errOdd))
		lesson.NothingLeft(t, "Handle has returned")
	})
}
