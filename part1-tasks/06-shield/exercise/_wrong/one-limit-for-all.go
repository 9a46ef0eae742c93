//wrong: the limit runs from New: one deadline for all charges
//want:  the limit begins when the charge does
//kind:  timing

// Package exercise is yours: write New, Pay and Close.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var (
	// ErrTooSlow is the cause of the end of a charge that takes longer than the limit.
	ErrTooSlow = errors.New("the bank takes too long")

	// ErrClosed is what Pay returns once Close has been called.
	ErrClosed = errors.New("the cashier has closed")
)

// A Payment is what a client owes.
type Payment struct{ Order, Cents int }

// A Receipt says that it is paid.
type Receipt struct{ Order, Cents int }

type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	own    context.Context
	end    context.CancelCauseFunc

	mu     sync.Mutex
	closed bool
	n      int
	idle   chan struct{} // closed when closed and n is 0
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	c := &Cashier{charge: charge, limit: limit, idle: make(chan struct{})}
	c.own, c.end = context.WithCancelCause(context.Background())
	time.AfterFunc(limit, func() { c.end(ErrTooSlow) })
	return c
}

func (c *Cashier) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.n++
	return true
}

func (c *Cashier) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.closed {
		close(c.idle)
	}
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (receipt Receipt, err error) {
	if !c.begin() {
		return Receipt{}, ErrClosed
	}
	if ctx.Err() != nil {
		c.done()
		return Receipt{}, context.Cause(ctx)
	}
	over := make(chan struct{})
	var got Receipt
	var failed error
	go func() {
		defer c.done()
		defer close(over)
		work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
		defer cancel(nil)

		defer context.AfterFunc(c.own, func() { cancel(context.Cause(c.own)) })()
		got, failed = c.charge(work, p)
	}()
	select {
	case <-over:
		return got, failed
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		if c.n == 0 {
			close(c.idle)
		}
	}
	c.mu.Unlock()
	select {
	case <-c.idle:
		return nil
	case <-ctx.Done():
		c.end(context.Cause(ctx))
		<-c.idle
		return context.Cause(ctx)
	}
}
