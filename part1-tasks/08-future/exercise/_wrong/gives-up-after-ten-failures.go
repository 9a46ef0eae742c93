//wrong: keeps the error of the tenth run that has failed: no Get starts a run from then on
//want:  10 runs have failed, one after the other, and the next Get starts none
//kind:  contract

package exercise

import (
	"context"
	"sync"
)

type Lazy[T any] struct {
	compute func(context.Context) (T, error)
	mu      sync.Mutex
	has     bool
	value   T
	run     *run[T]
	fails   int
	failed  error
}

type run[T any] struct {
	cancel  context.CancelFunc
	done    chan struct{}
	callers int
	stopped bool
	value   T
	err     error
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
		if l.fails >= 10 {
			defer l.mu.Unlock()
			return zero, l.failed
		}
		if l.has {
			l.mu.Unlock()
			return l.value, nil
		}
		r := l.run
		if r != nil && r.stopped {
			l.mu.Unlock()
			select {
			case <-r.done:
				continue
			case <-ctx.Done():
				return zero, context.Cause(ctx)
			}
		}
		if r == nil {
			c, cancel := context.WithCancel(context.WithoutCancel(ctx))
			r = &run[T]{cancel: cancel, done: make(chan struct{})}
			l.run = r
			go l.start(c, r)
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
		last := r.callers == 0
		if last {
			r.stopped = true
		}
		l.mu.Unlock()
		if last {
			r.cancel()
			<-r.done
		}
		return zero, context.Cause(ctx) // left
	}
}

func (l *Lazy[T]) start(ctx context.Context, r *run[T]) {
	value, err := l.compute(ctx)
	l.mu.Lock()
	r.value, r.err = value, err
	l.run = nil
	if err == nil {
		l.has, l.value = true, value
	} else if !r.stopped {
		l.fails++
		l.failed = err
	}
	l.mu.Unlock()
	r.cancel()
	close(r.done)
}
