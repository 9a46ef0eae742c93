// Package trial is an exercise that only the tests of package exam use: its answers
// stand in a folder of their own, as a learner's do.
package trial

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

var (
	errFailed = errors.New("f failed")
	errEnded  = errors.New("the client left")
)

type answer func(ctx context.Context, n int, f func(context.Context) error) error

func right(ctx context.Context, n int, f func(context.Context) error) error {
	for range n {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := f(ctx); err != nil {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	return nil
}

// underWay is how many calls are.
var underWay atomic.Int32

// answers are wrong ones, each with what the exam must say to it.
var answers = map[string]struct {
	do   answer
	want string
}{
	"once more": {
		func(ctx context.Context, n int, f func(context.Context) error) error { return right(ctx, n+1, f) },
		`at 0s f is called with a ctx that is alive; that should not happen\n\s+scenario: 0 calls`,
	},
	"loses the error": {func(ctx context.Context, n int, f func(context.Context) error) error {
		return right(ctx, n, func(ctx context.Context) error { _ = f(ctx); return nil })
	}, `at 0s this should happen, and does not: repeat returns the error of f\n\s+scenario: [12] calls, call 0 fails, ctx does not end`},
	"another ctx": {func(ctx context.Context, n int, f func(context.Context) error) error {
		return right(ctx, n, func(context.Context) error { return f(context.Background()) })
	}, `at 0s f is called with a ctx that is alive, without the caller's values; it should be: is called with a ctx that is alive\n`},
	"ctx.Err": {func(ctx context.Context, n int, f func(context.Context) error) error {
		err := right(ctx, n, f)
		if errors.Is(err, errEnded) {
			return ctx.Err()
		}
		return err
	}, `returns another error; it should be: returns the cause\n\s+scenario: \d calls`},
	"leaves a watcher": {func(ctx context.Context, n int, f func(context.Context) error) error {
		go func() { <-ctx.Done() }()
		return right(ctx, n, f)
	}, `leak: all calls have returned, ctx is still alive, and a goroutine is left behind:\n\s+init.func\S* \(answers.go:\d+\): waits to receive from a channel\n\s+scenario: 0 calls`},
	"never cancels": {func(ctx context.Context, n int, f func(context.Context) error) error {
		return right(ctx, n, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			_ = cancel // the fault
			return f(ctx)
		})
	}, `leak: all calls have returned, ctx is still alive, and something derived from it is not canceled; it stays in memory until ctx ends:\n\s+init.func\S* \(answers.go:\d+\): context.WithTimeout, whose cancel was not called\n\s+scenario: \d calls`},
	"forgets AfterFunc": {func(ctx context.Context, n int, f func(context.Context) error) error {
		context.AfterFunc(ctx, func() {})
		return right(ctx, n, f)
	}, `leak: all calls have returned, ctx is still alive, and something derived from it is not canceled; it stays in memory until ctx ends:\n\s+init.func\S* \(answers.go:\d+\): context.AfterFunc, whose stop was not called\n\s+scenario: 0 calls`},
	"one at a time": {func(ctx context.Context, n int, f func(context.Context) error) error {
		defer underWay.Add(-1)
		if underWay.Add(1) > 1 {
			return nil
		}
		return right(ctx, n, f)
	}, `alone this goes well; with the same beside it, the two share something, such as a variable of the package: at \d+s this should happen[^\n]+\n\s+scenario: \d calls[^\n]+; the same begins beside it 0.5ms later`},
	"puts a call off": {func(ctx context.Context, n int, f func(context.Context) error) error {
		if n == 2 {
			time.AfterFunc(10*time.Second, func() { _ = f(ctx) })
		}
		return right(ctx, n, f)
	}, `at 10s f is called with a ctx that is alive; that should not happen\n\s+scenario: 2 calls`},
	"deadlocks": {func(ctx context.Context, n int, f func(context.Context) error) error {
		if n == 3 {
			select {}
		}
		return right(ctx, n, f)
	}, `deadlock: [^\n]+\n\s+init.func\S* \(answers.go:\d+\): waits in a select without cases[^\n]*\n\s+scenario: 3 calls`},
	"panics": {func(ctx context.Context, n int, f func(context.Context) error) error {
		if n == 2 {
			panic("on purpose")
		}
		return right(ctx, n, f)
	}, `panic: on purpose\n[^\n]+\n\s+scenario: 2 calls`},
}
