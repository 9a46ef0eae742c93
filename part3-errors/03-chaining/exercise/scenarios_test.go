//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/03-chaining/exercise"
	solution "example.com/asyncio-to-go/part3-errors/03-chaining/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A line is a scenario: a first step, and the jobs that Then hangs on it or on each other.
type line struct {
	first   step
	cancels time.Duration // another caller cancels first then, if not 0
	jobs    []hung
}

type step struct {
	takes time.Duration
	fails error
	deaf  bool          // it never looks at its context
	keeps bool          // it returns its value although its context has ended
	undo  time.Duration // what it needs to stop
}

type hung struct {
	at      time.Duration // when Then is called
	onLast  bool          // on the job before, not on first
	ctx     exam.End
	cancels time.Duration // the job is cancelled then, if not 0
	next    step
}

func (s step) String() string {
	text := "takes " + exam.Clock(s.takes)
	switch {
	case s.deaf:
		text += ", ignores its context"
	case s.keeps:
		text += ", returns its value when it is told to stop"
	case s.undo > 0:
		text += ", needs " + exam.Clock(s.undo) + " to stop"
	}
	if s.fails != nil {
		text += fmt.Sprintf(", fails with %q", s.fails)
	}
	return text
}

func (s line) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "first %s", s.first)
	if s.cancels > 0 {
		fmt.Fprintf(&b, "; another caller cancels first at %s", exam.Clock(s.cancels))
	}
	for i, j := range s.jobs {
		on := "first"
		if j.onLast && i > 0 {
			on = fmt.Sprint("job ", i-1)
		}
		fmt.Fprintf(&b, "; at %s Then hangs job %d on %s, %s", exam.Clock(j.at), i, on, j.ctx)
		if j.cancels > 0 {
			fmt.Fprintf(&b, ", it is cancelled at %s", exam.Clock(j.cancels))
		}
		fmt.Fprintf(&b, ", its next %s", j.next)
	}
	return b.String()
}

func drawLine(d *exam.Draw) line {
	draw := func() step {
		s := step{takes: d.Time(500, 0, 900), deaf: d.Chance(4), keeps: d.Chance(4)}
		if d.Chance(3) {
			s.undo = d.Time(100, 700)
		}
		if d.Chance(3) {
			s.fails = exam.Pick(d, errStuck, fmt.Errorf("scale: %w", errStuck), context.Canceled, context.DeadlineExceeded, fmt.Errorf("scale: %w", context.Canceled))
		}
		return s
	}
	s := line{first: draw()}
	if d.Chance(4) {
		s.cancels = d.Time(200, 700)
	}
	at := time.Duration(0)
	for range d.Int(1, 3) {
		at += d.Time(0, 0, 300, 1200)
		j := hung{at: at, onLast: d.Chance(2), ctx: d.End(50, 400, 800, 1300, 1700), next: draw()}
		if j.ctx.At > 0 {
			j.ctx.At += at
		}
		if d.Chance(3) {
			j.cancels = at + d.Time(50, 400, 800, 1300)
		}
		s.jobs = append(s.jobs, j)
	}
	return s
}

type then func(ctx context.Context, first *exercise.Job[int], next func(context.Context, int) (int, error)) *exercise.Job[int]

// run plays a line with Then. A job adds one to the value of the one before.
func run(do then) func(p *exam.Play, s line) {
	return func(p *exam.Play, s line) {
		names := exam.Names{
			"the error of a step": errStuck, "the cause of ctx": errPaper, "the cause of the cancelled job": errNotWanted, "the cause of the cancelled first": errOther,
			"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		play := func(ctx context.Context, task string, s step, value int) (int, error) {
			ended := ctx.Done()
			if s.deaf {
				ended = nil
			}
			select {
			case <-time.After(s.takes):
				return value, s.fails
			case <-ended:
				p.Say(task, "is told to stop by %s", names.Of(context.Cause(ctx)))
			}
			if s.keeps {
				return value, nil
			}
			time.Sleep(s.undo)
			return 0, context.Cause(ctx)
		}
		first := exercise.Start(p.Context(), func(ctx context.Context) (int, error) { return play(ctx, "first", s.first, 0) })
		if s.cancels > 0 {
			p.Go(s.cancels, func() { first.Cancel(errOther) })
		}
		begun, last := time.Now(), first
		for i, j := range s.jobs {
			task := fmt.Sprint("job ", i)
			time.Sleep(j.at - time.Since(begun))
			on := first
			if j.onLast {
				on = last
			}
			ctx := p.UntilFrom(p.Context(), task+"'s ctx", j.ctx, errPaper)
			job := do(ctx, on, func(ctx context.Context, value int) (int, error) {
				p.Say(task+"'s next", "is called with %d and %s", value, p.CtxNow(ctx, names))
				return play(ctx, task+"'s next", j.next, value+1)
			})
			p.Say("Then", "returns job %d", i)
			p.Go(0, func() {
				value, err := job.Result()
				if err != nil {
					value = 0
				}
				p.Say(task, "ends with %d and %s", value, names.Of(err))
			})
			if j.cancels > 0 {
				p.Go(j.cancels, func() {
					p.Say(task, "is cancelled")
					job.Cancel(errNotWanted)
				})
			}
			last = job
		}
		<-first.Done()
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawLine, run(exercise.Then[int, int]), run(solution.Then[int, int]))
}
