//wrong: the limit is counted from the first of the charges that are under way together
//want: its limit begins when it does, not with the first charge
//kind: timing

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

// A Cashier charges clients.
type Cashier struct {
	charge func(context.Context, Payment) (Receipt, error)
	limit  time.Duration
	wg     sync.WaitGroup

	mu     sync.Mutex // guards what follows
	closed bool
	under  map[*Payment]context.CancelCauseFunc
	until  time.Time
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, under: make(map[*Payment]context.CancelCauseFunc)}
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return Receipt{}, ErrClosed
	}
	c.wg.Add(1)
	if len(c.under) == 0 {
		c.until = time.Now().Add(c.limit)
	}
	cctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	cctx, stop := context.WithDeadlineCause(cctx, c.until, ErrTooSlow)
	id := &p
	c.under[id] = cancel
	c.mu.Unlock()
	outc := make(chan outcome, 1)
	go func() {
		defer c.wg.Done()
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			delete(c.under, id)
			cancel(nil)
			stop()
		}()
		var out outcome
		out.receipt, out.err = c.charge(cctx, p)
		outc <- out
	}()
	select {
	case out := <-outc:
		return out.receipt, out.err
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
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
	}
	c.mu.Lock()
	for _, cancel := range c.under {
		cancel(context.Cause(ctx))
	}
	c.mu.Unlock()
	<-done
	return context.Cause(ctx)
}
