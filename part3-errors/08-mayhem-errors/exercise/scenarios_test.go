//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/08-mayhem-errors/exercise"
	solution "example.com/asyncio-to-go/part3-errors/08-mayhem-errors/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A message is a scenario: what each run of each step does, when ctx ends, and whether the broker can be told.
type message struct {
	steps    [][]attempt
	ctx      exam.End
	deafness error         // what settling returns
	settling time.Duration // how long it takes
}

type attempt struct {
	takes time.Duration
	fails failure
	after time.Duration // of busy
	wraps bool
	deaf  bool // it never looks at its ctx
}

type failure string

// What a step can fail with.
const (
	none     failure = ""
	blip     failure = "a blip"
	never    failure = "ErrNever"
	busy     failure = "busy"
	odd      failure = "an odd error"
	canceled failure = "context.Canceled of its own"
)

func (s message) String() string {
	var b strings.Builder
	b.WriteString(s.ctx.String())
	for i, attempts := range s.steps {
		fmt.Fprintf(&b, "; step %d:", i)
		for j, a := range attempts {
			if j > 0 {
				b.WriteString(", then")
			}
			fmt.Fprintf(&b, " takes %s", exam.Clock(a.takes))
			if a.deaf {
				b.WriteString(" and ignores ctx")
			}
			if a.wraps {
				b.WriteString(" and wraps")
			}
			if a.fails != none {
				fmt.Fprintf(&b, " and fails with %s", a.fails)
			}
			if a.fails == busy {
				fmt.Fprintf(&b, " for %s", exam.Clock(a.after))
			}
		}
	}
	if s.deafness != nil {
		fmt.Fprintf(&b, "; the broker cannot be told, and says so after %s", exam.Clock(s.settling))
	}
	return b.String()
}

func drawMessage(d *exam.Draw) message {
	s := message{ctx: d.End(50, 150, 250, 400, 700)}
	for range d.Int(0, 3) {
		var attempts []attempt
		for range d.Int(1, 4) {
			a := attempt{takes: d.Time(100, 0, 30, 170, 300), fails: exam.Pick(d, none, blip, blip, never, busy, odd, canceled), wraps: d.Chance(3), deaf: d.Chance(4)}
			a.after = time.Duration(d.Int(0, 9)) * time.Second
			attempts = append(attempts, a)
		}
		s.steps = append(s.steps, attempts)
	}
	if d.Chance(4) {
		s.deafness, s.settling = errOdd, d.Time(0, 100, 3000)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s message) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	ended := s.ctx.How != exam.Never && s.ctx.At <= at.At
	settled := func(ls exam.Lines) bool {
		return ls.Has("the message", "acked") || ls.Has("the message", "nacked") || ls.Has("the message", "dropped")
	}
	switch {
	case odd("step", "runs") && missing("step", "runs"):
		return "each step gets ctx, and runs again only when its pause is over"
	case odd("step", "runs") && ended:
		return "ctx had ended, and a step was run again"
	case odd("step", "runs"):
		return "a step was run again that had not failed with a blip, or for the third time, or before its pause was over"
	case missing("step", "runs"):
		return "a step had failed with its first or second blip, ctx was alive, the pause was over, and the step was not run again"
	case settled(at.Odd) && settled(at.Before):
		return "the message was settled twice"
	case odd("the message", "is acked") && missing("the message", ""):
		return "a step's last failure stands, or ctx has cut the step off, and the message was acked"
	case missing("the message", "is acked") && odd("the message", ""):
		return "no step failed in the end, so the message is acked"
	case missing("the message", "is dropped") && odd("the message", "is dropped"):
		return "the reason of a Drop holds every step's last failure, and Drop gets a context that lives for a second"
	case missing("the message", "is dropped") && odd("the message", ""):
		return "a step failed with ErrNever, so the message is dropped"
	case odd("the message", "is dropped") && missing("the message", ""):
		return "no step failed with ErrNever, and the message was dropped"
	case odd("the message", "is nacked") && missing("the message", "is nacked") && ended:
		return "ctx had ended, so the delay of the Nack is 0"
	case odd("the message", "is nacked") && missing("the message", "is nacked"):
		return "the delay of a Nack is the longest After of the BusyErrors, or one second without any, while ctx is alive"
	case settled(at.Odd):
		return "the message was settled before all steps had ended"
	case settled(at.Missing):
		return "all steps had ended, and the message was not settled"
	}
	return ""
}

// A kit is what the exercise and its solution name alike.
type kit struct {
	blip, never error
	busy        func(time.Duration) error
	handle      func(ctx context.Context, settle settle, steps []func(context.Context) error) error
}

type settle func(ctx context.Context, how string, reason error) error

func (s settle) Ack(ctx context.Context) error { return s(ctx, "is acked", nil) }
func (s settle) Nack(ctx context.Context, delay time.Duration) error {
	return s(ctx, fmt.Sprint("is nacked for ", delay), nil)
}

func (s settle) Drop(ctx context.Context, reason error) error { return s(ctx, "is dropped", reason) }

// run plays a message with a kit.
func run(k kit) func(p *exam.Play, s message) {
	return func(p *exam.Play, s message) {
		names := exam.Names{"ErrBlip": k.blip, "ErrNever": k.never, "the odd error": errOdd, "the cause of ctx": errStopped, "context.Canceled": context.Canceled}
		var steps []func(context.Context) error
		for i, attempts := range s.steps {
			n, task := 0, fmt.Sprint("step ", i)
			steps = append(steps, func(ctx context.Context) error {
				a := attempts[min(n, len(attempts)-1)]
				n++
				p.Say(task, "runs for the %d. time, with %s", n, p.Ctx(ctx, names))
				ended := ctx.Done()
				if a.deaf {
					ended = nil
				}
				select {
				case <-time.After(a.takes):
				case <-ended:
					p.Say(task, "is cut off")
					return context.Cause(ctx)
				}
				err := map[failure]error{none: nil, blip: k.blip, never: k.never, busy: k.busy(a.after), odd: errOdd, canceled: context.Canceled}[a.fails]
				if err != nil && a.wraps {
					err = fmt.Errorf("step: %w", err)
				}
				return err
			})
		}
		err := k.handle(p.Until(s.ctx, errStopped), func(ctx context.Context, how string, reason error) error {
			if reason != nil {
				how += ", errors.Is finds in the reason: " + names.Is(reason)
			}
			p.Say("the message", "%s, with %s", how, p.Ctx(ctx, names))
			time.Sleep(s.settling)
			return s.deafness
		}, steps)
		same := "what settling returned"
		if err != s.deafness { //nolint:errorlint // unchanged is what the contract says
			same = "something else: " + names.Of(err)
		}
		p.Say("Handle", "returns %s", same)
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawMessage,
		run(kit{
			exercise.ErrBlip, exercise.ErrNever, func(d time.Duration) error { return exercise.BusyError{After: d} },
			func(ctx context.Context, s settle, steps []func(context.Context) error) error {
				var all []exercise.Step
				for _, step := range steps {
					all = append(all, step)
				}
				return exercise.Handle(ctx, s, all...)
			},
		}),
		run(kit{
			solution.ErrBlip, solution.ErrNever, func(d time.Duration) error { return solution.BusyError{After: d} },
			func(ctx context.Context, s settle, steps []func(context.Context) error) error {
				var all []solution.Step
				for _, step := range steps {
					all = append(all, step)
				}
				return solution.Handle(ctx, s, all...)
			},
		}))
}
