//wrong: has one lock and only counts the keys, so that all callers wait for each other
//want:  users of different keys do not wait for each other
//kind:  sequential

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	lock locks.Lock

	mu   sync.Mutex
	keys map[string]int
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	k.count(key, 1)
	if err := k.lock.Acquire(ctx); err != nil {
		k.count(key, -1)
		return nil, err
	}
	return sync.OnceFunc(func() {
		k.lock.Release()
		k.count(key, -1)
	}), nil
}

func (k *KeyedLock) count(key string, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = make(map[string]int)
	}
	if k.keys[key] += n; k.keys[key] == 0 {
		delete(k.keys, key)
	}
}

// Len is the number of keys whose lock a caller holds or waits for.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
