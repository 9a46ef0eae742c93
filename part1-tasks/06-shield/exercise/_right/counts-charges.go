//right: counts the charges under way; the last one closes a channel, and timers end the charges

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

	mu     sync.Mutex // guards the below
	under  map[*charging]bool
	closed bool
	idle   chan struct{} // closed when closed and no charge is under way
}

type charging struct {
	cancel  context.CancelCauseFunc
	done    chan struct{}
	receipt Receipt
	err     error
}

// New returns a Cashier that charges by calling charge.
func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, under: make(map[*charging]bool), idle: make(chan struct{})}
}

// Pay charges p and returns what charge returned, or the cause of ctx when that ends first.
func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	one := &charging{cancel: cancel, done: make(chan struct{})}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		cancel(nil)
		return Receipt{}, ErrClosed
	}
	c.under[one] = true
	c.mu.Unlock()
	timer := time.AfterFunc(c.limit, func() { cancel(ErrTooSlow) })
	go func() {
		one.receipt, one.err = c.charge(inner, p)
		timer.Stop()
		cancel(nil)
		close(one.done)
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.under, one)
		c.lookLocked()
	}()
	select {
	case <-one.done:
		return one.receipt, one.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

func (c *Cashier) lookLocked() {
	if c.closed && len(c.under) == 0 {
		select {
		case <-c.idle:
		default:
			close(c.idle)
		}
	}
}

// Close refuses new payments and waits for the charges under way; when ctx ends, it cancels them first.
func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.lookLocked()
	c.mu.Unlock()
	select {
	case <-c.idle:
		return nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	for one := range c.under {
		one.cancel(context.Cause(ctx))
	}
	c.mu.Unlock()
	<-c.idle
	return context.Cause(ctx)
}
