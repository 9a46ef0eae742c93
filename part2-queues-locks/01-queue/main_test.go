package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// At Ctrl-C the waiter closes the channel, which ends the cooks.
func TestCtrlCClosesTheKitchen(t *testing.T) {
	errCtrlC := errors.New("Ctrl-C")
	for _, at := range []time.Duration{50 * time.Millisecond, 700 * time.Millisecond, 2500 * time.Millisecond} {
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), at, errCtrlC)
			defer cancel()
			start := time.Now()
			require.ErrorIs(t, story(ctx, slog.New(slog.DiscardHandler)), errCtrlC)
			assert.Equal(t, at, time.Since(start))
		})
	}
}

// Dive 2's program, with a queue that has a Join: it hangs in Go as well.
func TestASentinelThatIsNotMarkedDoneKeepsJoinWaiting(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		queue := queues.New[*int](0)
		consumed := make(chan int)
		go func() {
			n := 0
			for {
				item, err := queue.Get(ctx)
				if err != nil || item == nil {
					break
				}
				n++
				queue.TaskDone()
			}
			consumed <- n
		}()
		for n := range 3 {
			require.NoError(t, queue.Put(ctx, &n))
		}
		require.NoError(t, queue.Put(ctx, nil))
		assert.Equal(t, 3, <-consumed, "the consumer has returned")
		require.ErrorIs(t, queue.Join(ctx), context.DeadlineExceeded)
		queue.TaskDone() // for the nil
		require.NoError(t, queue.Join(t.Context()))
	})
}

// Chapter 5's program: main waits for the producer only, and returns when it has put the last item.
func TestAMainThatWaitsOnlyForTheProducerLosesItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		program, ends := context.WithCancel(t.Context())
		queue := make(chan int, 5)
		done := 0
		go func() {
			for range queue {
				_ = lesson.Pause(program, 250*time.Millisecond)
				if program.Err() != nil {
					return
				}
				done++
			}
		}()
		for n := range 5 {
			_ = lesson.Pause(program, 100*time.Millisecond)
			queue <- n
		}
		ends() // as the end of main ends a program
		synctest.Wait()
		assert.Equal(t, 1, done)
	})
}

func TestAClosedQueueRefusesWhereAChannelPanics(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		channel, queue := make(chan int, 1), queues.New[int](1)
		panicked, refused := make(chan any), make(chan error)
		channel <- 1
		require.NoError(t, queue.Put(t.Context(), 1))
		go func() {
			defer func() { panicked <- recover() }()
			channel <- 2
		}()
		go func() { refused <- queue.Put(t.Context(), 2) }()
		synctest.Wait() // both are full, both senders wait
		close(channel)
		queue.Close()
		assert.Equal(t, "send on closed channel", fmt.Sprint(<-panicked))
		require.ErrorIs(t, <-refused, queues.ErrClosed)

		assert.PanicsWithError(t, "close of closed channel", func() { close(channel) })
		assert.NotPanics(t, queue.Close)
	})
}

func TestSizeZeroIsNoRoomForAChannelAndNoLimitForAQueue(t *testing.T) {
	select {
	case make(chan int) <- 1:
		t.Error("a channel of size 0 took an item, and no goroutine received it")
	default:
	}
	queue := queues.New[int](0)
	for n := range 1000 {
		require.NoError(t, queue.TryPut(n))
	}
}
