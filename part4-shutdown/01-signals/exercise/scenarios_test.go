//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/asyncio-to-go/part4-shutdown/01-signals/exercise"
	solution "example.com/asyncio-to-go/part4-shutdown/01-signals/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A service is a scenario: what work does, and which signals come.
type service struct {
	within, takes, cleanUp time.Duration
	deaf                   bool // work never looks at its ctx
	outcome                tree
	script                 []sent
}

// A tree is an error that work returns: a leaf, or errors wrapped or joined.
type tree struct {
	what  string // of a leaf; "wrapped", "joined" or "by two %w" otherwise
	parts []tree
}

func (e tree) String() string {
	if len(e.parts) == 0 {
		return e.what
	}
	return fmt.Sprintf("%v %s", e.parts, e.what)
}

func drawTree(d *exam.Draw, depth int) tree {
	if depth == 0 || !d.Chance(2) {
		return tree{what: exam.Pick(d, "nil", "the cause", "context.Canceled", "a full disk", "a closed socket", "context.DeadlineExceeded", "another SignalError")}
	}
	e := tree{what: exam.Pick(d, "wrapped", "joined", "by two %w"), parts: []tree{drawTree(d, depth-1)}}
	if e.what != "wrapped" {
		e.parts = append(e.parts, drawTree(d, depth-1))
	}
	for i := range e.parts {
		if e.parts[i].what == "nil" {
			e.parts[i].what = "the cause"
		}
	}
	return e
}

// build makes the error; asked makes that of a signal.
func (e tree) build(ctx context.Context, asked func(os.Signal) error) error {
	parts := make([]error, len(e.parts))
	for i := range e.parts {
		parts[i] = e.parts[i].build(ctx, asked)
	}
	switch e.what {
	case "wrapped":
		return fmt.Errorf("work: %w", parts[0])
	case "joined":
		return errors.Join(parts...)
	case "by two %w":
		return fmt.Errorf("%w (%w)", parts[0], parts[1])
	case "the cause":
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return context.Canceled
	case "another SignalError":
		return asked(syscall.SIGQUIT)
	}
	return map[string]error{"context.Canceled": context.Canceled, "a full disk": errDiskFull, "a closed socket": errSocket, "context.DeadlineExceeded": context.DeadlineExceeded}[e.what]
}

func (s service) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "within is %s; work takes %s", exam.Clock(s.within), exam.Clock(s.takes))
	if s.deaf {
		b.WriteString(" and ignores its ctx")
	} else {
		fmt.Fprintf(&b, ", or cleans up for %s", exam.Clock(s.cleanUp))
	}
	fmt.Fprintf(&b, ", and returns %s", s.outcome)
	for _, sig := range s.script {
		fmt.Fprintf(&b, "; %q comes at %s", sig.sig, exam.Clock(sig.at))
	}
	return b.String()
}

func drawService(d *exam.Draw) service {
	s := service{
		within: d.Time(1000, 300, 3000), takes: d.Time(2000, 0, 500, 5000, 9000), cleanUp: d.Time(200, 0, 900, 2000, 4000),
		deaf: d.Chance(5), outcome: drawTree(d, 3),
	}
	var at time.Duration
	for range d.Int(0, 3) {
		at += d.Time(600, 100, 1500, 4000)
		s.script = append(s.script, sent{at, exam.Pick(d, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)})
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s service) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	asked := len(s.script) > 0 && s.script[0].at <= at.At
	switch {
	case odd("Run", "once more"):
		return "Run called work twice"
	case odd("work", "is asked") && !missing("work", "is asked"):
		return "the ctx of work ended although no signal had come"
	case missing("work", "is asked") && !odd("work", "is asked"):
		return "the first signal had come, and the ctx of work did not end"
	case odd("Run", "reports ErrUnfinished") && asked && at.At < s.script[0].at+s.within:
		return "Run gave work up although within had not passed since the first signal"
	case missing("Run", "reports ErrUnfinished"):
		return "within had passed since the first signal, work had not returned, and Run did not give it up"
	case missing("Run", "reports the error of work") && !asked:
		return "no signal had come, so any error of work is a failure, and Run did not report it as it is"
	case missing("Run", "reports the error of work"):
		return "the error of work says something else than that it was asked to stop: a failure, which Run did not report as it is"
	case odd("Run", "reports the error of work") && asked && missing("Run", "returns 0"):
		return "work was asked to stop, its error says only that, and Run took it for a failure"
	case missing("Run", "returns 1") && at.At > 0 && slices.ContainsFunc(s.script[min(1, len(s.script)):], func(sig sent) bool { return sig.at == at.At }):
		return "the second signal had come, and Run did not return at once with 128 plus its number"
	}
	return ""
}

// A kit is what the exercise and its solution name alike.
type kit struct {
	unfinished error
	asked      func(os.Signal) error
	run        func(<-chan os.Signal, time.Duration, func(context.Context) error, func(error)) int
}

// run plays a service with a kit.
func run(k kit) func(p *exam.Play, s service) {
	return func(p *exam.Play, s service) {
		names := exam.Names{"ErrUnfinished": k.unfinished}
		for _, sig := range s.script {
			names[fmt.Sprintf("SignalError{%q}", sig.sig)] = k.asked(sig.sig)
		}
		signals := make(chan os.Signal, len(s.script))
		for _, sig := range s.script {
			p.Go(sig.at, func() { signals <- sig.sig })
		}
		var returned error
		var calls atomic.Int32
		p.Go(0, func() {
			status := k.run(signals, s.within, func(ctx context.Context) error {
				if calls.Add(1) > 1 {
					p.Say("Run", "calls work once more")
					return nil // or an answer that calls it without end would not come to one
				}
				state := "is alive"
				if ctx.Err() != nil {
					state = "has ended"
				}
				p.Say("work", "begins, its ctx %s", state)
				ended := ctx.Done()
				if s.deaf {
					ended = nil
				}
				select {
				case <-time.After(s.takes):
				case <-ended:
					p.Say("work", "is asked to stop, the cause is %s", names.Of(context.Cause(ctx)))
					time.Sleep(s.cleanUp)
				}
				returned = s.outcome.build(ctx, k.asked)
				return returned
			}, func(err error) {
				what := names.Of(err)
				if what != "ErrUnfinished" && err == returned { //nolint:errorlint // as it is, says the contract
					what = "the error of work, as it is"
				}
				p.Say("Run", "reports %s", what)
			})
			p.Say("Run", "returns %d", status)
		})
		p.Go(time.Minute, func() {}) // work that was given up is over by then
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawService,
		run(kit{exercise.ErrUnfinished, func(sig os.Signal) error { return exercise.SignalError{Signal: sig} }, exercise.Run}),
		run(kit{solution.ErrUnfinished, func(sig os.Signal) error { return solution.SignalError{Signal: sig} }, solution.Run}))
}
