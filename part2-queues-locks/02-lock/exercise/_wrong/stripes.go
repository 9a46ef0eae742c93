//wrong: sixteen locks for all keys, by their hash: different keys may wait for each other
//want:  different keys wait for each other
//kind:  sequential

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"hash/maphash"
	"sync"

	"golang.org/x/sync/semaphore"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	init  sync.Once
	seed  maphash.Seed
	locks [16]*semaphore.Weighted
	mu    sync.Mutex
	users map[string]int
}

func (k *KeyedLock) count(key string, by int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.users[key] += by; k.users[key] == 0 {
		delete(k.users, key)
	}
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	k.init.Do(func() {
		k.seed = maphash.MakeSeed()
		k.users = make(map[string]int)
		for i := range k.locks {
			k.locks[i] = semaphore.NewWeighted(1)
		}
	})
	l := k.locks[maphash.String(k.seed, key)%16]
	k.count(key, 1)
	if l.Acquire(ctx, 1) != nil {
		k.count(key, -1)
		return nil, context.Cause(ctx)
	}
	return sync.OnceFunc(func() {
		l.Release(1)
		k.count(key, -1)
	}), nil
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.users)
}
