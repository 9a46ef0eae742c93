//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/03-semaphore/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/03-semaphore/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A harbor is a scenario: callers of one Bulkhead.
type harbor struct {
	run, wait int
	callers   []caller
}

type caller struct {
	comes, takes time.Duration
	ctx          exam.End
	listens      bool  // fn ends when its ctx does
	returns      error // of fn
	panics       bool
}

func (h harbor) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d may run, %d may wait", h.run, h.wait)
	for i, c := range h.callers {
		fmt.Fprintf(&b, "; call %d comes at %s, fn takes %s, %s", i, exam.Clock(c.comes), exam.Clock(c.takes), c.ctx)
		if c.listens {
			b.WriteString(", fn listens to it")
		}
		if c.panics {
			b.WriteString(", fn panics")
		} else if c.returns != nil {
			fmt.Fprintf(&b, ", fn returns %q", c.returns)
		}
	}
	return b.String()
}

func drawHarbor(d *exam.Draw) harbor {
	h := harbor{run: d.Int(1, 3), wait: d.Int(0, 3)}
	for range d.Int(1, 8) {
		comes := d.Time(0, 100, 200, 300, 400, 600, 900)
		c := caller{comes: comes, takes: d.Time(200, 100, 500, 1000), listens: d.Chance(3), panics: d.Chance(8)}
		if c.ctx = d.End(50, 150, 300, 700); c.ctx.At > 0 {
			c.ctx.At += comes
		}
		c.returns = exam.Pick(d, nil, nil, errBroken, context.Canceled, fmt.Errorf("call: %w", errTired))
		h.callers = append(h.callers, c)
	}
	return h
}

// Mistake names what is behind a difference, in the words of the contract.
func (h harbor) Mistake(at exam.Instant) string {
	odd, missing := func(text string) bool { return at.Odd.Has("call", text) }, func(text string) bool { return at.Missing.Has("call", text) }
	same := len(at.Odd) > 0 && len(at.Missing) > 0 && at.Odd[0].Task == at.Missing[0].Task
	switch {
	case odd("without the caller's values"), odd("runs fn") && missing("runs fn") && same:
		return "fn gets ctx itself: its values, its deadline, its end"
	case odd("runs fn") && missing("returns ErrFull"):
		return "run calls ran, wait calls waited already, and another call was let in"
	case odd("runs fn") && missing("returns the cause") && same:
		return "ctx had ended before its turn came, and fn was called"
	case odd("runs fn") && missing("runs fn"):
		return "the calls that wait take their turns first come, first served, and another one got the place"
	case odd("runs fn"):
		return "more than run calls were under way, or a call that waits was overtaken"
	case missing("runs fn") && odd("returns ErrFull"):
		return "fewer than wait calls waited, or there was a free place, and a call was refused"
	case missing("runs fn"):
		return "a place was free, it was the turn of a call, and it did not call fn"
	case missing("returns ErrFull") && same:
		return "a call that is refused returns ErrFull itself"
	case odd("returns ErrFull") && missing("returns the cause") && same:
		return "ctx had ended, and Do did not return its cause"
	case missing("returns ErrFull"):
		return "wait calls waited already, and another call was not refused at once"
	case odd("returns ErrFull"):
		return "fewer than wait calls waited, and a call was refused"
	}
	return ""
}

// sail plays a harbor with a Bulkhead.
func sail(p *exam.Play, h harbor, do func(context.Context, func(context.Context) error) error, errFull error) {
	names := exam.Names{"ErrFull": errFull, "the cause of its ctx": errTired, "the error of fn": errBroken, "context.Canceled": context.Canceled}
	for i, c := range h.callers {
		task := fmt.Sprintf("call %d", i)
		p.Go(c.comes, func() {
			defer func() {
				if v := recover(); v != nil {
					p.Say(task, "panics with %v", v)
				}
			}()
			ctx := p.UntilFrom(p.Context(), task+"'s ctx", c.ctx, errTired)
			err := do(ctx, func(ctx context.Context) error {
				p.Say(task, "runs fn with %s", p.Ctx(ctx, names))
				var ended <-chan struct{}
				if c.listens {
					ended = ctx.Done()
				}
				select {
				case <-time.After(c.takes):
				case <-ended:
				}
				if c.panics {
					panic("boom")
				}
				return c.returns
			})
			p.Say(task, "returns %s", names.Of(err))
		})
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawHarbor,
		func(p *exam.Play, h harbor) { sail(p, h, exercise.New(h.run, h.wait).Do, exercise.ErrFull) },
		func(p *exam.Play, h harbor) { sail(p, h, solution.New(h.run, h.wait).Do, solution.ErrFull) })
}
