//wrong: derives a context and ends it when the caller unlocks
//want:  leak: Lock has returned and its caller holds the lock
//kind:  leak

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

type turn struct{ come chan struct{} }

func (k *KeyedLock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // ended
	}
	waiting, cancel := context.WithCancel(ctx)
	me := &turn{come: make(chan struct{})}
	k.join(key, me)
	select {
	case <-me.come:
		return sync.OnceFunc(func() {
			cancel()
			k.leave(key, me)
		}), nil
	case <-waiting.Done():
		cancel()
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
