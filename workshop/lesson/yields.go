package lesson

import (
	"context"
	"runtime"
	"sync/atomic"
)

// Yields returns ctx, but lets other goroutines run each time it is asked by Err
// or Done. A caller that looks at its ctx between two steps that belong together
// is so met between them on each run, and not by luck.
func Yields(ctx context.Context) context.Context { return yielding{ctx} }

type yielding struct {
	context.Context //nolint:containedctx // it is one
}

func (y yielding) Err() error {
	runtime.Gosched()
	return y.Context.Err()
}

func (y yielding) Done() <-chan struct{} {
	runtime.Gosched()
	return y.Context.Done()
}

// EndsAtLook returns ctx, but calls end when Err is asked for the nth time, and
// lets what listens for the end run: after ctx was looked at, and before the
// caller sees what it found. A caller that looks at its ctx and then begins
// to wait is so met between the two. If seen is true, Err says already that ctx
// has ended.
func EndsAtLook(ctx context.Context, n int, seen bool, end func()) context.Context {
	return &looked{Context: ctx, end: end, n: int64(n), seen: seen}
}

type looked struct {
	context.Context //nolint:containedctx // it is one

	end   func()
	looks atomic.Int64
	n     int64
	seen  bool
}

func (l *looked) Err() error {
	err := l.Context.Err()
	if l.looks.Add(1) == l.n {
		l.end()
		for range 100 {
			runtime.Gosched()
		}
		if l.seen {
			err = l.Context.Err()
		}
	}
	return err
}
