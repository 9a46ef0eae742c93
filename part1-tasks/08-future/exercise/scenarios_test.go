//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/08-future/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/08-future/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A morning is a scenario: what each run does, and who asks for the value when.
type morning struct {
	runs   []baking
	visits []caller
}

type baking struct {
	takes, undo time.Duration
	fails       error
}

type caller struct {
	comes time.Duration
	ctx   exam.End
}

func (s morning) String() string {
	var b strings.Builder
	for i, r := range s.runs {
		fmt.Fprintf(&b, "run %d takes %s", i+1, exam.Clock(r.takes))
		if r.fails != nil {
			fmt.Fprintf(&b, " and returns the error %q", r.fails)
		}
		if r.undo > 0 {
			fmt.Fprintf(&b, ", needs %s to return when it is stopped", exam.Clock(r.undo))
		}
		b.WriteString("; ")
	}
	for i, v := range s.visits {
		fmt.Fprintf(&b, "caller %d comes at %s, %s; ", i, exam.Clock(v.comes), v.ctx)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func drawMorning(d *exam.Draw) morning {
	var s morning
	for range d.Int(1, 4) {
		r := baking{takes: d.Time(500, 200, 1000)}
		if d.Chance(3) {
			r.fails = exam.Pick(d, errNoLine, context.Canceled, context.DeadlineExceeded)
		}
		if d.Chance(2) {
			r.undo = d.Time(50, 300)
		}
		s.runs = append(s.runs, r)
	}
	for range d.Int(1, 7) {
		v := caller{comes: d.Time(0, 100, 300, 600, 900, 1500)}
		if v.ctx = d.End(80, 250, 450, 800); v.ctx.At > 0 {
			v.ctx.At += v.comes
		}
		s.visits = append(s.visits, v)
	}
	return s
}

type lazy interface {
	Get(ctx context.Context) (int, error)
}

// run plays a morning with a Lazy.
func run[L lazy](open func(compute func(context.Context) (int, error)) L) func(p *exam.Play, s morning) {
	return func(p *exam.Play, s morning) {
		names := exam.Names{
			"the cause of its ctx": errLeft, "the error of the run": errNoLine,
			"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		var runs atomic.Int32
		kept := make(chan struct{}) // closed when there is a value
		var keep sync.Once          // an answer may compute a value twice
		l := open(func(ctx context.Context) (int, error) {
			i := int(runs.Add(1))
			r := s.runs[min(i, len(s.runs))-1]
			task := fmt.Sprint("run ", i)
			if _, has := ctx.Deadline(); has {
				p.Say(task, "begins with a ctx that has a deadline")
			} else {
				p.Say(task, "begins")
			}
			select {
			case <-time.After(r.takes):
			case <-ctx.Done():
				p.Say(task, "is stopped")
				time.Sleep(r.undo)
				p.Say(task, "has returned, stopped")
				return 0, errNoLine
			}
			p.Say(task, "has returned")
			if r.fails != nil {
				return i, r.fails
			}
			keep.Do(func() { close(kept) })
			return i, nil
		})
		for i, v := range s.visits {
			p.Go(v.comes, func() {
				task := fmt.Sprint("caller ", i)
				ctx := p.UntilFrom(p.Context(), task+"'s ctx", v.ctx, errLeft)
				select {
				case <-kept:
					if ctx.Err() != nil {
						return // the value and the cause are both right
					}
				default:
				}
				value, err := l.Get(ctx)
				if err != nil {
					value = 0 // what stands beside an error does not matter
				}
				p.Say(task, "gets %d and %s", value, names.Of(err))
			})
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawMorning, run(exercise.NewLazy[int]), run(solution.NewLazy[int]))
}
