package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) {
	lesson.Golden(t, story, lesson.Claim(func(t *testing.T, said lesson.Transcript) {
		across := make(map[string]int)
		for _, line := range said {
			if line.At == 2*time.Second && line.Text == "is across" {
				across[line.Task]++
			}
		}
		assert.Equal(t, map[string]int{"car A": 1, "car B": 1, "car C": 1, "bus": 1}, across,
			"one Set and one NotifyAll release all that wait, each once")
	}))
}

// "Go further" says that the runtime reports a deadlock, but not in a program that listens for signals.
func TestASignalHandlerHidesADeadlockFromTheRuntime(t *testing.T) {
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program.exe")
	require.NoError(t, os.WriteFile(source, []byte(`package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	if len(os.Args) > 1 {
		signal.NotifyContext(context.Background(), os.Interrupt)
	}
	<-make(chan int)
}`), 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	run := func(limit time.Duration, args ...string) (output string, ended bool) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		out, _ := exec.CommandContext(ctx, program, args...).CombinedOutput()
		return string(out), ctx.Err() == nil
	}
	output, ended := run(20 * time.Second)
	assert.True(t, ended)
	assert.Contains(t, output, "all goroutines are asleep - deadlock!")
	output, ended = run(500*time.Millisecond, "listen")
	assert.False(t, ended, "a program that listens for signals does not end by itself")
	assert.Empty(t, output)
}

func TestAChannelIsClosedOnce(t *testing.T) {
	green := make(chan struct{})
	close(green)
	<-green
	<-green // and for each receive that comes later
	require.PanicsWithError(t, "close of closed channel", func() { close(green) })
}

func TestOnceFuncMayBeCalledAgain(t *testing.T) {
	green := make(chan struct{})
	turnGreen := sync.OnceFunc(func() { close(green) })
	turnGreen()
	require.NotPanics(t, turnGreen)
	<-green
}

// Without a lock; the race detector watches.
func TestWhatWasWrittenBeforeCloseIsSeenByTheWaiters(t *testing.T) {
	green := make(chan struct{})
	cars := 0
	go func() {
		cars++
		close(green)
	}()
	<-green
	assert.Equal(t, 1, cars)
}

func TestTheChannelOfDoneBelongsToItsRound(t *testing.T) {
	var light locks.Event
	first := light.Done()
	light.Set()
	light.Clear()
	second := light.Done()
	<-first
	select {
	case <-second:
		t.Error("the second round is over before it was set")
	default:
	}
}

func TestWaitOnAnEventThatIsSetSucceedsOnAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var light locks.Event
	require.ErrorIs(t, light.Wait(ctx), context.Canceled)
	light.Set()
	require.NoError(t, light.Wait(ctx))
}
