package main

import (
	"context"
	"errors"
	"fmt"
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

// The page says when the line after a call is not enough.
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

// The page says that the outcome belongs to whoever waits, as often as they like, and that a callback takes nothing away from them.
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
