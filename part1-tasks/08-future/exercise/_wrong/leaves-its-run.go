//wrong: the last caller stops the run and returns at once, while compute is still at work
//want:  before compute had returned
//kind:  leak

package exercise

import (
	"context"
	"sync"
)

type Lazy[T any] struct {
	compute func(context.Context) (T, error)
	mu      sync.Mutex // guards run and what is in it
	run     *run[T]
}

type run[T any] struct {
	done    chan struct{} // closed when value and err are set
	value   T
	err     error
	cancel  context.CancelFunc
	callers int
	stopped bool
	over    bool
}

func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute}
}

func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var zero T
	for {
		if ctx.Err() != nil {
			return zero, context.Cause(ctx)
		}
		l.mu.Lock()
		r := l.run
		if r != nil && r.stopped {
			l.mu.Unlock()
			select {
			case <-r.done:
			case <-ctx.Done():
			}
			continue
		}
		if r == nil {
			r = l.start(ctx)
		}
		r.callers++
		l.mu.Unlock()
		select {
		case <-r.done:
			return r.value, r.err
		case <-ctx.Done():
		}
		l.mu.Lock()
		r.callers--
		last := r.callers == 0 && !r.over
		if last {
			r.stopped = true
			r.cancel()
		}
		l.mu.Unlock()
		return zero, context.Cause(ctx)
	}
}

func (l *Lazy[T]) start(ctx context.Context) *run[T] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &run[T]{done: make(chan struct{}), cancel: cancel}
	l.run = r
	go func() {
		value, err := l.compute(ctx)
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		r.value, r.err, r.over = value, err, true
		if err != nil || r.stopped {
			l.run = nil
		}
		close(r.done)
	}()
	return r
}
