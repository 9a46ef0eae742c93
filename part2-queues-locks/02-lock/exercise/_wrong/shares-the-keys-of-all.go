//wrong: keeps the keys in a package variable: all KeyedLocks are one
//want:  a caller of another KeyedLock waits for it
//kind:  contract

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
}

var (
	mu   sync.Mutex
	keys map[string]*entry
)

// An entry is the lock of one key.
type entry struct {
	lock  locks.Lock
	users int // callers that hold the lock or wait for it
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	e := k.enter(key)
	if err := e.lock.Acquire(ctx); err != nil {
		k.leave(key, e)
		return nil, err
	}
	return sync.OnceFunc(func() {
		e.lock.Release()
		k.leave(key, e)
	}), nil
}

// Len is the number of keys whose lock a caller holds or waits for.
func (k *KeyedLock) Len() int {
	mu.Lock()
	defer mu.Unlock()
	return len(keys)
}

// enter counts a user of key before it begins to wait.
func (k *KeyedLock) enter(key string) *entry {
	mu.Lock()
	defer mu.Unlock()
	e := keys[key]
	if e == nil {
		if keys == nil {
			keys = make(map[string]*entry)
		}
		e = new(entry)
		keys[key] = e
	}
	e.users++
	return e
}

// leave forgets the key with its last user.
func (k *KeyedLock) leave(key string, e *entry) {
	mu.Lock()
	defer mu.Unlock()
	if e.users--; e.users == 0 {
		delete(keys, key)
	}
}
