//wrong: counts the errors in a map by the error, which panics on an error of a type that cannot be compared
//want:  hash of unhashable type
//kind:  contract

package exercise

import (
	"context"
	"sync"
)

type Lazy[T any] struct {
	compute  func(context.Context) (T, error)
	mu       sync.Mutex
	has      bool
	value    T
	run      *run[T]
	failures map[error]int
}

type run[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	callers int
	stopped bool
	value   T
	err     error
}

func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute, failures: make(map[error]int)}
}

func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var none T
	for {
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		l.mu.Lock()
		if l.has {
			defer l.mu.Unlock()
			return l.value, nil
		}
		r := l.run
		if r == nil {
			r = l.start(ctx)
		}
		if r.stopped {
			l.mu.Unlock()
			select {
			case <-r.done:
			case <-ctx.Done():
				return none, context.Cause(ctx)
			}
			continue
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
			r.cancel()
		}
		l.mu.Unlock()
		if last {
			<-r.done
		}
		return none, context.Cause(ctx)
	}
}

// start needs l.mu held.
func (l *Lazy[T]) start(ctx context.Context) *run[T] {
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &run[T]{done: make(chan struct{}), cancel: cancel}
	l.run = r
	go func() {
		value, err := l.compute(runCtx)
		l.mu.Lock()
		defer l.mu.Unlock()
		cancel()
		r.value, r.err = value, err
		l.run = nil
		if err != nil {
			l.failures[err]++
		}
		if err == nil {
			l.value, l.has = value, true
		}
		close(r.done)
	}()
	return r
}
