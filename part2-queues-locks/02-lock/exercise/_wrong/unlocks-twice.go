//wrong: each call of unlock hands the lock on, also the second one, when another caller holds it
//want:  two callers hold the lock of key a at the same time, at 0s
//kind:  contract

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"slices"
	"sync"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*line // a key is here while it is held
}

type line struct {
	waiters []chan struct{}
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
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
	l.waiters = append(l.waiters, turn)
	k.mu.Unlock()
	select {
	case <-turn:
		return k.unlocker(key), nil
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.Index(l.waiters, turn); i >= 0 {
		l.waiters = slices.Delete(l.waiters, i, i+1)
	} else {
		k.next(key)
	}
	return nil, context.Cause(ctx)
}

// next hands the lock on; k.mu is held.
func (k *KeyedLock) next(key string) {
	l := k.keys[key]
	if l == nil {
		return
	}
	if len(l.waiters) == 0 {
		delete(k.keys, key)
		return
	}
	close(l.waiters[0])
	l.waiters = l.waiters[1:]
}

func (k *KeyedLock) unlocker(key string) func() {
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.next(key)
	}
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
