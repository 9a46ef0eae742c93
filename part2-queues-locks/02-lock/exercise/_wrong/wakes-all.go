//wrong: unlock wakes all that wait, and they compete for the lock: a caller that comes later may get it first
//want:  but the caller that came later got it first
//kind:  order

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"sync"
)

type state struct {
	held  bool
	users int
	freed chan struct{}
}

// A KeyedLock is a lock for each key. The zero value is ready to use.
type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*state
}

// Lock waits until the caller holds the lock of key, or until ctx ends.
func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = make(map[string]*state)
	}
	s := k.keys[key]
	if s == nil {
		s = &state{freed: make(chan struct{})}
		k.keys[key] = s
	}
	s.users++
	for s.held {
		freed := s.freed
		k.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
		}
		k.mu.Lock()
		if ctx.Err() != nil {
			k.leave(key, s)
			return nil, context.Cause(ctx)
		}
	}
	s.held = true
	return sync.OnceFunc(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		s.held = false
		close(s.freed)
		s.freed = make(chan struct{})
		k.leave(key, s)
	}), nil
}

func (k *KeyedLock) leave(key string, s *state) {
	if s.users--; s.users == 0 {
		delete(k.keys, key)
	}
}

// Len is the number of keys that are kept.
func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
