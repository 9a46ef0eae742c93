//wrong: when a stopped run is over, it wakes only one of the callers that wait for that
//want:  each caller that waits wakes up and looks again
//kind:  deadlock

package exercise

import (
	"context"
	"sync"
)

type Lazy[T any] struct {
	compute func(context.Context) (T, error)

	mu      sync.Mutex
	changed sync.Cond
	free    sync.Cond // no run is under way
	has     bool
	value   T
	run     *run
}

type run struct {
	callers int
	stop    func()
	stopped bool
	over    bool
	err     error
}

func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	l := &Lazy[T]{compute: compute}
	l.changed.L = &l.mu
	l.free.L = &l.mu
	return l
}

func (l *Lazy[T]) Get(ctx context.Context) (T, error) {
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(woken)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.changed.Broadcast()
		l.free.Broadcast()
	})
	value, err := l.get(ctx)
	if !stop() {
		<-woken
	}
	return value, err
}

func (l *Lazy[T]) get(ctx context.Context) (T, error) {
	var zero T
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.has && ctx.Err() == nil && l.run != nil && l.run.stopped {
		l.free.Wait()
	}
	if l.has {
		return l.value, nil
	}
	if ctx.Err() != nil {
		return zero, context.Cause(ctx)
	}
	if l.run == nil {
		l.begin()
	}
	r := l.run
	r.callers++
	for !r.over && ctx.Err() == nil {
		l.changed.Wait()
	}
	if r.over {
		if r.err != nil {
			return zero, r.err
		}
		return l.value, nil
	}
	r.callers--
	if r.callers == 0 {
		r.stopped = true
		r.stop()
		for !r.over {
			l.changed.Wait()
		}
	}
	return zero, context.Cause(ctx)
}

func (l *Lazy[T]) begin() {
	ctx, stop := context.WithCancel(context.Background())
	r := &run{stop: stop}
	l.run = r
	go func() {
		defer stop()
		value, err := l.compute(ctx)
		l.mu.Lock()
		defer l.mu.Unlock()
		r.over, r.err, l.run = true, err, nil
		if err == nil {
			l.value, l.has = value, true
		}
		l.changed.Broadcast()
		l.free.Signal()
	}()
}
