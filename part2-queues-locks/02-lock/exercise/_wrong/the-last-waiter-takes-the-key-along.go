//wrong: when the last caller that waits gives up, the key is forgotten, although another caller holds the lock
//want:  the only one that waited has given up: Len is 0, not 1
//kind:  contract

package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*line // a key is here while it is held
}

type line struct {
	waiters []chan struct{}
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	if k.keys == nil {
		k.keys = make(map[string]*line)
	}
	l := k.keys[key]
	if l == nil {
		k.keys[key] = &line{}
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
		if len(l.waiters) == 0 {
			delete(k.keys, key)
		}
	} else {
		k.next(key)
	}
	return nil, context.Cause(ctx)
}

// next hands the lock on; k.mu is held.
func (k *KeyedLock) next(key string) {
	l := k.keys[key]
	if l == nil {
		return
	}
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

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
