//wrong: the keys share 4096 locks by their hash
//want:  different keys wait for each other
//kind:  sequential

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"hash/fnv"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	stripes [4096]locks.Lock
	mu      sync.Mutex // guards keys and every entry's users; never held across a wait
	keys    map[string]*entry
}

// An entry is the lock of one key.
type entry struct {
	lock  *locks.Lock
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
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}

// enter counts a user of key before it begins to wait.
func (k *KeyedLock) enter(key string) *entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.keys[key]
	if e == nil {
		if k.keys == nil {
			k.keys = make(map[string]*entry)
		}
		h := fnv.New32a()
		_, _ = h.Write([]byte(key))
		e = &entry{lock: &k.stripes[h.Sum32()%4096]}
		k.keys[key] = e
	}
	e.users++
	return e
}

// leave forgets the key with its last user.
func (k *KeyedLock) leave(key string, e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e.users--; e.users == 0 {
		delete(k.keys, key)
	}
}
