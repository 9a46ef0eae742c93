//wrong: the contexts of charges that have returned are never cancelled: each keeps its timer until the limit
//want:  its cancel was not called
//kind:  leak

// Package exercise is yours: write New, Pay and Close.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var (
	ErrTooSlow = errors.New("the bank takes too long")
	ErrClosed  = errors.New("the cashier has closed")
)

type Payment struct{ Order, Cents int }

type Receipt struct{ Order, Cents int }

type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration

	mu      sync.Mutex // guards what follows
	closed  bool
	last    int
	cancels map[int]context.CancelCauseFunc
	wg      sync.WaitGroup
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, cancels: map[int]context.CancelCauseFunc{}}
}

type outcome struct {
	receipt Receipt
	err     error
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	chargeCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		cancel(nil)
		return Receipt{}, ErrClosed
	}
	c.last++
	id := c.last
	c.cancels[id] = cancel
	c.wg.Add(1)
	c.mu.Unlock()

	done := make(chan outcome, 1)
	go func() {
		defer c.wg.Done()
		limitCtx, _ := context.WithTimeoutCause(chargeCtx, c.limit, ErrTooSlow)
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			delete(c.cancels, id)
		}()
		receipt, err := c.charge(limitCtx, p)
		done <- outcome{receipt, err}
	}()
	select {
	case o := <-done:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

func (c *Cashier) cancelAll(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cancel := range c.cancels {
		cancel(cause)
	}
}

func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		c.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		c.cancelAll(context.Cause(ctx))
		<-done
		return context.Cause(ctx)
	}
}
