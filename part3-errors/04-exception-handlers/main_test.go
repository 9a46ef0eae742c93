package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) {
	if os.Getenv("LESSON_PROGRAM") == "timer" {
		timer()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// timer is a program whose timer has a bug, and whose main has a recover.
func timer() {
	defer fmt.Println("main cleans up")
	defer func() { _ = recover() }()
	time.AfterFunc(10*time.Millisecond, func() { panic("index out of range") })
	time.Sleep(10 * time.Second)
	fmt.Println("main goes on")
}

// The page says that a timer's panic, which asyncio's loop hands to its handler, ends a Go program, and that no recover elsewhere helps.
func TestAPanicInATimerEndsTheProgram(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), "LESSON_PROGRAM=timer")
	output, _ := child.CombinedOutput() // its status says it
	assert.Contains(t, string(output), "panic: index out of range\n")
	assert.NotContains(t, string(output), "main goes on")
	assert.NotContains(t, string(output), "main cleans up")
	assert.Equal(t, 2, child.ProcessState.ExitCode())
}

// The page says that the error of feed C is lost.
func TestAnErrgroupKeepsTheFirstErrorOnly(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errB, errC := errors.New("feed B"), errors.New("feed C")
		var both errgroup.Group
		both.Go(func() error { time.Sleep(400 * time.Millisecond); return errB })
		both.Go(func() error { time.Sleep(600 * time.Millisecond); return errC })
		assert.Equal(t, errB, both.Wait())
	})
}

// The page says that the handler of a supervisor is called for each failure at its instant, and not for a cancellation, but for a clean-up that failed.
func TestACancellationIsNoFailureButAFailedCleanUpIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var heard []string
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
			heard = append(heard, fmt.Sprint(time.Since(start), " ", f.Task))
		}))
		_ = s.Go("fails", func(context.Context) error { time.Sleep(time.Second); return errors.New("no line") })
		_ = s.Go("reports", func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
		_ = s.Go("is untidy", func(ctx context.Context) error {
			<-ctx.Done()
			return errors.Join(ctx.Err(), errors.New("file not closed"))
		})
		time.Sleep(3 * time.Second)
		require.NoError(t, s.Stop(t.Context(), errors.New("closing time")))
		assert.Equal(t, []string{"1s fails", "3s is untidy"}, heard)
	})
}

// The page says where failures go without OnFailure.
func TestWithoutAHandlerFailuresAreLogged(t *testing.T) {
	var said bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	defer slog.SetDefault(before)
	lesson.Bubble(t, func(t *testing.T) {
		s := supervisor.New(t.Context())
		_ = s.Go("feed D", func(context.Context) error { return errors.New("no line") })
		require.NoError(t, s.Wait(t.Context()))
		require.NoError(t, s.Stop(t.Context(), nil))
	})
	assert.Contains(t, said.String(), `level=ERROR`)
	assert.Contains(t, said.String(), `task="feed D" err="no line"`)
}
