//wrong: a caller that gives up is never counted out, so that the key is kept without end: a leak
//want:  one caller gave up, all others have unlocked, and still the key is kept
//kind:  leak

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
	held  chan struct{} // full while a caller holds the lock
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
		e = &entry{held: make(chan struct{}, 1)}
		k.keys[key] = e
	}
	e.users++
	k.mu.Unlock()

	select {
	case e.held <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return sync.OnceFunc(func() {
		<-e.held
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
