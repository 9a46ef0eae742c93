//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/asyncio-to-go/part3-errors/04-exception-handlers/exercise"
	solution "example.com/asyncio-to-go/part3-errors/04-exception-handlers/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A post is a scenario: the handlers of a router, and the errors that come.
type post struct {
	kinds           []string // in the order in which the handlers are added
	panics          []string // the handlers that panic
	withErrors      bool     // they panic with an error
	otherwisePanics bool
	errs            []error
}

var (
	errTimeout = fmt.Errorf("fetch: %w", context.DeadlineExceeded)
	errQuit    = fmt.Errorf("fetch: %w", context.Canceled)
)

// pageError is an error that is a value, where invoiceError is a pointer.
type pageError struct{ page int }

func (e pageError) Error() string { return fmt.Sprint("page ", e.page, " is missing") }

func (s post) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "handlers for %s", strings.Join(s.kinds, ", "))
	if len(s.panics) > 0 {
		fmt.Fprintf(&b, "; these panic: %s", strings.Join(s.panics, ", "))
	}
	if s.withErrors {
		b.WriteString(" with an error")
	}
	if s.otherwisePanics {
		b.WriteString("; otherwise panics")
	}
	for _, err := range s.errs {
		fmt.Fprintf(&b, "; Handle gets %s", shape(err))
	}
	return b.String()
}

// shape shows how an error is built.
func shape(err error) string {
	switch e := err.(type) { //nolint:errorlint // one level at a time
	case nil:
		return "nil"
	case interface{ Unwrap() []error }:
		var parts []string
		for _, one := range e.Unwrap() {
			parts = append(parts, shape(one))
		}
		return "a join of (" + strings.Join(parts, ", ") + ")"
	case interface{ Unwrap() error }:
		if text, _, ok := strings.Cut(err.Error(), ": "); ok {
			return fmt.Sprintf("%q around %s", text, shape(e.Unwrap()))
		}
	}
	return lesson.Quote(err)
}

func drawPost(d *exam.Draw) post {
	var s post
	kinds := []string{"errStore", "*invoiceError", "errLine", "pageError", "context.DeadlineExceeded", "context.Canceled"}
	for range d.Int(0, 4) {
		kind := exam.Pick(d, kinds...)
		s.kinds = append(s.kinds, kind)
		if d.Chance(4) && !slices.Contains(s.panics, kind) {
			s.panics = append(s.panics, kind)
		}
	}
	s.withErrors = len(s.panics) > 0 && d.Chance(2)
	s.otherwisePanics = d.Chance(4)
	for range d.Int(1, 3) {
		s.errs = append(s.errs, drawError(d, 0))
	}
	return s
}

// drawError draws an error that may be joined and wrapped.
func drawError(d *exam.Draw, depth int) error {
	n := 9
	if depth < 3 {
		n = 12
	}
	switch d.Int(0, n) {
	case 0, 1:
		return errOdd
	case 2:
		return errStore
	case 3:
		return errLine
	case 4:
		return &invoiceError{d.Int(1, 3)}
	case 5:
		return pageError{d.Int(0, 3)} // page 0 is the zero value
	case 6:
		return errTimeout
	case 7:
		return exam.Pick(d, errQuit, context.Canceled)
	case 8:
		return context.DeadlineExceeded
	case 9:
		if depth == 0 {
			return nil
		}
		return errOdd
	case 10:
		return fmt.Errorf("batch %d: %w", d.Int(1, 3), drawError(d, depth+1))
	case 11:
		return errors.Join(drawError(d, depth+1), drawError(d, depth+1))
	default:
		return fmt.Errorf("first %w, then %w", drawError(d, depth+1), drawError(d, depth+1))
	}
}

// A router is an exercise.Router, or the solution's.
type router interface {
	Is(target error, handle func(error))
	Handle(err error)
}

// run plays a post with a router; onInvoice and onPage are On.
func run[R router](open func(otherwise func(error)) R, onInvoice func(R, func(*invoiceError)), onPage func(R, func(pageError))) func(p *exam.Play, s post) {
	return func(p *exam.Play, s post) {
		gets := func(name string, err error) {
			if text := err.Error(); name == "otherwise" && strings.Contains(text, "is broken") { // its other words are the answer's own
				for _, known := range []error{errStore, errLine, errOdd, context.DeadlineExceeded} {
					if errors.Is(err, known) {
						p.Say("router", "hands otherwise the panic of a handler, wrapping %q", known)
						return
					}
				}
				var invoice *invoiceError
				var page pageError
				p.Say("router", "hands otherwise the panic of a handler, wrapping an invoice: %v, a page: %v", errors.As(err, &invoice), errors.As(err, &page))
				return
			}
			p.Say("router", "hands %s %q", name, err)
		}
		handler := func(name string) func(error) {
			return func(err error) {
				gets("the handler of "+name, err)
				if slices.Contains(s.panics, name) {
					if s.withErrors {
						panic(errors.New("the handler of " + name + " is broken"))
					}
					panic("the handler of " + name + " is broken")
				}
			}
		}
		r := open(func(err error) {
			gets("otherwise", err)
			if s.otherwisePanics {
				panic("otherwise is broken")
			}
		})
		for _, kind := range s.kinds {
			handle := handler(kind)
			switch kind {
			case "errStore":
				r.Is(errStore, handle)
			case "errLine":
				r.Is(errLine, handle)
			case "*invoiceError":
				onInvoice(r, func(err *invoiceError) { handle(err) })
			case "pageError":
				onPage(r, func(err pageError) { handle(err) })
			case "context.Canceled":
				r.Is(context.Canceled, handle)
			default:
				r.Is(context.DeadlineExceeded, handle)
			}
		}
		for i, err := range s.errs {
			func() {
				defer func() {
					if v := recover(); v != nil {
						p.Say("router", "lets a panic out of Handle: %v", v)
					}
				}()
				r.Handle(err)
			}()
			p.Say("router", "has returned from Handle %d", i)
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawPost,
		run(exercise.New, exercise.On[*invoiceError], exercise.On[pageError]),
		run(solution.New, solution.On[*invoiceError], solution.On[pageError]))
}
