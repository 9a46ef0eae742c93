//wrong: a Get that comes while a stopped run returns waits half a minute for that, and then starts a run beside it
//want:  and his Get did not wait for that
//kind:  timing

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
			case <-time.After(30 * time.Second):
				l.mu.Lock()
				if l.run == r {
					l.run = nil
				}
				l.mu.Unlock()
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
		if l.run == r {
			l.run = nil
		}
		if err == nil {
			l.value, l.has = value, true
		}
		close(r.done)
	}()
	return r
}
