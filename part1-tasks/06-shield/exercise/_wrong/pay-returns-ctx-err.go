//wrong: Pay returns ctx.Err(), so that the cause is lost
//want:  not context.Cause(ctx)
//kind:  lost cancellation

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

	mu      sync.Mutex
	closed  bool
	cancels map[int]context.CancelCauseFunc
	last    int
	charges sync.WaitGroup
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, cancels: make(map[int]context.CancelCauseFunc)}
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	cctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		cancel(nil)
		return Receipt{}, ErrClosed
	}
	c.last++
	id := c.last
	c.cancels[id] = cancel
	c.charges.Add(1)
	c.mu.Unlock()

	type outcome struct {
		receipt Receipt
		err     error
	}
	outcomes := make(chan outcome, 1)
	go func() {
		defer c.charges.Done()
		defer cancel(nil)
		lctx, stop := context.WithTimeoutCause(cctx, c.limit, ErrTooSlow)
		defer stop()
		receipt, err := c.charge(lctx, p)
		c.mu.Lock()
		delete(c.cancels, id)
		c.mu.Unlock()
		outcomes <- outcome{receipt, err}
	}()
	select {
	case o := <-outcomes:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
}

func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	cancelled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cancelled)
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, cancel := range c.cancels {
			cancel(context.Cause(ctx))
		}
	})
	c.charges.Wait()
	if stop() {
		return nil
	}
	<-cancelled
	return context.Cause(ctx)
}
