//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/02-cancel/hold/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/02-cancel/hold/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A drill is a scenario: when ctx ends, and how giveBack goes.
type drill struct {
	ctx          exam.End
	limit, takes time.Duration
	fails        error
	deaf         bool
}

func (s drill) String() string {
	text := fmt.Sprintf("%s; giveBack takes %s, its limit is %s", s.ctx, exam.Clock(s.takes), exam.Clock(s.limit))
	if s.deaf {
		text += ", it ignores its ctx"
	}
	if s.fails != nil {
		text += fmt.Sprintf(", it fails with %v", s.fails)
	}
	return text
}

func drawDrill(d *exam.Draw) drill {
	s := drill{ctx: exam.End{How: exam.Cancelled, At: d.Time(100, 0, 400)}, limit: d.Time(200, 0, 500), takes: d.Time(100, 0, 300, 900), deaf: d.Chance(3)}
	if d.Chance(3) {
		s.ctx.How = exam.Deadline
	} else if d.Chance(3) {
		s.ctx.At = 0
	}
	s.ctx.Far, s.ctx.Plain = d.Chance(3), d.Chance(3)
	if d.Chance(2) {
		s.fails = exam.Pick(d, errNoAnswer, fmt.Errorf("seat 1: %w", errNoAnswer), context.Canceled, context.DeadlineExceeded)
	}
	return s
}

type hold func(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error

func run(hold hold) func(p *exam.Play, s drill) {
	return func(p *exam.Play, s drill) {
		names := exam.Names{"the cause of ctx": errDrill, "errNoAnswer": errNoAnswer, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
		ctx := p.Until(s.ctx, errDrill)
		err := hold(ctx, s.limit, func(ctx context.Context) error {
			p.Say("giveBack", "is called with %s", p.CtxNow(ctx, names))
			ended := ctx.Done()
			if s.deaf {
				ended = nil
			}
			select {
			case <-time.After(s.takes):
				p.Say("giveBack", "has given the seat back")
			case <-ended:
				p.Say("giveBack", "is cut off")
			}
			return s.fails
		})
		p.Say("Hold", "returns %s", names.Is(err))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDrill, run(exercise.Hold), run(solution.Hold))
}
