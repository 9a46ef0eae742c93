//right: one channel holds the places to run, and a ticket for each call keeps the order

package exercise

import (
	"container/list"
	"context"
	"errors"
)

// ErrFull is the error of a call that a Bulkhead refuses.
var ErrFull = errors.New("bulkhead: full")

// A Bulkhead keeps its state in a channel of one: what is in the channel belongs to the goroutine that took it.
type Bulkhead struct{ state chan *state }

type state struct {
	free, room int
	queue      list.List // of chan struct{}, each closed when its call may run
}

// New returns a Bulkhead that lets at most run calls run and at most wait others wait for it.
func New(run, wait int) *Bulkhead {
	b := &Bulkhead{state: make(chan *state, 1)}
	b.state <- &state{free: run, room: wait}
	return b
}

// Do calls fn with ctx and returns its error, if there is room.
func (b *Bulkhead) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	s := <-b.state
	if s.free > 0 {
		s.free--
		b.state <- s
	} else if s.queue.Len() == s.room {
		b.state <- s
		return ErrFull
	} else {
		turn := make(chan struct{})
		ticket := s.queue.PushBack(turn)
		b.state <- s
		select {
		case <-turn:
		case <-ctx.Done():
			s := <-b.state
			select {
			case <-turn: // too late to leave the queue: give the place on
				s.leave()
			default:
				s.queue.Remove(ticket)
			}
			b.state <- s
			return context.Cause(ctx)
		}
	}
	defer func() {
		s := <-b.state
		s.leave()
		b.state <- s
	}()
	return fn(ctx)
}

// leave frees a place, or gives it to the first call in the queue.
func (s *state) leave() {
	first := s.queue.Front()
	if first == nil {
		s.free++
		return
	}
	close(s.queue.Remove(first).(chan struct{}))
}
