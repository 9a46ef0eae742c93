//wrong: unlock does nothing when the ctx of the holder has ended: the lock is never free again
//want:  its unlock no longer unlocks
//kind:  work lost

package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	mu   sync.Mutex
	keys map[string][]chan struct{} // the first one holds the lock
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // at once
	}
	turn := make(chan struct{})
	k.mu.Lock()
	if k.keys == nil {
		k.keys = make(map[string][]chan struct{})
	}
	k.keys[key] = append(k.keys[key], turn)
	if len(k.keys[key]) == 1 {
		close(turn)
	}
	k.mu.Unlock()
	select {
	case <-turn:
	case <-ctx.Done():
		k.leave(key, turn)
		return nil, context.Cause(ctx)
	}
	var once sync.Once
	return func() {
		if ctx.Err() == nil {
			once.Do(func() { k.leave(key, turn) })
		}
	}, nil
}

func (k *KeyedLock) leave(key string, turn chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.Index(k.keys[key], turn)
	q := slices.Delete(k.keys[key], i, i+1)
	if len(q) == 0 {
		delete(k.keys, key)
		return
	}
	k.keys[key] = q
	if i == 0 {
		close(q[0])
	}
}

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
