//right: all state in a channel of one, a list of waiters for each key, and a sync.Once for unlock

package exercise

import (
	"container/list"
	"context"
	"sync"
)

// A KeyedLock keeps the queue of each key that is in use: first the holder, then the callers that wait.
type KeyedLock struct {
	init  sync.Once
	state chan map[string]*list.List // what is in the channel belongs to the goroutine that took it
}

func (k *KeyedLock) with(fn func(queues map[string]*list.List)) {
	k.init.Do(func() {
		k.state = make(chan map[string]*list.List, 1)
		k.state <- make(map[string]*list.List)
	})
	queues := <-k.state
	fn(queues)
	k.state <- queues
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	turn := make(chan struct{})
	var place *list.Element
	k.with(func(queues map[string]*list.List) {
		if queues[key] == nil {
			queues[key] = list.New()
			close(turn)
		}
		place = queues[key].PushBack(turn)
	})
	leave := func() {
		k.with(func(queues map[string]*list.List) {
			queue := queues[key]
			held := queue.Front() == place
			queue.Remove(place)
			if queue.Len() == 0 {
				delete(queues, key)
			} else if held {
				close(queue.Front().Value.(chan struct{}))
			}
		})
	}
	select {
	case <-turn:
		var once sync.Once
		return func() { once.Do(leave) }, nil
	case <-ctx.Done():
		leave()
		return nil, context.Cause(ctx)
	}
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() (n int) {
	k.with(func(queues map[string]*list.List) { n = len(queues) })
	return n
}
