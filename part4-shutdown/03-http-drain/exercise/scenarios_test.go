//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part4-shutdown/03-http-drain/exercise"
	solution "example.com/asyncio-to-go/part4-shutdown/03-http-drain/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A day is a scenario: one goroutine submits jobs, one after the other, and another one drains the pool.
type day struct {
	workers, queue int
	jobs           []task
	drain          time.Duration
	ctx            exam.End // of Drain, since the scenario began
}

type task struct {
	pause, takes, undo time.Duration // before it is submitted; until it is over; when it is cut off
	deaf               bool          // it never looks at its ctx
	limit              time.Duration // of its Submit: 0 is none, below 0 has ended before
}

func (s day) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d workers, a queue of %d", s.workers, s.queue)
	for i, j := range s.jobs {
		fmt.Fprintf(&b, "; after %s job %d is submitted", exam.Clock(j.pause), i)
		switch {
		case j.limit < 0:
			b.WriteString(" with a ctx that has ended")
		case j.limit > 0:
			fmt.Fprintf(&b, " with a limit of %s", exam.Clock(j.limit))
		}
		fmt.Fprintf(&b, ", takes %s", exam.Clock(j.takes))
		if j.deaf {
			b.WriteString(", ignores its ctx")
		}
	}
	fmt.Fprintf(&b, "; Drain is called at %s, its %s", exam.Clock(s.drain), s.ctx)
	return b.String()
}

func drawDay(d *exam.Draw) day {
	s := day{workers: d.Int(1, 3), queue: d.Int(1, 3), drain: d.Time(1500, 50, 600, 4000, 9000), ctx: d.End(800, 2000, 5000, 12_000)}
	for range d.Int(0, 8) {
		j := task{pause: d.Time(10, 0, 100, 700), takes: d.Time(900, 0, 300, 2500, 6000), undo: d.Time(100, 0, 1000), deaf: d.Chance(4)}
		if d.Chance(3) {
			j.limit = exam.Pick(d, d.Time(500, 2000), -1)
		}
		s.jobs = append(s.jobs, j)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s day) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	gaveUp := s.ctx.How != exam.Never && at.At >= max(s.drain, s.ctx.At) && !at.Before.Has("Drain", "returns no error")
	switch {
	case odd("Submit", "accepts") && missing("Submit", "ErrDraining"):
		return "Drain had been called, and Submit accepted a job"
	case odd("Submit", "accepts") && missing("Submit", "the cause of ctx"):
		return "the ctx of Submit had ended, and Submit accepted a job"
	case odd("Submit", "accepts"):
		return "all workers were busy and the queue was full, and Submit accepted a job without a wait for room"
	case missing("Submit", "accepts"):
		return "a worker was free or the queue had room, and Submit did not accept a job"
	case odd("Submit", "refuses") && missing("Submit", "refuses"):
		return "Submit refused a job with another error than the one that says why"
	case odd("Submit", "refuses"):
		return "Submit refused a job although Drain had not been called and the ctx of Submit had not ended"
	case missing("Submit", "refuses"):
		return "Drain had been called, or the ctx of Submit had ended, and Submit still waited"
	case odd("job", "begins") && gaveUp:
		return "Drain had given up, and a job of the queue was begun"
	case odd("job", "ended"):
		return "a job began with a ctx that had ended, although Drain had not given up"
	case odd("job", "begins") && missing("job", "begins"):
		return "the jobs of the queue begin in the order in which they were accepted, and another one began"
	case odd("job", "begins"):
		return "a job began although all workers were busy, or for the second time"
	case missing("job", "begins"):
		return "a worker was free, a job had been accepted, and it did not begin"
	case odd("job", "is cut off") && missing("job", "is cut off"):
		return "Drain gave up, and the contexts of the jobs under way ended with another cause than that of the ctx of Drain"
	case odd("job", "is cut off"):
		return "the context of a job ended although Drain had not given up"
	case missing("job", "is cut off"):
		return "Drain had given up, and the context of a job under way did not end"
	case odd("Drain", "hands back") && missing("Drain", "hands back"):
		return "Drain returns the jobs that were not begun, in the order in which they were accepted, and says by its error whether it gave up"
	case odd("Drain", "hands back"):
		return "Drain returned before all accepted jobs had been run, or those under way had returned after it gave up"
	case missing("Drain", "hands back"):
		return "no job was under way or left to be run, and Drain did not return"
	}
	return ""
}

