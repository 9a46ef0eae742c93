//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/08-streams/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/08-streams/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A scenario is a loop over merged sources.
type scenario struct {
	sources []feed
	body    time.Duration // how long the loop's body takes
	leaves  int           // after so many values the loop breaks; 0: never
	ctx     exam.End
}

type feed struct {
	steps   []step
	cleanUp time.Duration
	deaf    bool // does not look at its ctx
}

func (s scenario) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; the loop's body takes %s", s.ctx, exam.Clock(s.body))
	if s.leaves > 0 {
		fmt.Fprintf(&b, " and breaks at value %d", s.leaves)
	}
	for i, f := range s.sources {
		fmt.Fprintf(&b, "; source %d", i)
		if f.deaf {
			b.WriteString(", which ignores its ctx,")
		}
		for _, st := range f.steps {
			if st.fails != nil {
				fmt.Fprintf(&b, " fails after %s with %q", exam.Clock(st.takes), st.fails)
			} else {
				fmt.Fprintf(&b, " has %d after %s", st.number, exam.Clock(st.takes))
			}
		}
		if f.cleanUp > 0 {
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(f.cleanUp))
		}
	}
	return b.String()
}

func drawScenario(d *exam.Draw) scenario {
	var s scenario
	for i := range d.Int(0, 4) {
		f := feed{deaf: d.Chance(6)}
		number := 0
		for range d.Int(0, 4) {
			number += d.Int(0, 3)
			f.steps = append(f.steps, step{takes: d.Time(100, 300, 1000), number: number})
		}
		if d.Chance(4) {
			f.steps = append(f.steps, step{takes: d.Time(100, 500), fails: exam.Pick(d, fmt.Errorf("the error of source %d", i), context.Canceled,
				fmt.Errorf("source %d: %w", i, context.DeadlineExceeded))})
		}
		if d.Chance(3) {
			f.cleanUp = d.Time(50, 400)
		}
		s.sources = append(s.sources, f)
	}
	if d.Chance(2) {
		s.body = d.Time(150, 700)
	}
	if d.Chance(3) {
		s.leaves = d.Int(1, 5)
		if s.body == 0 { // or the break ties with the call for the next value
			s.body = d.Time(150, 700)
		}
	}
	s.ctx = d.End(150, 400, 900, 2000)
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s scenario) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	ended := s.ctx.How != exam.Never && s.ctx.At <= at.At
	const isOver = "is over"
	leaves := at.Before.Has("the loop", "breaks") || at.Before.Has("the loop", "gets a") || at.Before.Has("the loop", "gets c") || at.Before.Has("the loop", "gets the")
	switch {
	case odd("the loop", "a value with the error"):
		return "with an error comes the zero value of T, and the loop got another value"
	case odd("the loop", "gets") && !odd("the loop", "gets value") && missing("the loop", "gets the cause of ctx"):
		return "ctx had ended, and the loop got the error of a source: from its end on it gets nothing but the cause"
	case odd("the loop", "gets value") && missing("the loop", "gets value"):
		return "the values come in ascending order, of two equal ones that of the earlier source, and the loop got another one"
	case odd("the loop", "gets value") && ended:
		return "ctx had ended, and the loop got a value: from its end on it gets nothing but the cause"
	case odd("the loop", "gets value") && missing("the loop", "gets"):
		return "a source had failed while Merge waited for values, and the loop did not get the error at once"
	case odd("the loop", "gets value") && leaves:
		return "the stream had ended with an error or the loop had been left, and the loop got a value"
	case odd("the loop", "gets value"):
		return "the loop got a value before each source had given its next value or had ended"
	case missing("the loop", "gets the cause of ctx"):
		return "ctx had ended, and the loop did not get its cause at once"
	case missing("the loop", "gets value"):
		return "each source had given its next value or had ended, and the loop did not get the least one"
	case missing("the loop", "gets"):
		return "a source had failed while Merge waited for values, and the loop did not get that very error at once"
	case odd("source", "is asked") && ended:
		return "ctx had ended, and a source was called or asked for a value"
	case odd("source", "is asked"):
		return "Merge asks a source for its next value when it yields the one that it holds, not before"
	case missing("source", "is asked"):
		return "a source is asked for a value when the loop begins, and for the next one at the instant at which Merge yields the one that it holds, and it was not"
	case odd("source", "is told to stop"):
		return "the context of a source ended although neither ctx nor the stream had"
	case missing("source", "is told to stop"):
		return "ctx or the stream had ended, and the context of a source did not end"
	case odd("the loop", isOver):
		return "the loop ended although a source had not returned"
	case missing("the loop", isOver):
		return "all sources had returned, and the loop did not end"
	}
	return ""
}

type merge func(context.Context, func(a, b value) int, ...func(context.Context) iter.Seq2[value, error]) iter.Seq2[value, error]

func yours(ctx context.Context, compare func(a, b value) int, from ...func(context.Context) iter.Seq2[value, error]) iter.Seq2[value, error] {
	var sources []exercise.Source[value]
	for _, f := range from {
		sources = append(sources, f)
	}
	return exercise.Merge(ctx, compare, sources...)
}

func ours(ctx context.Context, compare func(a, b value) int, from ...func(context.Context) iter.Seq2[value, error]) iter.Seq2[value, error] {
	var sources []solution.Source[value]
	for _, f := range from {
		sources = append(sources, f)
	}
	return solution.Merge(ctx, compare, sources...)
}

func play(merge merge) func(p *exam.Play, s scenario) {
	return func(p *exam.Play, s scenario) {
		names := exam.Names{"the cause of ctx": errStopped, "context.Canceled": context.Canceled}
		for i, f := range s.sources {
			for _, st := range f.steps {
				if st.fails != nil && st.fails != context.Canceled { //nolint:errorlint // this very error
					names[fmt.Sprintf("the error of source %d", i)] = st.fails
				}
			}
		}
		var sources []func(context.Context) iter.Seq2[value, error]
		for i, f := range s.sources {
			sources = append(sources, f.source(p, i))
		}
		n := 0
		for v, err := range merge(p.Until(s.ctx, errStopped), compare, sources...) {
			if err != nil {
				p.Say("the loop", "gets %s", names.Of(err))
				if v != (value{}) {
					p.Say("the loop", "gets a value with the error")
				}
				continue
			}
			n++
			p.Say("the loop", "gets value %d of source %s", v.number, v.source)
			time.Sleep(s.body)
			if n == s.leaves {
				p.Say("the loop", "breaks")
				break
			}
		}
		p.Say("the loop", "is over")
	}
}

func (f feed) source(p *exam.Play, i int) func(context.Context) iter.Seq2[value, error] {
	task := fmt.Sprint("source ", i)
	return func(ctx context.Context) iter.Seq2[value, error] {
		return func(yield func(value, error) bool) {
			ended := ctx.Done()
			if f.deaf {
				ended = nil
			}
			for _, st := range f.steps {
				p.Say(task, "is asked for a value")
				select {
				case <-time.After(st.takes):
				case <-ended:
					p.Say(task, "is told to stop")
					time.Sleep(f.cleanUp)
					yield(value{}, context.Cause(ctx))
					return
				}
				if st.fails != nil {
					yield(value{st.number, fmt.Sprint(i)}, st.fails)
					return
				}
				if !yield(value{st.number, fmt.Sprint(i)}, nil) {
					return // the contract does not say when: the loop's body may run on
				}
			}
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawScenario, play(yours), play(ours))
}
