//wrong: looks whether there is room and then takes the place, and another goroutine gets in between: a race
//want:  Another goroutine got between the look

package exercise

import (
	"context"
	"errors"
	"sync/atomic"
)

var ErrFull = errors.New("bulkhead: full")

type Bulkhead struct {
	all     atomic.Int64
	max     int64
	running chan struct{}
}

func New(run, wait int) *Bulkhead {
	return &Bulkhead{max: int64(run + wait), running: make(chan struct{}, run)}
}

func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if b.all.Load() >= b.max {
		return ErrFull
	}
	b.all.Add(1)
	defer b.all.Add(-1)
	select {
	case b.running <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-b.running }()
	return fn(ctx)
}
