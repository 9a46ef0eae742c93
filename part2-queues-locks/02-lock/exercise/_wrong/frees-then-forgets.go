//wrong: unlock looks whether a caller waits, and forgets the key in a second critical section: a caller that comes in between waits without end
//want:  it came between the look
//kind:  race

package exercise

import (
	"context"
	"runtime"
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
	} else {
		k.next(key)
	}
	return nil, context.Cause(ctx)
}

// next hands the lock on; k.mu is held.
func (k *KeyedLock) next(key string) {
	l := k.keys[key]
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
			alone := len(k.keys[key].waiters) == 0
			k.mu.Unlock()
			runtime.Gosched() // tells a log, say
			k.mu.Lock()
			defer k.mu.Unlock()
			if alone {
				delete(k.keys, key)
				return
			}
			k.next(key)
		})
	}
}

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
