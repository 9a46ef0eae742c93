//wrong: ends the contexts of the stopped and the failed runs only, and not that of the run whose value is kept
//want:  the context of its run has not ended
//kind:  leak

package exercise

import (
	"context"
	"sync"
)

// A Lazy is a value that is computed when it is asked for, once for all callers.
type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	mu  sync.Mutex // guards run and what runs say it guards
	run *run[T]    // under way, or over with the value that is kept; else nil
}

// A run is one call of compute.
type run[T any] struct {
	stop    context.CancelFunc
	waiting int  // guarded by Lazy.mu: how many have joined and not left
	stopped bool // guarded by Lazy.mu: all have left before it was over

	over  chan struct{} // closed when value and err are set
	value T
	err   error
}

// NewLazy returns a Lazy that computes its value by calling compute.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	return &Lazy[T]{compute: compute}
}

// Get returns the value, which it computes where there is none.
func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	for ctx.Err() == nil {
		r, joined := l.join()
		select {
		case <-r.over:
			if joined {
				return r.value, r.err
			}
			// It had been stopped. Others have woken up as well, so look again.
		case <-ctx.Done():
			if joined {
				l.leave(r)
			}
		}
	}
	var none T
	return none, context.Cause(ctx)
}

// join joins the run there is, or starts one. Where that has been stopped, it only returns it, to wait until it is over.
func (l *Lazy[T]) join() (r *run[T], joined bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run == nil {
		ctx, stop := context.WithCancel(context.Background())
		l.run = &run[T]{stop: stop, over: make(chan struct{})}
		go l.do(ctx, l.run)
	}
	if l.run.stopped {
		return l.run, false
	}
	l.run.waiting++
	return l.run, true
}

// do is the goroutine of a run.
func (l *Lazy[T]) do(ctx context.Context, r *run[T]) {
	r.value, r.err = l.compute(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.err != nil || r.stopped {
		r.stop()
		l.run = nil
	}
	close(r.over)
}

// leave is called for a caller that has joined r and no longer waits. The last one stops it.
func (l *Lazy[T]) leave(r *run[T]) {
	l.mu.Lock()
	r.waiting--
	last := r.waiting == 0
	select {
	case <-r.over:
		last = false // there is nothing left to stop
	default:
		r.stopped = last
	}
	l.mu.Unlock()
	if last {
		r.stop()
		<-r.over
	}
}
