//wrong: the charge sends its outcome on a channel without room, and the client is gone: a leak, for which Close waits
//want:  waits to send to a channel
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
	// ErrTooSlow is the cause of the end of a charge that takes longer than the limit.
	ErrTooSlow = errors.New("the bank takes too long")

	// ErrClosed is what Pay returns once Close has been called.
	ErrClosed = errors.New("the cashier has closed")
)

// A Payment is what a client owes.
type Payment struct{ Order, Cents int }

// A Receipt says that it is paid.
type Receipt struct{ Order, Cents int }

// A Cashier charges clients, each charge within a limit, and owns the charges under way.
type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	over   context.Context // ends when a Close runs out of time
	end    context.CancelCauseFunc

	mu       sync.Mutex // guards closed; held to count a charge, so that Close sees all or refuses
	closed   bool
	underWay sync.WaitGroup
}

// New returns a Cashier that charges by calling charge.
func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	over, end := context.WithCancelCause(context.Background())
	return &Cashier{charge: charge, limit: limit, over: over, end: end}
}

// Pay charges p and returns what charge returned, or the cause of ctx when that ends first.
func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	type outcome struct {
		receipt Receipt
		err     error
	}
	ended := make(chan outcome)
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return Receipt{}, ErrClosed
	}
	c.underWay.Go(func() {
		ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
		defer cancel(nil)
		defer context.AfterFunc(c.over, func() { cancel(context.Cause(c.over)) })()
		ctx, stop := context.WithTimeoutCause(ctx, c.limit, ErrTooSlow)
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

// Close refuses new payments and waits for the charges under way; when ctx ends, it cancels them first.
func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	inTime := context.AfterFunc(ctx, func() { c.end(context.Cause(ctx)) })
	c.underWay.Wait()
	if !inTime() {
		return context.Cause(ctx)
	}
	return nil
}
