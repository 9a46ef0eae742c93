//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/05-timeouts/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/05-timeouts/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A struggle is a scenario: what the host answers to each attempt, and when ctx ends.
type struggle struct {
	policy  exercise.Policy
	answers []reply
	ctx     exam.End
}

// A reply is what one attempt meets.
type reply struct {
	takes   time.Duration
	cleanUp time.Duration // how long the attempt goes on when its ctx has ended
	deaf    bool          // the attempt never looks at its ctx
	stopped error         // what the attempt returns then
	fails   error         // errPermanent and errLimit stand for ErrPermanent and ErrLimit
	panics  bool
}

// These stand for the errors of the package that is under test.
var (
	errPermanent = errors.New("permanent")
	errLimit     = errors.New("limit")
)

func (s struggle) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d attempts of %s, pauses from %s to %s, %s", s.policy.Attempts, exam.Clock(s.policy.Limit),
		exam.Clock(s.policy.Pause), exam.Clock(s.policy.MaxPause), s.ctx)
	for i, r := range s.answers {
		fmt.Fprintf(&b, "; attempt %d takes %s", i+1, exam.Clock(r.takes))
		if r.deaf {
			b.WriteString(", ignores its ctx")
		} else {
			if r.cleanUp > 0 {
				fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(r.cleanUp))
			}
			fmt.Fprintf(&b, ", returns %q if it is told to stop", r.stopped)
		}
		if r.panics {
			b.WriteString(", panics")
		} else if r.fails != nil {
			fmt.Fprintf(&b, ", fails with %q", r.fails)
		}
	}
	return b.String()
}

func drawStruggle(d *exam.Draw) struggle {
	s := struggle{ctx: d.End(150, 700, 1300, 2600)}
	s.ctx.Far, s.ctx.Plain = d.Chance(4), d.Chance(4)
	s.policy = exercise.Policy{Attempts: d.Int(1, 5), Limit: d.Time(500, 1000), Pause: d.Time(100, 300)}
	s.policy.MaxPause = s.policy.Pause * time.Duration(d.Int(1, 5))
	for range d.Int(1, 5) {
		r := reply{takes: d.Time(50, 0, 400, 800, 1500), deaf: d.Chance(4), panics: d.Chance(20)}
		r.stopped = exam.Pick(d, errClosed, context.DeadlineExceeded, context.Canceled)
		if d.Chance(3) {
			r.cleanUp = d.Time(30, 350, 900)
		}
		if !d.Chance(4) {
			r.fails = exam.Pick(d, errBusy, errClosed, fmt.Errorf("call: %w", errBusy), context.DeadlineExceeded, context.Canceled,
				errPermanent, fmt.Errorf("call: %w", errPermanent), errLimit, errors.Join(errLimit, errPermanent))
		}
		s.answers = append(s.answers, r)
	}
	return s
}

type retryFunc func(ctx context.Context, p exercise.Policy, attempt func(context.Context) (int, error)) (int, error)

// run plays a struggle with Retry.
func run(do retryFunc, limit, permanent error) func(p *exam.Play, s struggle) {
	return func(p *exam.Play, s struggle) {
		names := exam.Names{
			"ErrLimit": limit, "ErrPermanent": permanent, "the cause of ctx": errCaller, "errBusy": errBusy, "errClosed": errClosed,
			"context.DeadlineExceeded": context.DeadlineExceeded, "context.Canceled": context.Canceled,
		}
		defer func() {
			if v := recover(); v != nil {
				p.Say("Retry", "panics with %v", v)
			}
		}()
		var calls atomic.Int32
		var before func() error // Err of the attempt's ctx before
		v, err := do(p.Until(s.ctx, errCaller), s.policy, func(ctx context.Context) (int, error) {
			n := int(calls.Add(1))
			r := s.answers[min(n, len(s.answers))-1]
			task := fmt.Sprint("attempt ", n)
			p.Say(task, "begins with %s", p.CtxNow(ctx, names))
			if before != nil && before() == nil {
				p.Say(task, "begins while the ctx of the attempt before is alive")
			}
			before = ctx.Err
			ended := ctx.Done()
			if r.deaf {
				ended = nil
			}
			select {
			case <-time.After(r.takes):
			case <-ended:
				p.Say(task, "is told to stop, the cause is %s", names.Of(context.Cause(ctx)))
				time.Sleep(r.cleanUp)
				return 0, r.stopped
			}
			switch {
			case r.panics:
				panic("the attempt panics")
			case errors.Is(r.fails, errPermanent) && errors.Is(r.fails, errLimit): // as a Retry in the attempt fails
				return 0, errors.Join(limit, permanent)
			case errors.Is(r.fails, errPermanent):
				return 0, fmt.Errorf("call: %w", permanent)
			case errors.Is(r.fails, errLimit):
				return 0, fmt.Errorf("call: %w", limit)
			default:
				return 10 + n, r.fails
			}
		})
		if err != nil {
			v = 0 // what stands beside an error does not matter
		}
		p.Say("Retry", "returns %d and an error in which errors.Is finds: %s", v, names.Is(err))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawStruggle, run(exercise.Retry[int], exercise.ErrLimit, exercise.ErrPermanent),
		run(func(ctx context.Context, p exercise.Policy, attempt func(context.Context) (int, error)) (int, error) {
			return solution.Retry(ctx, solution.Policy(p), attempt)
		}, solution.ErrLimit, solution.ErrPermanent))
}
