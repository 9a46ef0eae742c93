//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/01-exceptions/exercise"
	solution "example.com/asyncio-to-go/part3-errors/01-exceptions/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A night is a scenario: what each job does, and when ctx ends.
type night struct {
	jobs []work
	ctx  exam.End
}

type work struct {
	name    string
	takes   time.Duration
	ends    ending
	listens bool // it stops, with the cause, when ctx ends
}

type ending string

// How a job can end.
const (
	well     ending = "succeeds"
	fails    ending = "fails"
	wraps    ending = "fails with a wrapped error"
	joins    ending = "fails with two errors that are joined"
	canceled ending = "fails with context.Canceled"
	panics   ending = "panics with an error"
	panics42 ending = "panics with 42"
	panicNil ending = "panics with nil"
	vanishes ending = "ends by runtime.Goexit"
)

func (s night) String() string {
	var b strings.Builder
	b.WriteString(s.ctx.String())
	for i, w := range s.jobs {
		fmt.Fprintf(&b, "; job %d, %s, takes %s", i, w.name, exam.Clock(w.takes))
		if w.listens {
			b.WriteString(", listens to ctx")
		}
		fmt.Fprintf(&b, " and %s", w.ends)
	}
	return b.String()
}

func drawNight(d *exam.Draw) night {
	s := night{ctx: d.End(50, 150, 700)}
	for range d.Int(0, 5) {
		s.jobs = append(s.jobs, work{
			name: exam.Pick(d, "mail", "backup", "index"), takes: d.Time(100, 0, 300, 1000), listens: d.Chance(2),
			ends: exam.Pick(d, well, fails, fails, wraps, joins, canceled, panics, panics42, panicNil, vanishes),
		})
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s night) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	got, want := text(at.Odd, "RunAll"), text(at.Missing, "RunAll")
	const lines = `: disk full\nno route to mx1` // as quoted
	vanished := strings.Count(want, ": ErrVanished") - strings.Count(got, ": ErrVanished")
	switch {
	case odd("job", "runs") && missing("job", "runs"):
		return "the ctx of a job is ctx or made from it, with its values, and this job got another"
	case missing("job", "runs"):
		return "all jobs run at the same time, and one did not"
	case odd("job", "runs"):
		return "each job runs once"
	case odd("job", "is told to stop"), missing("job", "is told to stop"):
		return "the ctx of a job ends when ctx ends, with its cause, and not for another job's failure"
	case want == "" || got == "":
		return ""
	case strings.Contains(want, lines) && !strings.Contains(got, lines):
		return "the text of a failure has two lines, and stays as it is behind the name of its job"
	case vanished > 0:
		return "a job ended by runtime.Goexit, and RunAll did not report ErrVanished for it"
	case vanished < 0:
		return "RunAll reported ErrVanished more often than a job had ended by runtime.Goexit"
	}
	return ""
}

// text is what a task did.
func text(lines exam.Lines, task string) string {
	i := slices.IndexFunc(lines, func(l exam.Line) bool { return l.Task == task })
	if i < 0 {
		return ""
	}
	return lines[i].Text
}

// A kit is what the exercise and its solution name alike.
type kit struct {
	vanished error
	runAll   func(ctx context.Context, names []string, runs []func(context.Context) error) error
	panicOf  func(err error) (value any, stack []byte, ok bool)
}

// run plays a night with a kit.
func run(k kit) func(p *exam.Play, s night) {
	return func(p *exam.Play, s night) {
		names := exam.Names{
			"ErrVanished": k.vanished, "the cause of ctx": errStopped, "the failure": errDisk, "the error of the panic": errBug, "context.Canceled": context.Canceled,
		}
		var jobs []string
		var runs []func(context.Context) error
		for i, w := range s.jobs {
			jobs = append(jobs, w.name)
			runs = append(runs, func(ctx context.Context) error {
				task := fmt.Sprint("job ", i)
				p.Say(task, "runs, with %s", p.CtxNow(ctx, names))
				var ended <-chan struct{}
				if w.listens {
					ended = ctx.Done()
				}
				select {
				case <-time.After(w.takes):
				case <-ended:
					p.Say(task, "is told to stop by %s", names.Of(context.Cause(ctx)))
					return context.Cause(ctx)
				}
				switch w.ends {
				case panics:
					explode(errBug)
				case panics42:
					explode(42)
				case panicNil:
					explode(nil)
				case vanishes:
					runtime.Goexit()
				}
				return map[ending]error{fails: errDisk, wraps: fmt.Errorf("no: %w", errDisk), joins: errors.Join(errDisk, &hostError{"mx1"}), canceled: context.Canceled}[w.ends]
			})
		}
		err := k.runAll(p.Until(s.ctx, errStopped), jobs, runs)
		if err == nil {
			p.Say("RunAll", "returns no error")
			return
		}
		p.Say("RunAll", "returns %q, errors.Is finds in it: %s", strings.ReplaceAll(err.Error(), k.vanished.Error(), "ErrVanished"), names.Is(err))
		if host, ok := errors.AsType[*hostError](err); ok {
			p.Say("RunAll", "returned an error in which errors.AsType finds %v", host)
		}
		if value, stack, ok := k.panicOf(err); ok {
			p.Say("RunAll", "returned a PanicError with the value %v; its stack shows the panic: %t", value, strings.Contains(string(stack), ".explode("))
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawNight,
		run(kit{exercise.ErrVanished, func(ctx context.Context, names []string, runs []func(context.Context) error) error {
			var jobs []exercise.Job
			for i, name := range names {
				jobs = append(jobs, exercise.Job{Name: name, Run: runs[i]})
			}
			return exercise.RunAll(ctx, jobs)
		}, func(err error) (any, []byte, bool) {
			p, ok := errors.AsType[*exercise.PanicError](err)
			if !ok {
				return nil, nil, false
			}
			return p.Value, p.Stack, true
		}}),
		run(kit{solution.ErrVanished, func(ctx context.Context, names []string, runs []func(context.Context) error) error {
			var jobs []solution.Job
			for i, name := range names {
				jobs = append(jobs, solution.Job{Name: name, Run: runs[i]})
			}
			return solution.RunAll(ctx, jobs)
		}, func(err error) (any, []byte, bool) {
			p, ok := errors.AsType[*solution.PanicError](err)
			if !ok {
				return nil, nil, false
			}
			return p.Value, p.Stack, true
		}}))
}
