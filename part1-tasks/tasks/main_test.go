package tasks_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var (
	errBoom    = errors.New("boom")
	errCleanUp = errors.New("clean-up failed")
	errStop    = errors.New("the user went away")
)

// after works for d and then returns value and err; cancelled before, it returns ctx.Err() at once.
func after[T any](d time.Duration, value T, err error) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return value, err
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
	}
}

// stubborn works for d whatever its context says, and then returns value and err.
func stubborn[T any](d time.Duration, value T, err error) func(context.Context) (T, error) {
	return func(context.Context) (T, error) {
		time.Sleep(d)
		return value, err
	}
}

// child makes a function for a Group of one for a Task.
func child[T any](fn func(context.Context) (T, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := fn(ctx)
		return err
	}
}
