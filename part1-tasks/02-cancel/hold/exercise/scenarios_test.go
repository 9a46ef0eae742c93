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

var known = exam.Names{"the cause of ctx": errDrill, "errNoAnswer": errNoAnswer, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}

// Mistake names what is behind a difference, in the words of the contract.
func (s drill) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	cause := known.Is(s.ctx.Cause(errDrill))
	switch {
	case odd("giveBack", "is cut off"):
		return "giveBack's context ended before its limit was over"
	case missing("giveBack", "is cut off"):
		return "giveBack's context did not end when its limit was over"
	case odd("Hold", "returns no error"):
		return "Hold never returns nil: the end of ctx has a cause, context.Cause(ctx)"
	case odd("Hold", "returns") && missing("Hold", "returns") && !odd("Hold", cause):
		return "errors.Is does not find the cause of ctx in the error of Hold"
	case odd("Hold", "returns") && missing("Hold", "returns") && s.fails == nil:
		return "giveBack has returned no error, so the error of Hold tells of the cause of ctx only"
	case odd("Hold", "returns") && missing("Hold", "returns"):
		return "the error of Hold tells of the cause of ctx and of the error of giveBack, and of nothing else"
	default:
		return ""
	}
}

type hold func(ctx context.Context, limit time.Duration, giveBack func(context.Context) error) error

func run(hold hold) func(p *exam.Play, s drill) {
	return func(p *exam.Play, s drill) {
		ctx := p.Until(s.ctx, errDrill)
		err := hold(ctx, s.limit, func(ctx context.Context) error {
			p.Say("giveBack", "is called with %s", p.CtxNow(ctx, known))
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
		p.Say("Hold", "returns %s", known.Is(err))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDrill, run(exercise.Hold), run(solution.Hold))
}
