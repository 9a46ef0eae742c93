//wrong: it refuses a caller when 128 wait
//want:  any number may wait
//kind:  contract

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// A KeyedLock is a lock for each key.
type KeyedLock struct {
	mu   sync.Mutex
	keys map[string][]chan struct{} // the first holds the lock
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (func(), error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	me := make(chan struct{})
	k.mu.Lock()
	if len(k.keys[key]) > 128 {
		k.mu.Unlock()
		return nil, errors.New("too many wait for " + key)
	}
	if k.keys == nil {
		k.keys = map[string][]chan struct{}{}
	}
	if k.keys[key] = append(k.keys[key], me); len(k.keys[key]) == 1 {
		close(me)
	}
	k.mu.Unlock()
	select {
	case <-me:
		return func() { k.remove(key, me) }, nil
	case <-ctx.Done():
		k.remove(key, me)
		return nil, context.Cause(ctx)
	}
}

func (k *KeyedLock) remove(key string, me chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	q := k.keys[key]
	for i, c := range q {
		if c != me {
			continue
		}
		q = append(q[:i:i], q[i+1:]...)
		if len(q) == 0 {
			delete(k.keys, key)
			return
		}
		k.keys[key] = q
		if i == 0 {
			close(q[0])
		}
		return
	}
}

// Len is the number of keys whose lock a caller holds or waits for.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
