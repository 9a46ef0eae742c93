//wrong: looks for the error of a when both fail, and never for that of b
//want:  one that keeps only the error of the first source
//kind:  error lost

// Package exercise is yours: write Check, a test. first.go, beside this file, is given.
package exercise

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

var errA, errB, errStopped = errors.New("a fails"), errors.New("b fails"), errors.New("the service stops")

// Check tests first against the contract of First.
func Check(t T, first First) {
	t.Helper()
	const second = time.Second
	for _, c := range []struct {
		name  string
		a, b  Source
		stop  time.Duration // when ctx ends
		value string
		errs  []error
		took  time.Duration
	}{
		{"a is faster", After(1*second, "a", nil), After(3*second, "b", nil), time.Hour, "a", nil, 1500 * time.Millisecond},
		{"b is faster", After(3*second, "a", nil), After(1*second, "b", nil), time.Hour, "b", nil, 1500 * time.Millisecond},
		{"a fails, then b answers", After(1*second, "", errA), After(2*second, "b", nil), time.Hour, "b", nil, 2 * second},
		{"b fails, then a answers", After(2*second, "a", nil), After(1*second, "", errB), time.Hour, "a", nil, 2 * second},
		{"both fail, a first", After(1*second, "", errA), After(2*second, "", errB), time.Hour, "", []error{errA}, 2 * second},
		{"both fail, b first", After(2*second, "", errA), After(1*second, "", errB), time.Hour, "", []error{errA}, 2 * second},
		{"ctx ends", After(3*second, "a", nil), After(3*second, "b", nil), 1 * second, "", []error{errStopped}, 1500 * time.Millisecond},
	} {
		var running, calls atomic.Int32
		counted := func(s Source) Source {
			return func(ctx context.Context) (string, error) {
				calls.Add(1)
				running.Add(1)
				defer running.Add(-1)
				return s(ctx)
			}
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), c.stop, errStopped)
		start := time.Now()
		value, err := first(ctx, counted(c.a), counted(c.b))
		took, left := time.Since(start), running.Load()
		cancel()

		if left > 0 {
			t.Errorf("%s: First has returned, and %d source still runs", c.name, left)
		}
		if n := calls.Load(); n != 2 {
			t.Errorf("%s: %d calls of the two sources", c.name, n)
		}
		if took != c.took {
			t.Errorf("%s: First returned after %v, not after %v", c.name, took, c.took)
		}
		if len(c.errs) == 0 && (err != nil || value != c.value) {
			t.Errorf("%s: First returned %q and the error %v, not %q", c.name, value, err, c.value)
		}
		for _, want := range c.errs {
			if !errors.Is(err, want) {
				t.Errorf("%s: errors.Is does not find %q in what First returned: %v", c.name, want, err)
			}
		}
		time.Sleep(time.Minute) // until a source that was left behind has ended
	}
}
