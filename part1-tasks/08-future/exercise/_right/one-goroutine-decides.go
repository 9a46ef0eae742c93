//right: the state is a value in a channel of one; the goroutine that took it decides

// Package exercise is yours: write NewLazy and Get.
package exercise

import "context"

// A Lazy is a value that is computed when it is asked for.
type Lazy[T any] struct {
	compute func(context.Context) (T, error)
	state   chan *state[T]
}

type state[T any] struct {
	value *T
	run   *flight[T] // under way, also when it has been stopped
}

type flight[T any] struct {
	callers int
	stopped bool
	cancel  context.CancelFunc
	landed  chan struct{}
	value   T
	err     error
}

// NewLazy returns a Lazy that computes its value by calling compute.
func NewLazy[T any](compute func(context.Context) (T, error)) *Lazy[T] {
	l := &Lazy[T]{compute: compute, state: make(chan *state[T], 1)}
	l.state <- new(state[T])
	return l
}

// Get returns the value, which it computes where there is none.
func (l *Lazy[T]) Get(ctx context.Context) (none T, err error) {
	for {
		if ctx.Err() != nil {
			return none, context.Cause(ctx)
		}
		s := <-l.state
		if s.value != nil {
			defer func() { l.state <- s }()
			return *s.value, nil
		}
		if s.run == nil {
			s.run = l.start()
		}
		f := s.run
		stopped := f.stopped
		if !stopped {
			f.callers++
		}
		l.state <- s
		select {
		case <-f.landed:
			if !stopped {
				return f.value, f.err
			}
		case <-ctx.Done():
			if !stopped {
				l.leave(f)
			}
			return none, context.Cause(ctx)
		}
	}
}

func (l *Lazy[T]) start() *flight[T] {
	ctx, cancel := context.WithCancel(context.Background())
	f := &flight[T]{cancel: cancel, landed: make(chan struct{})}
	go func() {
		f.value, f.err = l.compute(ctx)
		cancel()
		s := <-l.state
		s.run = nil
		if f.err == nil {
			s.value = &f.value
		}
		close(f.landed)
		l.state <- s
	}()
	return f
}

// leave waits for the run if this caller is the last one.
func (l *Lazy[T]) leave(f *flight[T]) {
	s := <-l.state
	f.callers--
	last := f.callers == 0 && s.run == f
	f.stopped = f.stopped || last
	l.state <- s
	if last {
		f.cancel()
		<-f.landed
	}
}
