//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/01-create-task/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/01-create-task/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A timetable is a scenario: what each call of f does, and when ctx ends.
type timetable struct {
	interval time.Duration
	calls    []call
	ctx      exam.End
}

type call struct {
	takes   time.Duration
	listens bool // returns early when its ctx ends
	returns error
	panics  bool
}

func (s timetable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "interval %s, %s", exam.Clock(s.interval), s.ctx)
	for i, c := range s.calls {
		fmt.Fprintf(&b, "; call %d takes %s", i+1, exam.Clock(c.takes))
		if c.listens {
			b.WriteString(" and listens to ctx")
		}
		if c.panics {
			b.WriteString(", then panics")
		} else if c.returns != nil {
			fmt.Fprintf(&b, ", then returns %q", c.returns)
		}
	}
	return b.String()
}

func drawTimetable(d *exam.Draw) timetable {
	s := timetable{interval: d.Time(1000, 300), ctx: d.End(500, 1500, 2500, 3700, 5200)}
	s.ctx.Far, s.ctx.Plain = d.Chance(4), d.Chance(4)
	for range d.Int(1, 6) {
		c := call{takes: d.Time(100, 0, 400, 1300, 2600), listens: d.Chance(3), panics: d.Chance(12)}
		if d.Chance(5) {
			c.returns = exam.Pick(d, errBroken, fmt.Errorf("reading: %w", errBroken), fmt.Errorf("reading: %w", errStopped), context.Canceled, context.DeadlineExceeded)
		}
		s.calls = append(s.calls, c)
	}
	s.calls[len(s.calls)-1].returns = errBroken // the scenario ends
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s timetable) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	switch {
	case odd("f", "is called for the 1. time") && at.At < s.interval:
		return "the first call falls due when the whole interval has passed, and no earlier"
	case odd("Every", "returns no error") && missing("Every", "returns context."):
		return "Every never returns nil: a cancellation and a timeout count as well, of ctx or of f"
	case odd("Every", "returns no error"):
		return "Every never returns nil: it returns the cause of ctx or the error of f"
	case odd("Every", "wraps the error of f") && missing("Every", "returns the error of f"):
		return "the error of f comes back unchanged, not in another one that wraps it"
	case odd("Every", "returns context.") && missing("Every", "returns the cause of ctx"):
		return "ctx.Err() does not say why ctx ended: return context.Cause(ctx)"
	default:
		return ""
	}
}

type every func(ctx context.Context, interval time.Duration, f func(context.Context) error) error

// run plays a timetable with Every.
func run(do every) func(p *exam.Play, s timetable) {
	return func(p *exam.Play, s timetable) {
		names := exam.Names{"the cause of ctx": errStopped, "the error of f": errBroken, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
		defer func() {
			if v := recover(); v != nil {
				p.Say("Every", "panics with %v", v)
			}
		}()
		var calls atomic.Int32
		given := p.Until(s.ctx, errStopped)
		err := do(given, s.interval, func(ctx context.Context) error {
			n := int(calls.Add(1))
			c := s.calls[min(n, len(s.calls))-1]
			p.Say("f", "is called for the %d. time, with %s", n, p.Ctx(ctx, names))
			if ctx != given {
				p.Say("f", "gets a context that was made from ctx, not ctx itself")
			}
			var ended <-chan struct{}
			if c.listens {
				ended = ctx.Done()
			}
			select {
			case <-time.After(c.takes):
			case <-ended:
			}
			p.Say("f", "is over")
			if c.panics {
				panic("f panics")
			}
			return c.returns
		})
		p.Say("Every", "returns %s", names.Of(err))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawTimetable, run(exercise.Every), run(solution.Every))
}
