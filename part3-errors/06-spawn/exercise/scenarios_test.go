//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/06-spawn/exercise"
	solution "example.com/asyncio-to-go/part3-errors/06-spawn/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A paper is a scenario: lines that are posted, what the disk does with each, and a Close.
type paper struct {
	size   int
	lines  []line
	closes time.Duration
	ctx    exam.End
}

type line struct {
	comes, takes time.Duration
	tidies       time.Duration // when its ctx has ended
	deaf         bool          // write never looks at its ctx
	fails        error
	tells        time.Duration // how long failed takes
}

func (s paper) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "size %d", s.size)
	for i, l := range s.lines {
		fmt.Fprintf(&b, "; line %d is posted at %s, its write takes %s", i, exam.Clock(l.comes), exam.Clock(l.takes))
		if l.deaf {
			b.WriteString(" and ignores ctx")
		} else if l.tidies > 0 {
			fmt.Fprintf(&b, ", tidies for %s when ctx has ended", exam.Clock(l.tidies))
		}
		if l.fails != nil {
			fmt.Fprintf(&b, " and fails with %q, failed takes %s", l.fails, exam.Clock(l.tells))
		}
	}
	fmt.Fprintf(&b, "; Close comes at %s, its %s", exam.Clock(s.closes), s.ctx)
	return b.String()
}

func drawPaper(d *exam.Draw) paper {
	s := paper{size: d.Int(1, 3)}
	for range d.Int(0, 7) {
		l := line{comes: d.Time(0, 10, 200, 500, 900), takes: d.Time(100, 0, 30, 250, 3000), deaf: d.Chance(3)}
		if d.Chance(3) {
			l.fails = exam.Pick(d, errDisk, errDisk, context.Canceled, context.DeadlineExceeded)
		}
		if d.Chance(2) {
			l.tidies = d.Time(20, 150, 3000)
		}
		if d.Chance(3) {
			l.tells = d.Time(30, 120)
		}
		s.lines = append(s.lines, l)
	}
	s.closes = d.Time(300, 0, 150, 600, 1200)
	s.ctx = d.End(50, 150, 400, 700)
	if s.ctx.At > 0 {
		s.ctx.At += s.closes
	}
	return s
}

// A writer is an exercise.Writer, or the solution's.
type writer interface {
	Post(line string) error
	Close(ctx context.Context) error
}

// A kit is what the exercise and its solution name alike.
type kit struct {
	full, closed error
	open         func(size int, write func(context.Context, string) error, failed func(string, error)) writer
	lost         func(err error) (lines []string, cause error, ok bool)
}

// closeKey is that of a value of Close's ctx.
type closeKey struct{}

// run plays a paper with a kit.
func run(k kit) func(p *exam.Play, s paper) {
	return func(p *exam.Play, s paper) {
		names := exam.Names{"ErrFull": k.full, "ErrClosed": k.closed, "the cause of Close's ctx": errUp, "the disk's error": errDisk, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded, "the cut": errShort}
		of := func(name string) line {
			for i, l := range s.lines {
				if fmt.Sprint("line ", i) == name {
					return l
				}
			}
			p.Say(name, "was never posted")
			return line{}
		}
		writing := 0
		w := k.open(s.size, func(ctx context.Context, name string) (err error) {
			l, alive := of(name), "alive"
			if ctx.Err() != nil {
				alive = "ended"
			}
			p.Say(name, "is written, with a ctx that is %s", alive)
			if ctx.Value(closeKey{}) != nil {
				p.Say(name, "is written with a ctx that has the values of Close's ctx")
			}
			writing++
			defer func() {
				writing--
				p.Say(name, "its write returns %s", names.Of(err))
			}()
			ended := ctx.Done()
			if l.deaf {
				ended = nil
			}
			select {
			case <-time.After(l.takes):
			case <-ended:
				p.Say(name, "is cut short, the cause is %s", names.Of(context.Cause(ctx)))
				time.Sleep(l.tidies)
				return errShort
			}
			return l.fails
		}, func(name string, err error) {
			p.Say(name, "failed is told %s", names.Of(err))
			writing++
			time.Sleep(of(name).tells)
			writing--
		})
		for i, l := range s.lines {
			p.Go(l.comes, func() {
				name := fmt.Sprint("line ", i)
				p.Say("Post "+name, "returns %s", names.Of(w.Post(name)))
			})
		}
		p.Go(s.closes, func() {
			err := w.Close(context.WithValue(p.UntilFrom(p.Context(), "Close's ctx", s.ctx, errUp), closeKey{}, true))
			if writing > 0 {
				p.Say("Close", "returns while write or failed is under way")
			}
			if lines, cause, ok := k.lost(err); ok {
				p.Say("Close", "returns a *LostError of %q, because of %s", lines, names.Of(cause))
			} else {
				p.Say("Close", "returns %s", names.Of(err))
			}
		})
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawPaper,
		run(kit{
			exercise.ErrFull, exercise.ErrClosed,
			func(size int, write func(context.Context, string) error, failed func(string, error)) writer {
				return exercise.New(size, write, failed)
			}, func(err error) ([]string, error, bool) {
				if e, ok := errors.AsType[*exercise.LostError](err); ok {
					return e.Lines, e.Cause, true
				}
				return nil, nil, false
			},
		}),
		run(kit{
			solution.ErrFull, solution.ErrClosed,
			func(size int, write func(context.Context, string) error, failed func(string, error)) writer {
				return solution.New(size, write, failed)
			}, func(err error) ([]string, error, bool) {
				if e, ok := errors.AsType[*solution.LostError](err); ok {
					return e.Lines, e.Cause, true
				}
				return nil, nil, false
			},
		}))
}
