//wrong: a call whose ctx ends stays in the line of those that wait, and the next wake-up goes to it
//want:  the wake-up went to the one that gave up
//kind:  work lost

// Package exercise is an answer.
package exercise

import (
	"context"
	"sync"
)

// A Buffer is a bounded queue.
type Buffer[T any] struct {
	mu    sync.Mutex // guards the below
	items []T
	size  int
	puts  []chan struct{} // a channel for each Put that waits
	gets  []chan struct{}
}

// New returns an empty Buffer.
func New[T any](size int) *Buffer[T] {
	return &Buffer[T]{size: size}
}

// Put adds an item.
func (b *Buffer[T]) Put(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ctx.Err() == nil && len(b.items) == b.size {
		b.waitLocked(ctx, &b.puts)
	}
	if ctx.Err() != nil {
		if len(b.items) < b.size {
			wakeLocked(&b.puts)
		}
		return context.Cause(ctx)
	}
	b.items = append(b.items, item)
	wakeLocked(&b.gets)
	return nil
}

// Get removes an item.
func (b *Buffer[T]) Get(ctx context.Context) (item T, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ctx.Err() == nil && len(b.items) == 0 {
		b.waitLocked(ctx, &b.gets)
	}
	if ctx.Err() != nil {
		if len(b.items) > 0 {
			wakeLocked(&b.gets)
		}
		return item, context.Cause(ctx)
	}
	item = b.items[0]
	b.items = b.items[1:]
	wakeLocked(&b.puts)
	return item, nil
}

// waitLocked puts a channel into the line and gives the lock back while it waits.
func (b *Buffer[T]) waitLocked(ctx context.Context, line *[]chan struct{}) {
	woken := make(chan struct{})
	*line = append(*line, woken)
	b.mu.Unlock()
	select {
	case <-woken:
	case <-ctx.Done():
	}
	b.mu.Lock()
}

func wakeLocked(line *[]chan struct{}) {
	if len(*line) > 0 {
		close((*line)[0])
		*line = (*line)[1:]
	}
}
