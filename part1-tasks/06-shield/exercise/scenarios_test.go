//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/06-shield/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/06-shield/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A day is a scenario: clients that pay, and calls of Close.
type day struct {
	limit   time.Duration
	clients []client
	closes  []closing
}

type client struct {
	comes time.Duration
	ctx   exam.End
	takes time.Duration // the bank
	undo  time.Duration // the bank's clean-up when its ctx has ended
	deaf  bool          // the bank never looks at its ctx
	fails bool
	keeps bool // the bank returns the receipt although its ctx has ended
}

type closing struct {
	at  time.Duration
	ctx exam.End
}

func (s day) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "limit %s", exam.Clock(s.limit))
	for i, c := range s.clients {
		fmt.Fprintf(&b, "; client %d pays at %s, %s, the bank takes %s", i, exam.Clock(c.comes), c.ctx, exam.Clock(c.takes))
		switch {
		case c.deaf:
			b.WriteString(" and ignores its ctx")
		case c.keeps:
			b.WriteString(" and has the receipt although its ctx has ended")
		case c.undo > 0:
			fmt.Fprintf(&b, " and rolls back for %s", exam.Clock(c.undo))
		}
		if c.fails {
			b.WriteString(" and fails")
		}
	}
	for i, c := range s.closes {
		fmt.Fprintf(&b, "; Close %d comes at %s, %s", i, exam.Clock(c.at), c.ctx)
	}
	return b.String()
}

func drawDay(d *exam.Draw) day {
	s := day{limit: d.Time(1000, 2000)}
	end := func(from time.Duration, ms ...int) exam.End {
		e := d.End(ms...)
		if e.At > 0 {
			e.At += from
		}
		return e
	}
	for range d.Int(0, 4) {
		c := client{comes: d.Time(0, 300, 700, 1500), takes: d.Time(400, 100, 900, 1700, 3000), deaf: d.Chance(4), fails: d.Chance(4), keeps: d.Chance(4)}
		if c.ctx = end(c.comes, 200, 600, 1400); d.Chance(3) {
			c.undo = d.Time(50, 600, 600_000)
		}
		c.ctx.Plain = d.Chance(3)
		s.clients = append(s.clients, c)
	}
	for range d.Int(1, 3) {
		c := closing{at: d.Time(500, 0, 1200, 2500)}
		c.ctx = end(c.at, 100, 500, 1500)
		s.closes = append(s.closes, c)
	}
	return s
}

// A cashier is an exercise.Cashier, or the solution's.
type cashier struct {
	pay   func(ctx context.Context, order int) (paid int, err error)
	close func(ctx context.Context) error
}

type maker func(charge func(ctx context.Context, order int) (paid int, err error), limit time.Duration) cashier

// run plays a day with a Cashier.
func run(open maker, errTooSlow, errClosed error) func(p *exam.Play, s day) {
	return func(p *exam.Play, s day) {
		names := exam.Names{
			"ErrTooSlow": errTooSlow, "ErrClosed": errClosed, "the cause of the client's ctx": errHungUp, "the bank's error": errNoMoney, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		causes := make([]error, len(s.closes))
		for i := range causes {
			causes[i] = fmt.Errorf("%w: Close %d", errImpolite, i)
			names[fmt.Sprintf("the cause of Close %d's ctx", i)] = causes[i]
		}
		var closed atomic.Bool
		underWay := make(chan int, 1) // the number: a goroutine takes it, changes it and puts it back
		underWay <- 0
		count := func(n int) int {
			n += <-underWay
			underWay <- n
			return n
		}
		c := open(func(ctx context.Context, order int) (int, error) {
			count(+1)
			defer count(-1)
			client, task := s.clients[order], fmt.Sprint("charge ", order)
			p.Say(task, "begins with %s", p.CtxNow(ctx, names))
			ended := ctx.Done()
			if client.deaf {
				ended = nil
			}
			select {
			case <-time.After(client.takes):
			case <-ended:
				p.Say(task, "is told to stop, the cause is %s", names.Of(context.Cause(ctx)))
				if !client.keeps {
					time.Sleep(client.undo)
					return 0, fmt.Errorf("cut off: %w", context.Cause(ctx))
				}
			}
			if client.fails {
				return order + 200, errNoMoney
			}
			return order + 100, nil
		}, s.limit)
		for i, client := range s.clients {
			p.Go(client.comes, func() {
				task := fmt.Sprint("client ", i)
				ctx, cause := p.UntilFrom(p.Context(), task+"'s ctx", client.ctx, errHungUp), client.ctx.Cause(errHungUp)
				both := closed.Load() && ctx.Err() != nil
				paid, err := c.pay(ctx, i)
				if both && (errors.Is(err, errClosed) || errors.Is(err, cause)) {
					return // either is right
				}
				p.Say(task, "gets receipt %d and %s", paid, names.Of(err))
			})
		}
		for i, closing := range s.closes {
			p.Go(closing.at, func() {
				task := fmt.Sprint("Close ", i)
				ctx := p.UntilFrom(p.Context(), task+"'s ctx", closing.ctx, causes[i])
				idle := count(0) == 0
				closed.Store(true)
				err := c.close(ctx)
				if n := count(0); n > 0 {
					p.Say(task, "returns while %d charges are under way", n)
				}
				if !idle || ctx.Err() == nil { // otherwise nil and the cause are both right
					p.Say(task, "returns %s", names.Of(err))
				}
			})
		}
	}
}

func yours(charge func(context.Context, int) (int, error), limit time.Duration) cashier {
	c := exercise.New(func(ctx context.Context, p exercise.Payment) (exercise.Receipt, error) {
		paid, err := charge(ctx, p.Order)
		return exercise.Receipt{Order: paid}, err
	}, limit)
	return cashier{func(ctx context.Context, order int) (int, error) {
		r, err := c.Pay(ctx, exercise.Payment{Order: order})
		return r.Order, err
	}, c.Close}
}

func theirs(charge func(context.Context, int) (int, error), limit time.Duration) cashier {
	c := solution.New(func(ctx context.Context, p solution.Payment) (solution.Receipt, error) {
		paid, err := charge(ctx, p.Order)
		return solution.Receipt{Order: paid}, err
	}, limit)
	return cashier{func(ctx context.Context, order int) (int, error) {
		r, err := c.Pay(ctx, solution.Payment{Order: order})
		return r.Order, err
	}, c.Close}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDay, run(yours, exercise.ErrTooSlow, exercise.ErrClosed), run(theirs, solution.ErrTooSlow, solution.ErrClosed))
}
