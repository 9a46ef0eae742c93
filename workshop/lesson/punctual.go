package lesson

import (
	"context"
	"testing"
	"time"
)

// EndsAt returns a context that ends d from now, with cause, and that says so from
// that very instant on, by Err, Done and context.Cause. Of two timers of one instant either may fire first,
// so a context.WithTimeout may still look alive when another timer of the same
// instant has fired. This one makes a tie that is the same on each run: a caller
// that looks at ctx after its own timer has fired sees that it has ended; a caller
// that trusts select overlooks it.
func EndsAt(tb testing.TB, ctx context.Context, d time.Duration, cause error) context.Context { //nolint:revive // the test first, as in all helpers of tests
	tb.Helper()
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d, func() { cancel(cause) })
	tb.Cleanup(func() {
		timer.Stop()
		cancel(nil)
	})
	return punctual{ctx, func() { cancel(cause) }, time.Now().Add(d)}
}

type punctual struct {
	context.Context //nolint:containedctx // it is one

	end func()
	at  time.Time
}

func (p punctual) Err() error {
	p.look()
	return p.Context.Err()
}

func (p punctual) Done() <-chan struct{} {
	p.look()
	return p.Context.Done()
}

// Value is what context.Cause asks.
func (p punctual) Value(key any) any {
	p.look()
	return p.Context.Value(key)
}

func (p punctual) look() {
	if !time.Now().Before(p.at) {
		p.end()
	}
}
