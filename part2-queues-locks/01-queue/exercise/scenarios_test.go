//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/01-queue/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/01-queue/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A shift is a scenario: items for a Pipeline.
type shift struct {
	workers int
	items   []item
	closes  time.Duration // in; after the last item
	buffer  int           // of in
	serving time.Duration // how long a call of emit takes
	drops   int           // the call of emit that fails, from 1; 0: none
	dropped error
	ctx     exam.End
}

type item struct {
	comes, takes, cleanUp time.Duration
	deaf                  bool // work never looks at its ctx
	keeps                 bool // work returns a result although its ctx has ended
	fails                 error
}

// fits reports whether there is a worker for each item. Otherwise the contract
// leaves it open whether a call of work begins while emit is busy.
func (s shift) fits() bool { return len(s.items) <= s.workers }

// endedBefore reports whether ctx has ended before the call.
func (s shift) endedBefore() bool { return s.ctx.How == exam.Cancelled && s.ctx.At <= 0 }

func (s shift) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d workers, %s", s.workers, s.ctx)
	for i, it := range s.items {
		fmt.Fprintf(&b, "; item %d comes at %s, work takes %s", i, exam.Clock(it.comes), exam.Clock(it.takes))
		switch {
		case it.deaf:
			b.WriteString(", ignores its ctx")
		case it.keeps:
			b.WriteString(", returns a result although its ctx has ended")
		case it.cleanUp > 0:
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(it.cleanUp))
		}
		if it.fails != nil {
			fmt.Fprintf(&b, ", fails with %q", it.fails)
		}
	}
	fmt.Fprintf(&b, "; in has a buffer of %d and is closed at %s", s.buffer, exam.Clock(s.closes))
	if s.serving > 0 {
		fmt.Fprintf(&b, "; a call of emit takes %s", exam.Clock(s.serving))
	}
	if s.drops > 0 {
		fmt.Fprintf(&b, "; call %d of emit fails with %q", s.drops, s.dropped)
	}
	return b.String()
}

func drawShift(d *exam.Draw) shift {
	s := shift{workers: d.Int(1, 4)}
	var last time.Duration
	failure := func(i int) error {
		own := fmt.Errorf("the error of item %d", i)
		return exam.Pick(d, own, own, context.Canceled, context.DeadlineExceeded, fmt.Errorf("%w: %w", own, exam.Pick(d, context.Canceled, context.DeadlineExceeded)))
	}
	for i := range d.Int(0, 7) {
		it := item{comes: last + d.Time(0, 0, 100, 400), takes: d.Time(300, 0, 100, 700, 1500), deaf: d.Chance(5), keeps: d.Chance(5)}
		if d.Chance(3) {
			it.cleanUp = d.Time(50, 500)
		}
		if d.Chance(5) {
			it.fails = failure(i)
		}
		last = it.comes
		s.items = append(s.items, it)
	}
	if d.Chance(3) {
		s.buffer = len(s.items)
	}
	s.closes = last + d.Time(0, 100, 1000, 3_600_000)
	if s.fits() && d.Chance(2) {
		s.serving = d.Time(200, 600)
		for i := range s.items { // all come before emit is busy
			s.items[i].comes = time.Duration(i + 1)
			s.items[i].takes += ms
		}
		if d.Chance(3) { // not at the instant at which a worker has handed its result over
			s.drops, s.dropped = d.Int(1, 4), failure(100)
		}
	}
	s.ctx = d.End(150, 400, 800, 2000)
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s shift) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	broken := at.Before.Has("", "fails with") || s.ctx.How != exam.Never && s.ctx.At <= at.At
	switch { // what breaks most comes first: the rest follows from it
	case odd("emit", "another goroutine"):
		return "emit belongs to the goroutine that called Pipeline, and another one called it"
	case odd("work", "under way"):
		return "more calls of work were under way than there are workers"
	case odd("work", "without the caller's values"):
		return "the context of a call of work was not made from ctx"
	case odd("work", "begins") && broken:
		return "a call of work began although the pipeline had broken: look whether it has broken before each call"
	case odd("work", "begins with a ctx that has ended"):
		return "a call of work began with a context that had ended, although the pipeline had not broken"
	case odd("emit", "gets") && broken:
		return "emit was called although the pipeline had broken: look whether it has broken before each call"
	case odd("the sender", "taken") && broken:
		return "Pipeline took an item although the pipeline had broken"
	case odd("the sender", "taken"):
		return "Pipeline took an item with which it could not call work at once: take one only when a worker is free"
	case odd("Pipeline", "returns no error") && !broken:
		return "Pipeline returned before in was closed and emit had had each result"
	case missing("work", "is told to stop") && odd("work", "is told to stop"):
		return "the contexts of the calls under way ended with another cause than what broke the pipeline first"
	case odd("work", "is told to stop"):
		return "the context of a call of work ended although nothing had broken the pipeline"
	case missing("work", "is told to stop"):
		return "the pipeline had broken, and the contexts of the calls under way did not end"
	case missing("the sender", "taken"):
		return "a worker was free, an item was there, and Pipeline did not take it"
	case missing("work", "begins"):
		return "a worker was free, an item was there, and work was not called with it"
	case odd("emit", "gets") && missing("emit", "gets"):
		return "emit got another result than the one that was ready"
	case odd("emit", "gets"):
		return "emit got a result that it had had already, or that was not ready"
	case missing("emit", "gets"):
		return "a result was ready, emit was free, and emit did not get it"
	case odd("Pipeline", "returns") && missing("Pipeline", "returns"):
		return s.returnsAnother(at, broken)
	case odd("Pipeline", "returns") && broken:
		return "Pipeline did not wait for the calls that it had begun"
	case odd("Pipeline", "returns"):
		return "Pipeline returned an error although nothing had broken the pipeline"
	case missing("Pipeline", "returns") && s.endedBefore():
		return "ctx had ended before the call, and Pipeline did not return at once"
	case missing("Pipeline", "returns") && broken && at.After.Has("Pipeline", "returns no error"):
		return "an error had broken the pipeline, and Pipeline went on as if there was none"
	case missing("Pipeline", "returns") && broken:
		return "the pipeline had broken, all calls had returned, and Pipeline still waited: for an item, for room for a result, or for a goroutine that does not notice"
	case missing("Pipeline", "returns"):
		return "in was closed, emit had had each result, and Pipeline did not return"
	}
	return ""
}

