package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

const asChild = "LESSON_WITHOUT_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		mainWithoutOwner()
		return // the process ends as any main does
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// mainWithoutOwner shields a save and returns before it is complete.
func mainWithoutOwner() {
	writes := make(chan bool)
	go func() {
		defer fmt.Println("cleans up")
		close(writes)
		<-time.After(time.Hour)
		fmt.Println("is complete")
	}()
	<-writes
	fmt.Println("main returns")
}

// The page says that the end of the process waits for no goroutine, shielded or not, and that not even its deferred calls run.
func TestTheProcessEndsInTheMiddleOfASaveWithoutAnOwner(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), asChild+"=1", "GORACE=atexit_sleep_ms=0") // the race detector's exit would take a second
	said, err := child.CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "main returns\n", string(said))
}

func TestWithoutCancelKeepsTheValuesAndDropsCancellationDeadlineAndCause(t *testing.T) {
	client, cancel := context.WithTimeoutCause(as(t.Context(), "ben"), time.Hour, errTooSlow)
	ctx := context.WithoutCancel(client)
	cancel()
	assert.Equal(t, "ben", ctx.Value(userKey{}))
	assert.NoError(t, ctx.Err())
	assert.NoError(t, context.Cause(ctx))
	assert.Nil(t, ctx.Done(), "it can never end")
	_, limited := ctx.Deadline()
	assert.False(t, limited)
}

func TestAShieldedTaskEndsByItsOwnCancelOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, hangUp := context.WithCancelCause(t.Context())
		hangUp(errors.New("the client hung up"))
		task := tasks.Shield(client, func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", context.Cause(ctx)
		})
		_, err := task.Wait(client)
		require.ErrorContains(t, err, "the client hung up")
		synctest.Wait()
		_, err = task.Result()
		require.ErrorIs(t, err, tasks.ErrNotDone, "it starts and goes on although its client is gone")

		task.Cancel(errByHand)
		_, err = task.Wait(t.Context())
		require.ErrorIs(t, err, errByHand)
		assert.True(t, task.Cancelled())
	})
}
