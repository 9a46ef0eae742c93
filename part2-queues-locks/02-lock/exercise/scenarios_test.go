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
