//wrong: without sources the loop ends without a look at ctx
//want:  also without sources; it yielded
//kind:  lost cancellation

// Package exercise is yours: write Merge.
package exercise

import (
	"context"
	"iter"
	"sync"
)

// A Source gives a stream of values in ascending order.
type Source[T any] func(ctx context.Context) iter.Seq2[T, error]

// Merge makes one stream of several: it yields the values of all sources in
// ascending order, as compare orders them.
func Merge[T any](ctx context.Context, compare func(a, b T) int, sources ...Source[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if len(sources) == 0 {
			return
		}
		m := merge[T]{arrivals: make(chan arrival[T]), readers: make([]reader[T], len(sources))}
		ctx, cancel := context.WithCancel(ctx)
		defer m.done.Wait()
		defer cancel()
		if ctx.Err() == nil {
			for i, source := range sources {
				m.readers[i].next = make(chan struct{})
				m.done.Go(func() { m.read(ctx, i, source(ctx)) })
			}
		}
		for missing := len(sources); ; missing = 1 {
			err := m.receive(ctx, missing)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			least := m.least(compare)
			if least == nil {
				return
			}
			select {
			case least.next <- struct{}{}:
			case <-ctx.Done(): // its reader has left, and the next receive returns the cause
			}
			if !yield(least.value, nil) {
				return
			}
		}
	}
}

// A merge is one range over the result of Merge.
type merge[T any] struct {
	arrivals chan arrival[T] // from all readers, without a buffer
	readers  []reader[T]
	done     sync.WaitGroup
}

// A reader is what Merge knows of a source.
type reader[T any] struct {
	value T
	has   bool          // the source has not ended
	next  chan struct{} // asks for another one
}

// An arrival is what comes from a source: a value, an error, or its end.
type arrival[T any] struct {
	from  int
	value T
	err   error
	ended bool
}

// read hands on each value of a source, and waits until the next one is asked for.
func (m *merge[T]) read(ctx context.Context, i int, values iter.Seq2[T, error]) {
	send := func(a arrival[T]) {
		a.from = i
		select {
		case m.arrivals <- a:
		case <-ctx.Done():
		}
	}
	for value, err := range values {
		send(arrival[T]{value: value, err: err})
		select {
		case <-m.readers[i].next:
		case <-ctx.Done():
			return
		}
	}
	send(arrival[T]{ended: true})
}

// receive waits for so many arrivals, for the first error or for the end of ctx.
func (m *merge[T]) receive(ctx context.Context, missing int) error {
	for ; missing > 0; missing-- {
		select {
		case a := <-m.arrivals:
			if a.err != nil {
				return a.err
			}
			m.readers[a.from].value, m.readers[a.from].has = a.value, !a.ended
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return context.Cause(ctx) // select picks at random when both are ready
}

// least is the reader whose value comes next, nil when all sources have ended.
func (m *merge[T]) least(compare func(a, b T) int) *reader[T] {
	var least *reader[T]
	for i := range m.readers {
		if r := &m.readers[i]; r.has && (least == nil || compare(r.value, least.value) < 0) {
			least = r
		}
	}
	return least
}
