//wrong: a charge may take a minute at most, also if the limit is longer
//want:  New's limit is the only one
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

// A Cashier charges clients.
type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	mu     sync.Mutex // guards the rest
	closed bool
	last   int
	under  map[int]context.CancelCauseFunc
	idle   chan struct{} // closed when the cashier has closed and no charge is under way
}

// New returns a Cashier that charges by calling charge.
func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, under: map[int]context.CancelCauseFunc{}, idle: make(chan struct{})}
}

type outcome struct {
	receipt Receipt
	err     error
}

// Pay charges p at once.
func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return Receipt{}, ErrClosed
	}
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	own, stop := context.WithTimeoutCause(own, min(c.limit, time.Minute), ErrTooSlow)
	c.last++
	id := c.last
	c.under[id] = cancel
	c.mu.Unlock()
	out := make(chan outcome, 1)
	go func() {
		r, err := c.charge(own, p)
		stop()
		cancel(nil)
		out <- outcome{r, err}
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.under, id)
		if c.closed && len(c.under) == 0 {
			close(c.idle)
		}
	}()
	select {
	case o := <-out:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

// Close refuses new payments and waits.
func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		if len(c.under) == 0 {
			close(c.idle)
		}
	}
	c.mu.Unlock()
	select {
	case <-c.idle:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	for _, cancel := range c.under {
		cancel(context.Cause(ctx))
	}
	c.mu.Unlock()
	<-c.idle
	return context.Cause(ctx)
}
