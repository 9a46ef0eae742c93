//right: a channel with room for one is the lock; each charge is a struct that says when it is gone, and Close waits for one after the other

// Package exercise is yours: write New, Pay and Close.
package exercise

import (
	"context"
	"errors"
	"time"
)

var (
	ErrTooSlow = errors.New("the bank takes too long")
	ErrClosed  = errors.New("the cashier has closed")
)

type Payment struct{ Order, Cents int }

type Receipt struct{ Order, Cents int }

type state struct {
	closed bool
	open   map[*call]struct{}
}

type call struct {
	end  context.CancelCauseFunc
	gone chan struct{} // closed when charge has returned

	receipt Receipt // valid once gone is closed
	err     error
}

type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	state  chan *state // room for one: to take it out is to lock
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	c := &Cashier{charge: charge, limit: limit, state: make(chan *state, 1)}
	c.state <- &state{open: map[*call]struct{}{}}
	return c
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	s := <-c.state
	if s.closed {
		c.state <- s
		return Receipt{}, ErrClosed
	}
	if ctx.Err() != nil {
		c.state <- s
		return Receipt{}, context.Cause(ctx)
	}
	mine, end := context.WithCancelCause(context.WithoutCancel(ctx))
	for old := range s.open {
		select {
		case <-old.gone:
			delete(s.open, old)
		default:
		}
	}
	one := &call{end: end, gone: make(chan struct{})}
	s.open[one] = struct{}{}
	c.state <- s

	go func() {
		timer := time.AfterFunc(c.limit, func() { end(ErrTooSlow) })
		one.receipt, one.err = c.charge(mine, p)
		timer.Stop()
		end(nil)
		close(one.gone)
	}()

	select {
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	case <-one.gone:
		return one.receipt, one.err
	}
}

func (c *Cashier) Close(ctx context.Context) error {
	s := <-c.state
	s.closed = true
	calls := make([]*call, 0, len(s.open))
	for one := range s.open {
		calls = append(calls, one)
	}
	c.state <- s

	for i, one := range calls {
		select {
		case <-one.gone:
			continue
		case <-ctx.Done():
		}
		for _, rest := range calls[i:] {
			rest.end(context.Cause(ctx))
		}
		for _, rest := range calls[i:] {
			<-rest.gone
		}
		return context.Cause(ctx)
	}
	return nil
}
