//wrong: a charge enters its cancel func when it runs, so a Close whose ctx has ended does not find it yet
//want:  just after the charge was started, and did not end the charge's context
//kind:  race

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

type outcome struct {
	receipt Receipt
	err     error
}

type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration

	mu     sync.Mutex // guards what follows
	closed bool
	cancel map[*context.CancelCauseFunc]bool
	wg     sync.WaitGroup
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, cancel: map[*context.CancelCauseFunc]bool{}}
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	ended := make(chan outcome, 1)
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return Receipt{}, ErrClosed
	}
	c.wg.Go(func() {
		inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
		c.mu.Lock()
		c.cancel[&cancel] = true
		c.mu.Unlock()
		defer func() {
			c.mu.Lock()
			delete(c.cancel, &cancel)
			c.mu.Unlock()
			cancel(nil)
		}()
		ctx, stop := context.WithTimeoutCause(inner, c.limit, ErrTooSlow)
		defer stop()
		receipt, err := c.charge(ctx, p)
		ended <- outcome{receipt, err}
	})
	c.mu.Unlock()
	select {
	case o := <-ended:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	inTime := context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for cancel := range c.cancel {
			(*cancel)(context.Cause(ctx))
		}
	})
	c.wg.Wait()
	if !inTime() {
		return context.Cause(ctx)
	}
	return nil
}
