//wrong: the end of ctx wakes the waiters without the lock held: between the look and the wait the wake-up is lost
//want:  Send this wake-up with the lock held
//kind:  lost cancellation

// Package exercise is yours: write KeyedLock.
package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	once sync.Once
	mu   sync.Mutex
	cond *sync.Cond
	next int
	line map[string][]int // the first one holds the lock
}

func (k *KeyedLock) setUp() {
	k.cond = sync.NewCond(&k.mu)
	k.line = map[string][]int{}
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (func(), error) {
	k.once.Do(k.setUp)
	k.mu.Lock()
	defer k.mu.Unlock()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	mine := k.next
	k.next++
	k.line[key] = append(k.line[key], mine)
	if k.line[key][0] != mine {
		stop := context.AfterFunc(ctx, func() {
			k.cond.Broadcast()
		})
		for k.line[key][0] != mine && ctx.Err() == nil {
			k.cond.Wait()
		}
		stop()
	}
	if ctx.Err() != nil {
		k.dropLocked(key, mine)
		return nil, context.Cause(ctx)
	}
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.dropLocked(key, mine)
	}, nil
}

func (k *KeyedLock) dropLocked(key string, ticket int) {
	i := slices.Index(k.line[key], ticket)
	if i < 0 {
		return
	}
	k.line[key] = slices.Delete(k.line[key], i, i+1)
	if len(k.line[key]) == 0 {
		delete(k.line, key)
	}
	k.cond.Broadcast()
}

func (k *KeyedLock) Len() int {
	k.once.Do(k.setUp)
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.line)
}
