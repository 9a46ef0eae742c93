//wrong: a sync.Map of locks, which grows with every key that is ever used
//want:  it is kept and the others are forgotten: Len is 2, not 1
//kind:  leak

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	locks sync.Map // of *locks.Lock, by key
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	known, _ := k.locks.LoadOrStore(key, new(locks.Lock))
	lock := known.(*locks.Lock)
	if err := lock.Acquire(ctx); err != nil {
		return nil, err
	}
	return sync.OnceFunc(lock.Release), nil
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	n := 0
	k.locks.Range(func(any, any) bool {
		n++
		return true
	})
	return n
}
