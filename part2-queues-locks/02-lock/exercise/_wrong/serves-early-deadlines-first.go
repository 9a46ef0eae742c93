//wrong: a caller whose ctx has an earlier deadline gets the lock before callers that came earlier
//want:  first come, first served, whatever the deadlines
//kind:  order

package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	mu   sync.Mutex
	keys map[string]*entry // of the keys that are held
}

type entry struct {
	queue []*waiter
}

type waiter struct {
	turn chan struct{}
	ctx  context.Context
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	k.mu.Lock()
	e := k.keys[key]
	if e == nil {
		if k.keys == nil {
			k.keys = make(map[string]*entry)
		}
		k.keys[key] = &entry{}
		k.mu.Unlock()
		return k.unlock(key), nil
	}
	w := &waiter{make(chan struct{}), ctx}
	e.queue = append(e.queue, w)
	slices.SortStableFunc(e.queue, func(a, b *waiter) int {
		x, okX := a.ctx.Deadline()
		y, okY := b.ctx.Deadline()
		switch {
		case okX && okY:
			return x.Compare(y)
		case okX:
			return -1
		case okY:
			return 1
		}
		return 0
	})
	k.mu.Unlock()
	select {
	case <-w.turn:
		return k.unlock(key), nil
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.Index(e.queue, w); i >= 0 {
		e.queue = slices.Delete(e.queue, i, i+1)
		return nil, context.Cause(ctx)
	}
	k.next(key)
	return nil, context.Cause(ctx)
}

func (k *KeyedLock) unlock(key string) func() {
	var once sync.Once
	return func() {
		once.Do(func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.next(key)
		})
	}
}

// next needs k.mu held.
func (k *KeyedLock) next(key string) {
	e := k.keys[key]
	if len(e.queue) == 0 {
		delete(k.keys, key)
		return
	}
	close(e.queue[0].turn)
	e.queue = e.queue[1:]
}

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.keys)
}
