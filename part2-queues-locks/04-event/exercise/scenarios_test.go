//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/04-event/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/04-event/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A season is a scenario: services that come and go, and callers that wait.
type season struct {
	services int
	changes  []change
	callers  []caller
}

// A change is one Up or Down, or several back to back on one goroutine.
type change struct {
	at    time.Duration
	steps []step
}

type step struct {
	up   bool
	name string
}

type caller struct {
	comes time.Duration
	ctx   exam.End
	ready bool // it calls Ready instead of Wait
}

var services = []string{"db", "cache", "queue"}

func (s season) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d services", s.services)
	for _, c := range s.changes {
		fmt.Fprintf(&b, "; at %s", exam.Clock(c.at))
		for _, step := range c.steps {
			fmt.Fprintf(&b, " %s", step)
		}
	}
	for i, c := range s.callers {
		what := "Wait"
		if c.ready {
			what = "Ready"
		}
		fmt.Fprintf(&b, "; caller %d calls %s at %s, %s", i, what, exam.Clock(c.comes), c.ctx)
	}
	return b.String()
}

func (s step) String() string {
	if s.up {
		return fmt.Sprintf("Up(%q)", s.name)
	}
	return fmt.Sprintf("Down(%q)", s.name)
}

func drawSeason(d *exam.Draw) season {
	s := season{services: d.Int(0, 3)}
	for range d.Int(1, 10) {
		c := change{at: d.Time(100, 200, 300, 400, 600, 900, 1200)}
		for range d.Int(1, 3) {
			name := exam.Pick(d, append([]string{"unknown"}, services[:s.services]...)...)
			c.steps = append(c.steps, step{!d.Chance(3), name})
		}
		s.changes = append(s.changes, c)
	}
	for range d.Int(1, 4) {
		c := caller{comes: d.Time(0, 150, 350, 700), ready: d.Chance(3)}
		if c.ctx = d.End(50, 200, 500, 2000); c.ctx.At > 0 {
			c.ctx.At += c.comes
		} else if c.ctx.How == exam.Never {
			c.ctx = exam.End{How: exam.Cancelled, At: c.comes + time.Minute}
		}
		s.callers = append(s.callers, c)
	}
	return s
}

// A readiness is an exercise.Readiness, or the solution's.
type readiness interface {
	Up(name string) error
	Down(name string) error
	Wait(ctx context.Context) error
	Ready() <-chan struct{}
}

// watch plays a season with a Readiness.
func watch(p *exam.Play, s season, r readiness, errUnknown error) {
	names := exam.Names{"ErrUnknown": errUnknown, "the cause of its ctx": errStopped, "context.Canceled": context.Canceled}
	for i, c := range s.changes {
		p.Go(c.at, func() {
			for _, step := range c.steps {
				do := r.Down
				if step.up {
					do = r.Up
				}
				p.Say(fmt.Sprint("change ", i), "%s returns %s", step, names.Of(do(step.name)))
			}
		})
	}
	for i, c := range s.callers {
		p.Go(c.comes, func() {
			task := fmt.Sprint("caller ", i)
			ctx := p.UntilFrom(p.Context(), task+"'s ctx", c.ctx, errStopped)
			if !c.ready {
				p.Say(task, "Wait returns %s", names.Of(r.Wait(ctx)))
				return
			}
			ready := r.Ready()
			select {
			case _, open := <-ready:
				p.Say(task, "the channel of Ready is closed: %v", !open)
				return
			default:
			}
			select {
			case _, open := <-ready:
				p.Say(task, "the channel of Ready is closed: %v", !open)
			case <-ctx.Done():
				p.Say(task, "the channel of Ready is still open")
			}
		})
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawSeason,
		func(p *exam.Play, s season) { watch(p, s, exercise.New(services[:s.services]...), exercise.ErrUnknown) },
		func(p *exam.Play, s season) { watch(p, s, solution.New(services[:s.services]...), solution.ErrUnknown) })
}
