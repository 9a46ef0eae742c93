//wrong: a caller that gives up leaves from the place in the queue that it had when it came: once the queue has moved up, another caller leaves instead
//want:  It has to leave from the place that it has then
//kind:  work lost

package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*line // a key is here while it is held
}

type line struct {
	waiters []chan struct{}
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	if k.keys == nil {
		k.keys = make(map[string]*line)
	}
	l := k.keys[key]
	if l == nil {
		k.keys[key] = &line{}
		k.mu.Unlock()
		return k.unlocker(key), nil
	}
	turn := make(chan struct{})
	place := len(l.waiters)
	l.waiters = append(l.waiters, turn)
	k.mu.Unlock()
	select {
	case <-turn:
		return k.unlocker(key), nil
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-turn: // it came as ctx ended
		k.next(key)
	default:
		if place = min(place, len(l.waiters)-1); place >= 0 {
			l.waiters = slices.Delete(l.waiters, place, place+1)
		}
	}
	return nil, context.Cause(ctx)
}

// next hands the lock on; k.mu is held.
func (k *KeyedLock) next(key string) {
	l := k.keys[key]
	if len(l.waiters) == 0 {
		delete(k.keys, key)
		return
	}
	close(l.waiters[0])
	l.waiters = l.waiters[1:]
}

func (k *KeyedLock) unlocker(key string) func() {
	var once sync.Once
	return func() {
		once.Do(func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.next(key)
		})
	}
}

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
