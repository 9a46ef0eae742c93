//wrong: ctx ends while the loop's body runs and the source then fails: yields the error of the source, not the cause
//want:  ctx ended at 1s, and the source failed at 2s
//kind:  lost cancellation

// Package exercise is an answer.
package exercise

import (
	"container/heap"
	"context"
	"iter"
	"sync"
)

// A Source gives a stream of values.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

type event[T any] struct {
	from  int
	value T
	err   error
	over  bool
}

// Merge makes one stream of several.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if ctx.Err() != nil {
			yield(none, context.Cause(ctx))
			return
		}
		inner, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		events := make(chan event[T], len(sources)) // a source has one event at a time that was not received
		next := make([]chan struct{}, len(sources))
		for i, source := range sources {
			next[i] = make(chan struct{}, 1)
			wg.Go(func() { read(inner, i, source, events, next[i]) })
		}

		held := &queue[T]{compare: compare}
		waits := len(sources)
		for {
			for waits > 0 {
				select {
				case e := <-events:
					waits--
					if ctx.Err() != nil && e.err == nil {
						yield(none, context.Cause(ctx))
						return
					}
					if e.err != nil {
						cancel()
						yield(none, e.err)
						return
					}
					if !e.over {
						heap.Push(held, e)
					}
				case <-ctx.Done():
					yield(none, context.Cause(ctx))
					return
				}
			}
			if held.Len() == 0 {
				return
			}
			if ctx.Err() != nil {
				yield(none, context.Cause(ctx))
				return
			}
			e := heap.Pop(held).(event[T])
			waits++
			next[e.from] <- struct{}{}
			if !yield(e.value, nil) {
				return
			}
			select {
			case e := <-events:
				waits--
				if e.err != nil {
					yield(none, e.err)
					return
				}
				if !e.over {
					heap.Push(held, e)
				}
			default:
			}
			if ctx.Err() != nil {
				yield(none, context.Cause(ctx))
				return
			}
		}
	}
}

// read hands the values of one source on, each when it is asked for.
func read[T any](ctx context.Context, from int, source Source[T], events chan<- event[T], next <-chan struct{}) {
	for value, err := range source(ctx) {
		events <- event[T]{from: from, value: value, err: err}
		if err != nil {
			return
		}
		select {
		case <-next:
		case <-ctx.Done():
			return
		}
	}
	events <- event[T]{from: from, over: true}
}

type queue[T any] struct {
	compare func(a, b T) int
	events  []event[T]
}

func (q *queue[T]) Len() int { return len(q.events) }
func (q *queue[T]) Less(i, j int) bool {
	a, b := q.events[i], q.events[j]
	if c := q.compare(a.value, b.value); c != 0 {
		return c < 0
	}
	return a.from < b.from
}
func (q *queue[T]) Swap(i, j int) { q.events[i], q.events[j] = q.events[j], q.events[i] }
func (q *queue[T]) Push(e any)    { q.events = append(q.events, e.(event[T])) }
func (q *queue[T]) Pop() any {
	last := len(q.events) - 1
	e := q.events[last]
	q.events = q.events[:last]
	return e
}
