//right: no table: each call of first stands alone, and a WaitGroup waits for the sources that a wrong one leaves

// Package exercise is yours: write Check, a test. first.go, beside this file, is given.
package exercise

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Check tests first against the contract of First.
func Check(t T, first First) {
	t.Helper()
	errX, errY, errOver := errors.New("x"), errors.New("y"), errors.New("over")
	var all sync.WaitGroup
	var begun, running atomic.Int32
	call := func(limit time.Duration, a, b Source) (string, error, time.Duration) {
		watched := func(s Source) Source {
			return func(ctx context.Context) (string, error) {
				all.Add(1)
				defer all.Done()
				begun.Add(1)
				running.Add(1)
				defer running.Add(-1)
				return s(ctx)
			}
		}
		begun.Store(0)
		ctx, cancel := context.WithTimeoutCause(t.Context(), limit, errOver)
		start := time.Now()
		value, err := first(ctx, watched(a), watched(b))
		took := time.Since(start)
		if n := running.Load(); n != 0 {
			t.Errorf("sentence 5: First has returned, and %d sources run", n)
		}
		if n := begun.Load(); n != 2 {
			t.Errorf("sentence 1: the sources were called %d times, not once each", n)
		}
		cancel()
		all.Wait()
		return value, err, took
	}
	const day = 24 * time.Hour
	if v, err, took := call(day, After(time.Minute, "fast", nil), After(time.Hour, "slow", nil)); v != "fast" || err != nil || took > 2*time.Minute {
		t.Errorf("sentence 2: a answers after a minute: %q, %v after %v", v, err, took)
	}
	if v, err, took := call(day, After(time.Hour, "slow", nil), After(time.Minute, "fast", nil)); v != "fast" || err != nil || took > 2*time.Minute {
		t.Errorf("sentence 2: b answers after a minute: %q, %v after %v", v, err, took)
	}
	if v, err, _ := call(day, After(time.Minute, "", errX), After(time.Hour, "late", nil)); v != "late" || err != nil {
		t.Errorf("sentence 3: a fails, b answers: %q, %v", v, err)
	}
	if _, err, _ := call(day, After(time.Hour, "", errX), After(time.Minute, "", errY)); !errors.Is(err, errX) || !errors.Is(err, errY) {
		t.Errorf("sentence 3: both fail: %v", err)
	}
	if v, err, took := call(day, After(time.Hour, "slow", nil), After(time.Minute, "", nil)); v != "" || err != nil || took > 2*time.Minute {
		t.Errorf("sentence 2: b answers with an empty text: %q, %v after %v", v, err, took)
	}
	if v, err, _ := call(time.Minute+100*time.Millisecond, After(time.Hour, "slow", nil), After(time.Minute, "fast", nil)); v != "fast" || err != nil {
		t.Errorf("sentence 4: b has answered before ctx ends: %q, %v", v, err)
	}
	if _, err, _ := call(time.Hour, After(2*time.Hour, "late", nil), After(time.Minute, "", errY)); !errors.Is(err, errOver) {
		t.Errorf("sentence 4: b fails, then ctx ends: %v", err)
	}
	if _, err, took := call(time.Minute, After(time.Hour, "late", nil), After(time.Hour, "late", nil)); !errors.Is(err, errOver) || took < time.Minute || took > 2*time.Minute {
		t.Errorf("sentence 4: ctx ends after a minute: %v after %v", err, took)
	}
}
