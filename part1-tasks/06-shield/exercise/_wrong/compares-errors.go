//wrong: compares the error of charge with the cause of its context by ==, which panics on errors of a type that cannot be compared
//want:  comparing uncomparable type
//kind:  contract

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

	mu      sync.Mutex
	closing bool
	under   map[*job]bool
}

type job struct {
	cancel  context.CancelCauseFunc
	done    chan struct{}
	receipt Receipt
	err     error
}

func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	return &Cashier{charge: charge, limit: limit, under: make(map[*job]bool)}
}

func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	if ctx.Err() != nil {
		return Receipt{}, context.Cause(ctx)
	}
	j, err := c.begin(ctx, p)
	if err != nil {
		return Receipt{}, err
	}
	select {
	case <-ctx.Done():
		return Receipt{}, context.Cause(ctx)
	case <-j.done:
		return j.receipt, j.err
	}
}

func (c *Cashier) begin(ctx context.Context, p Payment) (*job, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil, ErrClosed
	}
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	timer := time.AfterFunc(c.limit, func() { cancel(ErrTooSlow) })
	j := &job{cancel: cancel, done: make(chan struct{})}
	c.under[j] = true
	go func() {
		j.receipt, j.err = c.charge(own, p)
		if own.Err() != nil && j.err == context.Cause(own) {
			j.receipt = Receipt{}
		}
		timer.Stop()
		cancel(nil)
		c.mu.Lock()
		delete(c.under, j)
		close(j.done)
		c.mu.Unlock()
	}()
	return j, nil
}

func (c *Cashier) Close(ctx context.Context) error {
	c.mu.Lock()
	c.closing = true
	var left []*job
	for j := range c.under {
		left = append(left, j)
	}
	c.mu.Unlock()
	for i, j := range left {
		select {
		case <-j.done:
		case <-ctx.Done():
			for _, j := range left[i:] {
				j.cancel(context.Cause(ctx))
			}
			for _, j := range left[i:] {
				<-j.done
			}
			return context.Cause(ctx)
		}
	}
	return nil
}
