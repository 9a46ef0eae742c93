//want:two callers hold the lock of key a at the same time

// Package exercise is yours to mend: there are three bugs in KeyedLock.
package exercise

import (
	"context"
	"sync"
)

// A KeyedLock is a lock for each key: for each account, file or user. The zero
// value is ready to use, and many goroutines may use it at once.
type KeyedLock struct {
	mu   sync.Mutex // guards keys and every entry's users; never held across a wait
	keys map[string]*entry
}

// An entry is the lock of one key.
type entry struct {
	lock  chan struct{} // full while a caller holds it
	users int
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
//
//   - At any time one caller at most holds the lock of a key. Callers that want the
//     same key get it first come, first served. A caller that comes later never gets
//     in between, not even the one that has just unlocked.
//   - Callers that want different keys do not wait for each other, however many
//     keys there are. Any string is a key, also the empty one.
//   - unlock gives the lock to the caller that has waited longest for the key. It
//     may be called from any goroutine, and from several at once. All calls but
//     the first do nothing, also when another caller holds the lock by then.
//   - When ctx ends first, Lock returns context.Cause(ctx) at once, and unlock is
//     nil. The caller has left the queue: the callers behind it move up. When ctx
//     ends at the instant at which the lock becomes free, Lock may return
//     either; the lock is never lost.
//   - On a ctx that has already ended, Lock returns its cause, also when the lock
//     is free. The end of ctx while the caller holds the lock changes nothing.
//   - Lock leaves nothing behind: when it has returned, no goroutine or context of its own
//     is left, also while ctx is still alive.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	e := k.entry(key)
	select {
	case e.lock <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	e.users++
	k.mu.Unlock()

	return func() {
		<-e.lock
		k.mu.Lock()
		defer k.mu.Unlock()
		if e.users--; e.users == 0 {
			delete(k.keys, key)
		}
	}, nil
}

func (k *KeyedLock) entry(key string) *entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.keys[key]
	if e == nil {
		if k.keys == nil {
			k.keys = make(map[string]*entry)
		}
		e = &entry{lock: make(chan struct{}, 1)}
		k.keys[key] = e
	}
	return e
}

// Len is the number of keys that are kept: those whose lock a caller holds or
// waits for. Every other key is forgotten, so that a KeyedLock does not grow
// with the number of keys that were ever used.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
