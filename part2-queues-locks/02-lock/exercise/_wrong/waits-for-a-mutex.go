//wrong: a sync.Mutex for each key, which is held across a wait, and whose Lock takes no ctx
//want:  waits for a sync.Mutex
//kind:  lost cancellation

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*entry
}

type entry struct {
	sync.Mutex
	users int
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	if k.keys == nil {
		k.keys = make(map[string]*entry)
	}
	e := k.keys[key]
	if e == nil {
		e = new(entry)
		k.keys[key] = e
	}
	e.users++
	k.mu.Unlock()

	e.Lock()
	return sync.OnceFunc(func() {
		e.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(k.keys, key)
		}
	}), nil
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
