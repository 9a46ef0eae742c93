//wrong: Len counts the callers that hold or wait instead of the keys
//want:  at 0.7s one user holds the key: Len is 2, not 1
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
	keys map[string]*queue // a key is here while it is held
}

type queue struct {
	waiters []chan struct{}
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	if k.keys == nil {
		k.keys = make(map[string]*queue)
	}
	l := k.keys[key]
	if l == nil {
		k.keys[key] = &queue{}
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

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, l := range k.keys {
		n += 1 + len(l.waiters)
	}
	return n
}
