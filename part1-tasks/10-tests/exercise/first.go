package exercise

import (
	"context"
	"time"
)

// This file is given: leave it as it is.

// A Source is asked for a value. When its ctx ends, it cleans up and returns an error.
type Source func(ctx context.Context) (string, error)

// A First is a function that asks two sources and returns the first value. Its contract:
//
//  1. Both sources are called at once, each one time, each in a goroutine that is not the other's.
//  2. When a source returns a value, the ctx of the other source ends at that instant. First waits until the other source has returned, too,
//     and returns the value.
//  3. A source that fails ends nothing: First waits for the other one. If both fail, errors.Is finds both errors in what First returns.
//  4. When ctx ends before there is a value, the ctx of both sources ends at that instant. First waits until both have returned. If there is no value
//     then, errors.Is finds context.Cause(ctx) in what First returns.
//  5. When First has returned, no source runs.
type First func(ctx context.Context, a, b Source) (string, error)

// T is what Check needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Context() context.Context
}

// After is a Source for your test: it returns value and err after takes. If its ctx ends first, it cleans up for half a second and returns the cause.
func After(takes time.Duration, value string, err error) Source {
	return func(ctx context.Context) (string, error) {
		select {
		case <-time.After(takes):
			return value, err
		case <-ctx.Done():
			time.Sleep(500 * time.Millisecond)
			return "", context.Cause(ctx)
		}
	}
}
