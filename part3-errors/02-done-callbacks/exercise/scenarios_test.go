//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/02-done-callbacks/exercise"
	solution "example.com/asyncio-to-go/part3-errors/02-done-callbacks/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A day is a scenario: what each task and each call of sink does, and when Close is called.
type day struct {
	size  int
	tasks []task
	sink  []telling
	looks []time.Duration // when Stats is called
	close time.Duration
	ctx   exam.End // of Close
}

type task struct {
	comes, takes time.Duration
	ctx          exam.End
	listens      bool // it wraps the cause when its ctx ends
	ends         ending
}

type telling struct {
	takes  time.Duration
	panics bool
}

type ending string

// How a task can end.
const (
	well     ending = "succeeds"
	fails    ending = "fails"
	ctxErr   ending = "returns a wrapped ctx.Err()"
	canceled ending = "returns context.Canceled"
	panics   ending = "panics"
	vanishes ending = "ends by runtime.Goexit"
)

func (s day) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "size %d", s.size)
	for i, t := range s.tasks {
		fmt.Fprintf(&b, "; task %d comes at %s, %s, takes %s", i, exam.Clock(t.comes), t.ctx, exam.Clock(t.takes))
		if t.listens {
			b.WriteString(", wraps the cause when its ctx ends")
		}
		fmt.Fprintf(&b, " and %s", t.ends)
	}
	for i, c := range s.sink {
		fmt.Fprintf(&b, "; call %d of sink takes %s", i+1, exam.Clock(c.takes))
		if c.panics {
			b.WriteString(" and panics")
		}
	}
	fmt.Fprintf(&b, "; Close comes at %s, %s", exam.Clock(s.close), s.ctx)
	return b.String()
}

func drawDay(d *exam.Draw) day {
	end := func(from time.Duration, ms ...int) exam.End {
		e := d.End(ms...)
		if e.At > 0 {
			e.At += from
		}
		return e
	}
	s := day{size: d.Int(1, 3)}
	for range d.Int(1, 6) {
		t := task{
			comes: d.Time(0, 100, 300, 900), takes: d.Time(100, 0, 400, 1000), listens: d.Chance(3),
			ends: exam.Pick(d, well, well, fails, ctxErr, canceled, panics, vanishes),
		}
		t.ctx = end(t.comes, 50, 200, 700)
		s.tasks = append(s.tasks, t)
	}
	for range d.Int(1, 4) {
		s.sink = append(s.sink, telling{d.Time(0, 50, 600, 2000), d.Chance(4)})
	}
	for range 3 {
		s.looks = append(s.looks, d.Time(50, 500, 800, 1500, 3000))
	}
	s.close = d.Time(1000, 200, 2500)
	if s.ctx = end(s.close, 100, 1500); s.ctx.How == exam.Cancelled && s.ctx.At == 0 {
		s.ctx = exam.End{} // with nothing to wait for, nil and the cause are both right
	}
	return s
}

// A kit is an exercise.Observer, or the solution's.
type kit struct {
	watch func(name string, fn func(context.Context) error) func(context.Context) error
	stats func() string
	close func(context.Context) error
}

type maker func(size int, sink func(name string, took time.Duration, err error)) kit

// run plays a day with an Observer.
func run(open maker, noReturn error) func(p *exam.Play, s day) {
	return func(p *exam.Play, s day) {
		names := exam.Names{"ErrNoReturn": noReturn, "the cause of its ctx": errStopped, "its failure": errDisk, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
		calls := 0
		k := open(s.size, func(name string, took time.Duration, err error) {
			c := s.sink[min(calls, len(s.sink)-1)]
			calls++
			p.Say("sink", "gets the event of %s, which took %s and ended with %s", name, exam.Clock(took), names.Of(err))
			time.Sleep(c.takes)
			if c.panics {
				panic("sink panics")
			}
		})
		for i, t := range s.tasks {
			name := fmt.Sprint("task ", i)
			watched := k.watch(name, func(ctx context.Context) error {
				p.Say(name, "runs with %s", p.Ctx(ctx, names))
				var ended <-chan struct{}
				if t.listens {
					ended = ctx.Done()
				}
				select {
				case <-time.After(t.takes):
				case <-ended:
					return fmt.Errorf("stopped: %w", context.Cause(ctx))
				}
				switch t.ends {
				case panics:
					panic(errDisk)
				case vanishes:
					runtime.Goexit()
				case fails:
					return errDisk
				case canceled:
					return context.Canceled
				case ctxErr:
					if ctx.Err() != nil {
						return fmt.Errorf("stopped: %w", ctx.Err())
					}
				}
				return nil
			})
			p.Go(t.comes, func() {
				defer func() {
					if v := recover(); v != nil {
						p.Say(name, "panics with %v", v)
					}
				}()
				p.Say(name, "returns %s", names.Of(watched(p.UntilFrom(p.Context(), name+"'s ctx", t.ctx, errStopped))))
			})
		}
		for _, at := range append(slices.Clone(s.looks), time.Minute) {
			p.Go(at, func() { p.Say("Stats", "are: %s", k.stats()) })
		}
		p.Go(s.close, func() {
			p.Say("Close", "returns %s", names.Of(k.close(p.UntilFrom(p.Context(), "Close's ctx", s.ctx, errStopped))))
		})
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDay,
		run(func(size int, sink func(string, time.Duration, error)) kit {
			o := exercise.NewObserver(size, func(e exercise.Event) { sink(e.Name, e.Took, e.Err) })
			return kit{o.Watch, func() string { return fmt.Sprintf("%+v", o.Stats()) }, o.Close}
		}, exercise.ErrNoReturn),
		run(func(size int, sink func(string, time.Duration, error)) kit {
			o := solution.NewObserver(size, func(e solution.Event) { sink(e.Name, e.Took, e.Err) })
			return kit{o.Watch, func() string { return fmt.Sprintf("%+v", o.Stats()) }, o.Close}
		}, solution.ErrNoReturn))
}
