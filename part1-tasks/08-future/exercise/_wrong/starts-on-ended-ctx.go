//wrong: a Get on an ended ctx starts a run and stops it again
//want:  the only ctx had ended
//kind:  lost cancellation

// Package exercise is yours: write NewLazy and Get.
package exercise

import (
	"context"
	"sync"
)

type run[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	stopped bool
	value   T
	err     error
}

type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	mu  sync.Mutex
	run *run[T] // under way, or the one whose value is kept
}

func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute}
}

func (l *Lazy[T]) start() *run[T] {
	ctx, cancel := context.WithCancel(context.Background())
	r := &run[T]{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer cancel()
		value, err := l.compute(ctx)
		l.mu.Lock()
		r.value, r.err = value, err
		if err != nil || r.stopped {
			l.run = nil
		}
		close(r.done)
		l.mu.Unlock()
	}()
	return r
}

func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var zero T
	for {
		l.mu.Lock()
		r := l.run
		if r == nil {
			r = l.start()
			l.run = r
		}
		joined := !r.stopped
		if joined {
			r.waiters++
		}
		l.mu.Unlock()

		select {
		case <-r.done:
			if joined {
				return r.value, r.err
			}
		case <-ctx.Done():
			if !joined {
				return zero, context.Cause(ctx)
			}
			l.mu.Lock()
			r.waiters--
			last := r.waiters == 0
			select {
			case <-r.done:
				last = false
			default:
				r.stopped = last
			}
			l.mu.Unlock()
			if last {
				r.cancel()
				<-r.done
			}
			return zero, context.Cause(ctx)
		}
	}
}
