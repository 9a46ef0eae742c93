//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/02-lock/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/02-lock/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A crowd is a scenario: callers of one KeyedLock.
type crowd struct {
	callers []caller
	counts  []time.Duration // when Len is called
}

type caller struct {
	key          string
	comes, stays time.Duration
	again        time.Duration // after the first unlock comes a second; 0: none
	ctx          exam.End
}

func (c crowd) String() string {
	var b strings.Builder
	for i, c := range c.callers {
		fmt.Fprintf(&b, "call %d wants key %q at %s and holds it for %s, %s", i, c.key, exam.Clock(c.comes), exam.Clock(c.stays), c.ctx)
		if c.again > 0 {
			fmt.Fprintf(&b, ", it unlocks again %s later", exam.Clock(c.again))
		}
		b.WriteString("; ")
	}
	b.WriteString("Len is called at")
	for _, at := range c.counts {
		b.WriteString(" " + exam.Clock(at))
	}
	return b.String()
}

func drawCrowd(d *exam.Draw) crowd {
	var s crowd
	for range d.Int(1, 8) {
		c := caller{key: exam.Pick(d, "a", "a", "b", ""), comes: d.Time(0, 100, 200, 300, 600, 900), stays: d.Time(200, 0, 500, 1000)}
		if c.ctx = d.End(50, 150, 300, 700, 1500); c.ctx.At > 0 {
			c.ctx.At += c.comes
		}
		if d.Chance(3) {
			c.again = d.Time(0, 100, 600)
		}
		s.callers = append(s.callers, c)
	}
	for range d.Int(1, 4) {
		s.counts = append(s.counts, d.Time(250, 50, 450, 800, 1300, 5000, 20000))
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (c crowd) Mistake(at exam.Instant) string {
	odd, missing := func(text string) bool { return at.Odd.Has("call", text) }, func(text string) bool { return at.Missing.Has("call", text) }
	same := len(at.Odd) > 0 && len(at.Missing) > 0 && at.Odd[0].Task == at.Missing[0].Task
	switch {
	case odd("holds") && missing("gets") && same:
		return "the ctx of a caller had ended, and Lock took the lock"
	case odd("holds") && c.held(at):
		return "two callers hold the lock of one key at the same time"
	case odd("holds") && missing("holds"):
		return "callers that want the same key get it first come, first served, and another one got it"
	case odd("holds"):
		return "a caller got the lock out of turn, or although it had left the queue"
	case odd("gets") && missing("holds") && same:
		return "the lock was free and ctx alive, and Lock returned an error"
	case odd("gets") && missing("gets") && same:
		return "when ctx has ended, Lock returns context.Cause(ctx) and a nil unlock"
	case missing("holds"):
		return "the lock of a key was free, a caller waited for it and did not get it"
	case odd("gets"):
		return "ctx was alive, and Lock returned an error"
	case missing("gets"):
		return "ctx had ended, and Lock did not return its cause at once"
	case at.Odd.Has("Len", ""):
		return "Len is the number of keys whose lock a caller holds or waits for"
	}
	return ""
}

// held reports whether a caller held the lock that another one got at this instant.
func (c crowd) held(at exam.Instant) bool {
	for _, l := range at.Odd {
		key, takes := strings.CutPrefix(l.Text, "holds ")
		holders := 0
		for _, before := range at.Before {
			switch before.Text {
			case "holds " + key:
				holders++
			case "unlocks " + key:
				holders--
			}
		}
		if takes && holders > 0 {
			return true
		}
	}
	return false
}

type lock func(ctx context.Context, key string) (unlock func(), err error)

// hold plays a crowd with a KeyedLock.
func hold(p *exam.Play, s crowd, lock lock, count func() int) {
	names := exam.Names{"the cause of its ctx": errTired, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
	for i, c := range s.callers {
		p.Go(c.comes, func() {
			task := fmt.Sprint("call ", i)
			unlock, err := lock(p.UntilFrom(p.Context(), task+"'s ctx", c.ctx, errTired), c.key)
			if err != nil || unlock == nil {
				p.Say(task, "gets %s and no unlock: %v", names.Of(err), unlock == nil)
				return
			}
			p.Say(task, "holds key %q", c.key)
			time.Sleep(c.stays)
			p.Say(task, "unlocks key %q", c.key)
			unlock()
			if c.again > 0 {
				time.Sleep(c.again)
				unlock()
			}
		})
	}
	for _, at := range s.counts {
		p.Go(at, func() { p.Say("Len", "is %d", count()) })
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawCrowd,
		func(p *exam.Play, s crowd) { k := new(exercise.KeyedLock); hold(p, s, k.Lock, k.Len) },
		func(p *exam.Play, s crowd) { k := new(solution.KeyedLock); hold(p, s, k.Lock, k.Len) })
}
