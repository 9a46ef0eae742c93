//right: a function for each sentence of the contract; a source notes when its ctx ended and when it returned

// Package exercise is yours: write Check, a test. first.go, beside this file, is given.
package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errOne, errTwo, errEnd = errors.New("one"), errors.New("two"), errors.New("closing time")

// A spy is a source that notes what happens to it.
type spy struct {
	takes time.Duration
	value string
	err   error

	mu              sync.Mutex
	calls, returned int
	told            time.Duration // when its ctx ended, from the start
}

func (s *spy) source(start time.Time) Source {
	return func(ctx context.Context) (string, error) {
		s.mu.Lock()
		s.calls++
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.returned++
		}()
		select {
		case <-time.After(s.takes):
			return s.value, s.err
		case <-ctx.Done():
			s.mu.Lock()
			s.told = time.Since(start)
			s.mu.Unlock()
			time.Sleep(time.Second)
			return "", context.Cause(ctx)
		}
	}
}

// play calls first and checks what holds for each call.
func play(t T, first First, a, b *spy, limit time.Duration) (value string, err error, took time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), limit, errEnd)
	defer cancel()
	start := time.Now()
	value, err = first(ctx, a.source(start), b.source(start))
	took = time.Since(start)
	for _, s := range []*spy{a, b} {
		s.mu.Lock()
		if s.calls != 1 || s.returned != 1 {
			t.Errorf("First has returned: a source was called %d times and has returned %d times", s.calls, s.returned)
		}
		s.mu.Unlock()
	}
	time.Sleep(time.Hour)
	return value, err, took
}

// Check tests first against the contract of First.
func Check(t T, first First) {
	t.Helper()
	theSlowerIsCancelled(t, first, &spy{takes: 2 * time.Second, value: "quick"}, &spy{takes: 5 * time.Second, value: "slow"}, false)
	theSlowerIsCancelled(t, first, &spy{takes: 5 * time.Second, value: "slow"}, &spy{takes: 2 * time.Second, value: "quick"}, true)

	for _, swap := range []bool{false, true} {
		a, b := &spy{takes: time.Second, err: errOne}, &spy{takes: 2 * time.Second, value: "late"}
		if swap {
			a, b = b, a
		}
		if value, err, took := play(t, first, a, b, time.Hour); value != "late" || err != nil || took != 2*time.Second {
			t.Errorf("a source fails at 1s, the other one answers at 2s: First returned %q and %v after %v", value, err, took)
		}
	}
	if _, err, _ := play(t, first, &spy{takes: time.Second, err: errOne}, &spy{takes: 2 * time.Second, err: errTwo}, time.Hour); !errors.Is(err, errOne) || !errors.Is(err, errTwo) {
		t.Errorf("both sources fail: First returned %v, which is not both errors", err)
	}
	if value, err, took := play(t, first, &spy{takes: time.Second}, &spy{takes: time.Minute, value: "late"}, time.Hour); value != "" || err != nil || took != 2*time.Second {
		t.Errorf("a source answers at 1s with an empty value: First returned %q and %v after %v", value, err, took)
	}
	if value, err, _ := play(t, first, &spy{takes: time.Second, value: "in time"}, &spy{takes: time.Minute}, 1500*time.Millisecond); value != "in time" || err != nil {
		t.Errorf("a source answers at 1s, ctx ends at 1.5s, while the other one cleans up: First returned %q and %v", value, err)
	}
	if _, err, _ := play(t, first, &spy{takes: time.Second, err: errOne}, &spy{takes: time.Minute}, 2*time.Second); !errors.Is(err, errEnd) {
		t.Errorf("a source fails at 1s, ctx ends at 2s: First returned %v", err)
	}
	if _, err, took := play(t, first, &spy{takes: time.Minute}, &spy{takes: time.Minute}, 2*time.Second); !errors.Is(err, errEnd) || took != 3*time.Second {
		t.Errorf("ctx ends at 2s: First returned %v after %v", err, took)
	}
}

func theSlowerIsCancelled(t T, first First, a, b *spy, swapped bool) {
	t.Helper()
	value, err, took := play(t, first, a, b, time.Hour)
	slow := b
	if swapped {
		slow = a
	}
	if value != "quick" || err != nil || took != 3*time.Second {
		t.Errorf("a source answers at 2s, the other needs a second to clean up: First returned %q and %v after %v", value, err, took)
	}
	slow.mu.Lock()
	told := slow.told
	slow.mu.Unlock()
	if told != 2*time.Second {
		t.Errorf("a source answers at 2s, and the ctx of the other one ended at %v (0s: never)", told)
	}
}