// A pool is what the exercise and its solution name alike.
type pool struct {
	submit func(ctx context.Context, name string, run func(context.Context)) error
	drain  func(ctx context.Context) ([]string, error)
}

// play plays a day.
func play(open func(workers, queue int) (it pool, draining error)) func(p *exam.Play, s day) {
	return func(p *exam.Play, s day) {
		it, draining := open(s.workers, s.queue)
		names := exam.Names{"ErrDraining": draining, "the cause of ctx": errTooLate, "context.Canceled": context.Canceled}
		var accepted, over atomic.Int32
		var drained atomic.Bool
		p.Go(0, func() {
			for i, j := range s.jobs {
				time.Sleep(j.pause)
				ctx, cancel := context.WithCancelCause(p.Context())
				context.AfterFunc(p.Context(), func() { cancel(nil) })
				if j.limit < 0 {
					cancel(errTooLate)
				}
				if j.limit > 0 {
					timer := time.AfterFunc(j.limit, func() { cancel(errTooLate) })
					defer timer.Stop()
				}
				job := fmt.Sprint("job ", i)
				err := it.submit(ctx, job, func(ctx context.Context) {
					state := "alive"
					if ctx.Err() != nil {
						state = "ended"
					}
					p.Say(job, "begins, its ctx is %s", state)
					defer over.Add(1)
					ended := ctx.Done()
					if j.deaf {
						ended = nil
					}
					select {
					case <-time.After(j.takes):
						p.Say(job, "is done")
					case <-ended:
						p.Say(job, "is cut off, with %s", names.Of(context.Cause(ctx)))
						time.Sleep(j.undo)
					}
				})
				switch {
				case err == nil:
					accepted.Add(1)
					p.Say("Submit", "accepts %s", job)
				case drained.Load() && ctx.Err() != nil && (err == draining || err == errTooLate): //nolint:errorlint // unchanged
					p.Say("Submit", "refuses %s with ErrDraining or the cause of ctx", job)
				default:
					p.Say("Submit", "refuses %s with %s", job, names.Of(err))
				}
			}
		})
		ctx := p.UntilFrom(p.Context(), "Drain's ctx", s.ctx, errTooLate)
		p.Go(s.drain, func() {
			idle := ctx.Err() != nil && accepted.Load() == over.Load()
			drained.Store(true)
			left, err := it.drain(ctx)
			what := names.Of(err)
			if idle && (err == nil || err == errTooLate) { //nolint:errorlint // unchanged
				what = "no error or the cause of ctx"
			}
			p.Say("Drain", "hands back %v and returns %s", left, what)
			if p.Left() != "" {
				p.Say("Drain", "leaves a goroutine of the pool behind")
			}
		})
		p.Go(time.Minute, func() {}) // what comes late shows
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDay,
		play(func(workers, queue int) (pool, error) {
			it := exercise.New(workers, queue)
			return pool{
				func(ctx context.Context, name string, run func(context.Context)) error {
					return it.Submit(ctx, exercise.Job{Name: name, Run: run})
				},
				func(ctx context.Context) (names []string, err error) {
					left, err := it.Drain(ctx)
					for _, job := range left {
						names = append(names, job.Name)
					}
					return names, err
				},
			}, exercise.ErrDraining
		}),
		play(func(workers, queue int) (pool, error) {
			it := solution.New(workers, queue)
			return pool{
				func(ctx context.Context, name string, run func(context.Context)) error {
					return it.Submit(ctx, solution.Job{Name: name, Run: run})
				},
				func(ctx context.Context) (names []string, err error) {
					left, err := it.Drain(ctx)
					for _, job := range left {
						names = append(names, job.Name)
					}
					return names, err
				},
			}, solution.ErrDraining
		}))
}
