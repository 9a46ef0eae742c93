//wrong: keeps a value for an hour
//want:  a value is kept, however old it is
//kind:  contract

package exercise

import (
	"context"
	"sync"
	"time"
)

type Lazy[T any] struct {
	compute func(context.Context) (T, error)
	mu      sync.Mutex
	has     bool
	at      time.Time
	value   T
	run     *run[T]
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
	return &Lazy[T]{compute: compute}
}

func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	var none T
	for {
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		l.mu.Lock()
		if l.has && time.Since(l.at) < time.Hour {
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
		if err == nil {
			l.value, l.has, l.at = value, true, time.Now()
		}
		close(r.done)
	}()
	return r
}
