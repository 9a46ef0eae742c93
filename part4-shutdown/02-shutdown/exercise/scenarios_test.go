//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part4-shutdown/02-shutdown/exercise"
	solution "example.com/asyncio-to-go/part4-shutdown/02-shutdown/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// An evening is a scenario: the phases of a shutdown, and the calls of Run.
type evening struct {
	phases []step
	calls  []call
}

type step struct {
	budget, takes, undo time.Duration
	deaf                bool // it never looks at its ctx
	fails               error
}

type call struct {
	at  time.Duration
	ctx exam.End
}

func (s evening) String() string {
	var b strings.Builder
	for i, p := range s.phases {
		fmt.Fprintf(&b, "phase %d has a budget of %s and takes %s", i, exam.Clock(p.budget), exam.Clock(p.takes))
		if p.deaf {
			b.WriteString(", ignores its ctx")
		} else {
			fmt.Fprintf(&b, ", needs %s to give up", exam.Clock(p.undo))
		}
		if p.fails != nil {
			fmt.Fprintf(&b, ", returns %q", p.fails)
		}
		b.WriteString("; ")
	}
	for i, c := range s.calls {
		fmt.Fprintf(&b, "call %d of Run comes at %s, %s; ", i, exam.Clock(c.at), c.ctx)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func drawEvening(d *exam.Draw) evening {
	var s evening
	for range d.Int(0, 4) {
		p := step{budget: d.Time(1000, 500, 2000), takes: d.Time(200, 0, 700, 1500, 4000), deaf: d.Chance(4)}
		p.undo = d.Time(50, 800) // never at the instant at which the budget is used up: that may be an overrun or not
		if d.Chance(2) {
			p.fails = exam.Pick(d, errLeft, errDisk, context.DeadlineExceeded, context.Canceled, fmt.Errorf("close: %w", errDisk))
		}
		s.phases = append(s.phases, p)
	}
	for i := range d.Int(1, 3) {
		c := call{ctx: d.End(100, 800, 1600, 3000)}
		if i > 0 {
			c.at = d.Time(20_000, 30_000) // a sync.Once is right, and waits where virtual time stands still
		}
		s.calls = append(s.calls, c)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s evening) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	switch {
	case odd("phase", "begins") && missing("phase", "begins"):
		return "the context of a phase has the values of ctx, is alive when the phase begins, and ends when its budget is used up"
	case odd("phase", "begins") && len(s.calls) > 1 && at.At >= s.calls[1].at:
		return "the phases run once, and a later call of Run ran them again"
	case odd("phase", "begins"):
		return "a phase began before the one before it was over"
	case missing("phase", "begins"):
		return "the phase before had returned, or had used its budget up, and the next one did not begin"
	case odd("phase", "is told to stop"):
		return "the context of a phase ended before its budget was used up: the end of ctx is not its end"
	case missing("phase", "is told to stop"):
		return "the budget of a phase was used up, and its context did not end"
	case odd("call", "gets") && missing("call", "gets"):
		return "Run returns the error of each phase that failed in time, whatever error that is, and ErrOverrun of each that overran"
	case odd("call", "gets"):
		return "Run returned before all phases were over"
	case missing("call", "gets"):
		return "all phases were over, or had used their budgets up, and Run did not return"
	}
	return ""
}

// run plays an evening with a Shutdown.
func run(open func(budgets []time.Duration, do func(i int, ctx context.Context) error) func(context.Context) error) func(p *exam.Play, s evening) {
	return func(p *exam.Play, s evening) {
		names := exam.Names{"context.DeadlineExceeded": context.DeadlineExceeded, "context.Canceled": context.Canceled}
		budgets := make([]time.Duration, len(s.phases))
		for i := range s.phases {
			budgets[i] = s.phases[i].budget
		}
		shutdown := open(budgets, func(i int, ctx context.Context) error {
			step, task := s.phases[i], fmt.Sprint("phase ", i)
			p.Say(task, "begins with %s", p.CtxNow(ctx, names))
			ended := ctx.Done()
			if step.deaf {
				ended = nil
			}
			select {
			case <-time.After(step.takes):
			case <-ended:
				p.Say(task, "is told to stop")
				time.Sleep(step.undo)
			}
			p.Say(task, "is over")
			return step.fails
		})
		for i, c := range s.calls {
			p.Go(c.at, func() {
				task := fmt.Sprint("call ", i)
				err := shutdown(p.UntilFrom(p.Context(), task+"'s ctx", c.ctx, errLeft))
				p.Say(task, "gets %s", lesson.Quote(err))
			})
		}
		p.Go(time.Minute, func() {}) // what overran is over by then
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawEvening,
		run(func(budgets []time.Duration, do func(int, context.Context) error) func(context.Context) error {
			s := &exercise.Shutdown{}
			for i, budget := range budgets {
				s.Phases = append(s.Phases, exercise.Phase{Name: fmt.Sprint("phase ", i), Budget: budget, Do: func(ctx context.Context) error { return do(i, ctx) }})
			}
			return s.Run
		}),
		run(func(budgets []time.Duration, do func(int, context.Context) error) func(context.Context) error {
			s := &solution.Shutdown{}
			for i, budget := range budgets {
				s.Phases = append(s.Phases, solution.Phase{Name: fmt.Sprint("phase ", i), Budget: budget, Do: func(ctx context.Context) error { return do(i, ctx) }})
			}
			return s.Run
		}))
}
