//wrong: one goroutine owns all charges and does them one after the other
//want:  payments wait for each other
//kind:  sequential

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

// A Cashier hands payments to one goroutine, which owns them.
type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	over   context.Context
	end    context.CancelCauseFunc
	idle   chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex // guards closed, and that nothing is sent on jobs once it is closed
	closed bool
	jobs   chan job
}

type job struct {
	ctx   context.Context
	p     Payment
	ended chan outcome
}

type outcome struct {
	receipt Receipt
	err     error
}

// New returns a Cashier that charges by calling charge.
func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	over, end := context.WithCancelCause(context.Background())
	c := &Cashier{charge: charge, limit: limit, over: over, end: end, idle: make(chan struct{}), jobs: make(chan job, 100)}
	go c.work()
	return c
}

func (c *Cashier) work() {
	defer close(c.idle)
	for j := range c.jobs {
		ctx, cancel := context.WithCancelCause(j.ctx)
		stop := context.AfterFunc(c.over, func() { cancel(context.Cause(c.over)) })
		limited, free := context.WithTimeoutCause(ctx, c.limit, ErrTooSlow)
		receipt, err := c.charge(limited, j.p)
		free()
		stop()
		cancel(nil)
		j.ended <- outcome{receipt, err}
	}
}

// Pay charges p and returns what charge returned, or the cause of ctx when that ends first.
func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	j := job{context.WithoutCancel(ctx), p, make(chan outcome, 1)}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return Receipt{}, ErrClosed
	}
	c.jobs <- j
	c.mu.Unlock()

	select {
	case o := <-j.ended:
		return o.receipt, o.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	}
}

// Close refuses new payments and waits for the charges under way; when ctx ends, it cancels them first.
func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.jobs)
	}
	c.mu.Unlock()
	inTime := context.AfterFunc(ctx, func() { c.end(context.Cause(ctx)) })
	<-c.idle
	if !inTime() {
		return context.Cause(ctx)
	}
	return nil
}
