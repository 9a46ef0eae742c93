package main

import (
	"context"
	"iter"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// count is a stream of numbers that notes when it is closed.
func count(closed *bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		*closed = false
		defer func() { *closed = true }()
		n := 0
		for yield(n) {
			n++
		}
	}
}

func TestAStreamIsClosedBeforeItsLoopIsOver(t *testing.T) {
	var closed bool
	for range count(&closed) {
		require.False(t, closed)
		break
	}
	require.True(t, closed, "after break")

	func() {
		for range count(&closed) {
			return
		}
	}()
	require.True(t, closed, "after return")

	require.Panics(t, func() {
		for range count(&closed) {
			panic("a bug in the body")
		}
	})
	assert.True(t, closed, "after a panic")
}

func TestAStreamThatYieldsAfterTheLoopHasEndedPanics(t *testing.T) {
	deaf := func(yield func(int) bool) {
		yield(1)
		yield(2)
	}
	require.PanicsWithError(t, "runtime error: range function continued iteration after function for loop body returned false", func() {
		for range deaf {
			break
		}
	})
}

func TestAStreamCanBeRangedOverAgain(t *testing.T) {
	stream := readings(ended(t), slog.New(slog.DiscardHandler), 17)
	for range 2 {
		calls := 0
		for range stream {
			calls++
		}
		assert.Equal(t, 1, calls)
	}
}

// ended is a context that has ended, so that a station measures nothing and yields the cause.
func ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestAPulledStreamStaysOpenUntilStop(t *testing.T) {
	var closed bool
	next, stop := iter.Pull(count(&closed))
	n, ok := next()
	require.True(t, ok)
	require.Zero(t, n)
	require.False(t, closed)
	stop()
	assert.True(t, closed)
}

func TestASenderWaitsWithoutEndWhenItsLoopHasStopped(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		values, gone := make(chan int), false
		go func() {
			defer func() { gone = true }()
			for n := 0; ; n++ {
				select {
				case values <- n:
				case <-ctx.Done():
					return
				}
			}
		}()
		for range values {
			break
		}
		synctest.Wait()
		require.False(t, gone, "break says nothing to the sender")
		cancel()
		synctest.Wait()
		assert.True(t, gone)
	})
}
