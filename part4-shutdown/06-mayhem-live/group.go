package main

import (
	"context"
	"runtime"
)

// A group does for many at once what would take each of them a wait of its own: a commit, an answer from a server. Those who come while
// it is busy are done together next. So nobody waits for company, and the busier it is the larger the groups are.
type group[T any] struct {
	items   chan grouped[T]
	stop    context.CancelFunc
	stopped chan struct{}
}

type grouped[T any] struct {
	item T
	done chan error // has room
}

// newGroup starts a group that calls all with up to most items, one call at a time. Its context ends with close.
func newGroup[T any](ctx context.Context, most int, all func(ctx context.Context, items []T) error) *group[T] {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // the last ones come after ctx has ended
	g := &group[T]{items: make(chan grouped[T]), stop: stop, stopped: make(chan struct{})}
	go func() {
		defer close(g.stopped)
		for g.next(ctx, most, all) {
		}
	}()
	return g
}

// next waits for somebody to come, and does all those who are there.
func (g *group[T]) next(ctx context.Context, most int, all func(ctx context.Context, items []T) error) bool {
	var first grouped[T]
	select {
	case first = <-g.items:
	case <-ctx.Done():
		return false
	}
	waiting, items := []chan error{first.done}, []T{first.item}
	runtime.Gosched() // who was waked together with the first comes now
	for more := true; more && len(items) < most; {
		select {
		case next := <-g.items:
			waiting, items = append(waiting, next.done), append(items, next.item)
		default:
			more = false
		}
	}
	err := all(ctx, items)
	for _, done := range waiting {
		done <- err
	}
	return true
}

// do returns when item is done, or with ctx's cause. It may then be done nevertheless.
func (g *group[T]) do(ctx context.Context, item T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	mine := grouped[T]{item, make(chan error, 1)}
	select {
	case g.items <- mine:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-mine.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close waits for the call that is under way. Nobody may call do any more.
func (g *group[T]) close() {
	g.stop()
	<-g.stopped
}
