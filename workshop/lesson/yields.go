package lesson

import (
	"context"
	"runtime"
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
