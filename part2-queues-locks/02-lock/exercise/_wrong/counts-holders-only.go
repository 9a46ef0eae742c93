//wrong: counts a caller when it has the lock, too late: the key is forgotten while another caller waits for it
//want:  two callers hold the lock of key a at the same time
//kind:  race

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*entry
}

type entry struct {
	lock  locks.Lock
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
	k.mu.Unlock()

	if err := e.lock.Acquire(ctx); err != nil {
		return nil, err
	}
	k.mu.Lock()
	e.users++
	k.mu.Unlock()

	return sync.OnceFunc(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(k.keys, key)
		}
		e.lock.Release()
	}), nil
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
