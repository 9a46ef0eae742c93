//wrong: a goroutine waits for the lock and is never stopped: it takes the lock when the caller has given up
//want:  the lock of key a is lost
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
	e := k.enter(key)
	acquired := make(chan struct{})
	go func() {
		e.held <- struct{}{}
		close(acquired)
	}()
	select {
	case <-acquired:
	case <-ctx.Done():
		k.leave(key, e)
		return nil, context.Cause(ctx)
	}
	return sync.OnceFunc(func() {
		<-e.held
		k.leave(key, e)
	}), nil
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}

func (k *KeyedLock) enter(key string) *entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = make(map[string]*entry)
	}
	e := k.keys[key]
	if e == nil {
		e = &entry{held: make(chan struct{}, 1)}
		k.keys[key] = e
	}
	e.users++
	return e
}

func (k *KeyedLock) leave(key string, e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e.users--; e.users == 0 {
		delete(k.keys, key)
	}
}
