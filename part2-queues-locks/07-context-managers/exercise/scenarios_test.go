//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/07-context-managers/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/07-context-managers/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// An estate is a scenario: things that are pushed to a Stack, which is detached
// in between or not, and closed.
type estate struct {
	within   time.Duration
	things   []item
	detached int // so many things are there when Detach is called; below 0: it is not
	ctx      exam.End
}

type item struct {
	takes           time.Duration
	listens, panics bool
	calls           string // a method of the Stack
	returns         error
}

func (e estate) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Within is %s, %s", exam.Clock(e.within), e.ctx)
	for i, t := range e.things {
		if i == e.detached {
			b.WriteString("; Detach is called")
		}
		fmt.Fprintf(&b, "; thing %d takes %s", i, exam.Clock(t.takes))
		if t.listens {
			b.WriteString(" or until its context ends")
		}
		if t.calls != "" {
			b.WriteString(", calls " + t.calls)
		}
		if t.panics {
			b.WriteString(", panics")
		} else if t.returns != nil {
			fmt.Fprintf(&b, ", returns %q", t.returns)
		}
	}
	return b.String()
}

func drawEstate(d *exam.Draw) estate {
	e := estate{within: d.Time(200, 500, 1000), ctx: d.End(50, 150, 300, 700), detached: -1}
	for range d.Int(0, 5) {
		e.things = append(e.things, item{
			takes: d.Time(100, 300, 700, 2000), listens: d.Int(0, 1) == 0, panics: d.Chance(6),
			calls: exam.Pick(d, "", "", "", "Push", "Close"), returns: exam.Pick(d, nil, nil, errDisk, errNet, context.Canceled),
		})
	}
	if d.Chance(3) {
		e.detached = d.Int(0, len(e.things))
	}
	return e
}

// Mistake names what is behind a difference, in the words of the contract.
func (e estate) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	task := func(lines exam.Lines, text string) string {
		i := slices.IndexFunc(lines, func(l exam.Line) bool { return strings.Contains(l.Text, text) })
		return lines[i].Task
	}
	switch {
	case odd("thing", "is being closed") && missing("thing", "is being closed") && task(at.Odd, "is being closed") == task(at.Missing, "is being closed"):
		return "the context of a function has the values of ctx and is alive when it is called"
	case odd("thing", "is being closed") && missing("thing", "is being closed"):
		return "the last one pushed is closed first, and another one was"
	case odd("thing", "is being closed"):
		return "a function was called twice, or before the one that comes before it had returned"
	case missing("thing", "is being closed"):
		return "a function was not called when the one before it had returned: each is called, whatever those before it did, also if they panicked"
	case odd("thing", "calls Push") && missing("thing", "calls Push"), odd("main", "Push after Close") && missing("main", "Push after Close"):
		return "Close had been called, and Push did not return ErrClosed"
	case missing("thing", "calls Close"):
		return "a function called Close: a second Close returns nil at once"
	case odd("thing", "is closed"):
		return "the context of a function ended although Within had not passed since its call"
	case missing("thing", "is closed"):
		return "Within had passed since the call of a function, and its context did not end"
	}
	return ""
}

type stack interface {
	Push(closing func(context.Context) error) error
	Close(ctx context.Context) error
}

// empty plays an estate with a Stack.
func empty[S stack](p *exam.Play, e estate, s S, detach func(S) S, errClosed error) {
	names := exam.Names{"ErrClosed": errClosed, errDisk.Error(): errDisk, errNet.Error(): errNet, "context.Canceled": context.Canceled}
	parts := []S{s}
	panics := 0
	for i, t := range e.things {
		if i == e.detached {
			parts = append(parts, detach(s))
		}
		task := fmt.Sprintf("thing %d", i)
		if err := s.Push(func(ctx context.Context) error {
			p.Say(task, "is being closed with %s", p.CtxNow(ctx, names))
			switch t.calls {
			case "Push":
				p.Say(task, "calls Push, which returns %s", names.Of(s.Push(func(context.Context) error { return nil })))
			case "Close":
				p.Say(task, "calls Close, which returns %s", names.Of(s.Close(ctx)))
			}
			var ended <-chan struct{}
			if t.listens {
				ended = ctx.Done()
			}
			select {
			case <-time.After(t.takes):
			case <-ended:
			}
			p.Say(task, "is closed")
			if t.panics {
				panics++
				panic("a bug in " + task)
			}
			return t.returns
		}); err != nil {
			p.Say("main", "pushes thing %d, and Push returns %s", i, names.Of(err))
		}
	}
	ctx := p.Until(e.ctx, errTired)
	for _, part := range parts {
		panics = 0
		func() {
			defer func() {
				if v := recover(); v != nil && panics == 1 {
					p.Say("main", "Close panics with %v", v)
				} else if v != nil {
					p.Say("main", "Close panics")
				}
			}()
			if err := part.Close(ctx); err != nil {
				p.Say("main", "Close returns %q, which is %s", err, names.Is(err))
			} else {
				p.Say("main", "Close returns no error")
			}
		}()
		p.Say("main", "Push after Close returns %s", names.Of(part.Push(func(context.Context) error { return nil })))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawEstate,
		func(p *exam.Play, e estate) {
			empty(p, e, &exercise.Stack{Within: e.within}, (*exercise.Stack).Detach, exercise.ErrClosed)
		},
		func(p *exam.Play, e estate) {
			empty(p, e, &solution.Stack{Within: e.within}, (*solution.Stack).Detach, solution.ErrClosed)
		})
}
