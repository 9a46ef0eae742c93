package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) {
	if os.Getenv("LESSON_PROGRAM") != "" { // the child of the test of panics
		cake := tasks.Go(context.Background(), func(context.Context) (string, error) { return "golden", nil })
		cake.OnDone(func(string, error) { panic("no signal") })
		time.Sleep(10 * time.Second)
		fmt.Println("main ends")
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

func TestAPanicInACallbackEndsTheProgram(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), "LESSON_PROGRAM=panics", "GORACE=atexit_sleep_ms=0")
	output, _ := child.CombinedOutput() // the status says it
	assert.True(t, strings.HasPrefix(string(output), "panic: no signal"), "%s", output)
	assert.NotContains(t, string(output), "main ends")
	assert.Equal(t, 2, child.ProcessState.ExitCode())
}

// The page says that the line after a call is not reached after a panic.
func TestOnlyADeferredLineIsReachedAfterAPanic(t *testing.T) {
	var said []string
	func() {
		defer func() { _ = recover() }()
		defer func() { said = append(said, "deferred") }()
		func() { panic("the oven explodes") }()
		said = append(said, "next line")
	}()
	assert.Equal(t, []string{"deferred"}, said)
}

// The page shows what a handle tells of a task that failed and of one that was cancelled, as the article and Chapter 5 print it.
func TestAHandleTellsDoneCancelledAndError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		bakes := func(failure error) *tasks.Task[string] {
			return tasks.Go(t.Context(), func(ctx context.Context) (string, error) {
				return bake(ctx, slog.New(slog.DiscardHandler), failure)
			})
		}
		cake, pie := bakes(errors.New("burnt")), bakes(nil)
		assert.Equal(t, "done false, cancelled false, error "+tasks.ErrNotDone.Error(), state(cake))
		time.Sleep(500 * time.Millisecond)
		pie.Cancel(nil)
		_, err := pie.Wait(t.Context())
		require.ErrorIs(t, err, context.Canceled)
		<-cake.Done()
		assert.Equal(t, "done true, cancelled false, error burnt", state(cake))
		assert.Equal(t, "done true, cancelled true, error context canceled", state(pie))
	})
}

// The page says that a callback takes nothing away from the goroutines that wait for the outcome, however often they ask.
func TestACallbackTakesNothingAway(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errBurnt := errors.New("burnt")
		told := make(chan error, 1)
		cake := tasks.Go(t.Context(), func(context.Context) (string, error) { return "", errBurnt })
		cake.OnDone(func(_ string, err error) { told <- err })
		assert.Equal(t, errBurnt, <-told)
		for range 2 {
			_, err := cake.Wait(t.Context())
			assert.Equal(t, errBurnt, err)
		}
	})
}
