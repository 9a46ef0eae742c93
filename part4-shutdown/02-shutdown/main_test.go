package main

import (
	"cmp"
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

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// With SERVICE in its environment the test binary is a program with a main of its own round the lesson's service.
func TestMain(m *testing.M) {
	if os.Getenv("SERVICE") != "" {
		if err := service(context.Background(), slog.New(slog.DiscardHandler)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// In a program the printer goes when main returns. In a bubble it has to be waited for.
const printed = 3 * time.Second

func TestStory(t *testing.T) {
	lesson.Golden(t, func(ctx context.Context, log *slog.Logger) error {
		err := story(ctx, log)
		time.Sleep(printed)
		return cmp.Or(err, context.Cause(ctx))
	}, lesson.Drains(1500*time.Millisecond+printed))
}

func TestAMainOfItsOwnEndsWithStatus1AndNamesWhatWentWrong(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), "SERVICE=1")
	out, err := cmd.CombinedOutput()
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Equal(t, "still running: printer\nmailer: two letters unsent\n", string(out))
}

// Ctrl-C asks, too, here before the watchdog.
func TestTheFirstToAskGivesTheReason(t *testing.T) {
	var err error
	said := lesson.Play(t, func(ctx context.Context, log *slog.Logger) error {
		start := time.Now()
		ctx, cancel := context.WithCancelCause(ctx)
		time.AfterFunc(400*time.Millisecond, func() { cancel(reason("Ctrl-C")) })
		err = service(ctx, log)
		assert.Equal(t, 1800*time.Millisecond, time.Since(start), "one second for the tasks, 0.2 s for each resource")
		time.Sleep(printed)
		return nil
	})
	require.EqualError(t, err, "still running: printer\nmailer: two letters unsent")
	assert.Contains(t, said.String(), "   0.4s  main        shuts down: Ctrl-C\n")
	assert.NotContains(t, said.String(), "disk is full", "the watchdog has been cancelled")
}

const articles = `
import asyncio, sys

async def work():
    await asyncio.Event().wait()

async def shutdown(loop):
    tasks = asyncio.all_tasks()
    if "itself" not in sys.argv:
        tasks -= {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions="itself" in sys.argv)
    print("all have ended")
    loop.stop()

loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda _, c: print("logged:", type(c.get("exception")).__name__) if "exception" in c else None)
kept = [loop.create_task(work()), loop.create_task(shutdown(loop))]
loop.call_later(0.2, lambda: (print("hangs"), loop.stop()))
loop.run_forever()
`

func TestTheArticlesShutdownHangsIfItCancelsItselfOrGathersWithoutReturnExceptions(t *testing.T) {
	t.Parallel()
	for _, python := range course.Pythons(t) {
		for how, want := range map[string]string{"without": "hangs\n", "itself": "logged: RecursionError\nhangs\n"} {
			out, err := exec.CommandContext(t.Context(), python.Command, "-c", articles, how).Output()
			require.NoError(t, err, python.Command)
			assert.Equal(t, want, string(out), "%s %s", python.Command, how)
		}
	}
}

func TestAReasonIsACancellation(t *testing.T) {
	ctx, ask := context.WithCancelCause(t.Context())
	ask(reason("the disk is full"))
	require.ErrorIs(t, context.Cause(ctx), context.Canceled)
	require.EqualError(t, context.Cause(ctx), "the disk is full")
}