// returnsAnother says why Pipeline returns something else, at the right time.
func (s shift) returnsAnother(at exam.Instant, broken bool) string {
	of := func(lines []exam.Line) string {
		i := slices.IndexFunc(lines, func(l exam.Line) bool { return l.Task == "Pipeline" })
		return strings.TrimPrefix(lines[i].Text, "returns ")
	}
	got, want := of(at.Odd), of(at.Missing)
	switch {
	case want == "no error":
		return "nothing had broken the pipeline, and Pipeline returned an error"
	case got == "no error":
		return "the pipeline had broken, and Pipeline returned no error"
	case strings.HasPrefix(got, "an error that wraps "+want):
		return "Pipeline did not return the error unchanged"
	case broken && slices.ContainsFunc(at.Before, func(l exam.Line) bool { return l.Text == "fails with "+got }):
		return "two things broke the pipeline, and Pipeline did not return what came first"
	case want == "the cause of ctx" && strings.HasPrefix(got, "context."):
		return "Pipeline returned ctx.Err(), which does not say why ctx ended, and not context.Cause(ctx)"
	}
	return "Pipeline returned something else than what broke it first"
}

// pipeline is exercise.Pipeline or the solution's.
type pipeline func(ctx context.Context, workers int, in <-chan int, work func(context.Context, int) (int, error), emit func(int) error) error

// run plays a shift with a Pipeline.
func run(process pipeline) func(p *exam.Play, s shift) {
	return func(p *exam.Play, s shift) {
		names := exam.Names{"the cause of ctx": errClosed, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
		for i, it := range s.items {
			if it.fails != nil && !isOneOf(names, it.fails) {
				names[fmt.Sprintf("the error of work with item %d", i)] = it.fails
			}
		}
		if s.dropped != nil && !isOneOf(names, s.dropped) {
			names["the error of emit"] = s.dropped
		}
		ctx := p.Until(s.ctx, errClosed)
		in := make(chan int, s.buffer)
		returned := make(chan struct{})
		p.Go(0, func() { send(p, s, in, returned) })

		underWay := make(chan int, 1) // the number: a goroutine takes it, changes it and puts it back
		underWay <- 0
		count := func(n int) int {
			n += <-underWay
			underWay <- n
			return n
		}
		home, emitted, failed := goroutine(), 0, false
		err := process(ctx, s.workers, in, func(ctx context.Context, i int) (int, error) {
			it, task := s.items[i], fmt.Sprint("work with item ", i)
			if n := count(+1); n > s.workers {
				p.Say(task, "is call %d under way", n)
			}
			defer count(-1)
			p.Say(task, "begins with %s", p.CtxNow(ctx, names))
			ended := ctx.Done()
			if it.deaf {
				ended = nil
			}
			select {
			case <-time.After(it.takes):
			case <-ended:
				p.Say(task, "is told to stop, the cause is %s", names.Of(context.Cause(ctx)))
				time.Sleep(it.cleanUp)
				if !it.keeps {
					return 0, context.Cause(ctx)
				}
			}
			if it.fails != nil {
				p.Say(task, "fails with %s", names.Of(it.fails))
			}
			return i, it.fails
		}, func(i int) error {
			if goroutine() != home {
				p.Say("emit", "is called on another goroutine than the one that called Pipeline")
				return errDropped
			}
			emitted++
			if s.serving > 0 { // several results may wait, in any order
				p.Say("emit", "gets a result")
			} else {
				p.Say("emit", "gets the result of item %d", i)
			}
			time.Sleep(s.serving)
			if emitted == s.drops {
				failed = true
				p.Say("emit", "fails with %s", names.Of(s.dropped))
				return s.dropped
			}
			return nil
		})
		close(returned)
		if n := count(0); n > 0 {
			p.Say("Pipeline", "returns while %d calls of work are under way", n)
		}
		if emitted == len(s.items) && !failed && ctx.Err() != nil && !s.endedBefore() && (err == nil || errors.Is(err, errClosed)) {
			p.Say("Pipeline", "returns no error or the cause of ctx, both are right")
			return
		}
		p.Say("Pipeline", "returns %s", names.Of(err))
	}
}

func isOneOf(names exam.Names, err error) bool {
	for _, known := range names {
		if err == known { //nolint:errorlint // this very error is in the question
			return true
		}
	}
	return false
}

// send sends the items, each at its time, until Pipeline has returned.
func send(p *exam.Play, s shift, in chan<- int, returned <-chan struct{}) {
	start := time.Now()
	for i, it := range s.items {
		select {
		case <-time.After(it.comes - time.Since(start)):
		case <-returned:
			return
		}
		select {
		case in <- i:
			if s.buffer == 0 {
				p.Say("the sender", "sees item %d taken", i)
			}
		case <-returned:
			return
		}
	}
	select {
	case <-time.After(s.closes - time.Since(start)):
		close(in)
	case <-returned:
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawShift, run(exercise.Pipeline[int, int]), run(solution.Pipeline[int, int]))
}
