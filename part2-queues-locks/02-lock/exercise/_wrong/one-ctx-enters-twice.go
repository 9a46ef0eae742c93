//wrong: lets a caller with the ctx of the holder in, as a reentrant lock does
//want:  two callers hold the lock of one key at the same time
//kind:  contract

package exercise

import (
	"context"
	"slices"
	"sync"
)

type KeyedLock struct {
	mu    sync.Mutex         // guards lines
	lines map[string][]*turn // the first one holds the lock
}

type turn struct {
	come chan struct{}
	ctx  context.Context
	more int
}

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // ended
	}
	k.mu.Lock()
	if line := k.lines[key]; len(line) > 0 && line[0].ctx == ctx {
		line[0].more++
		holder := line[0]
		k.mu.Unlock()
		return sync.OnceFunc(func() { k.leave(key, holder) }), nil
	}
	k.mu.Unlock()
	me := &turn{come: make(chan struct{}), ctx: ctx}
	k.join(key, me)
	select {
	case <-me.come:
		return sync.OnceFunc(func() { k.leave(key, me) }), nil
	case <-ctx.Done():
		k.leave(key, me)
		return nil, context.Cause(ctx) // left
	}
}

func (k *KeyedLock) join(key string, me *turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lines == nil {
		k.lines = map[string][]*turn{}
	}
	k.lines[key] = append(k.lines[key], me)
	if len(k.lines[key]) == 1 {
		close(me.come)
	}
}

func (k *KeyedLock) leave(key string, me *turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	line := k.lines[key]
	at := slices.Index(line, me)
	if me.more > 0 {
		me.more--
		return
	}
	line = slices.Delete(line, at, at+1)
	if len(line) == 0 {
		delete(k.lines, key)
		return
	}
	k.lines[key] = line
	if at == 0 {
		close(line[0].come)
	}
}

func (k *KeyedLock) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.lines)
}
