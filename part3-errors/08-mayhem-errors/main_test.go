package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// With TELL_STAGE in the environment the test binary is the lesson's program.
func TestMain(m *testing.M) {
	if stage := os.Getenv("TELL_STAGE"); stage != "" {
		os.Args = []string{"08-mayhem-errors", "-stage", stage}
		main()
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

func TestTheArticlesStages(t *testing.T) {
	for stage := range 5 {
		lesson.GoldenAs(t, fmt.Sprint("stage-", stage+1), stories(stage+1))
	}
}

// The last line of each telling, or the one before, says what became of the messages.
func TestOnlyStage6AcksWhatItRestartedAndLosesNothing(t *testing.T) {
	for stage, want := range map[int]string{
		1: "restarted 2, acked 2, dead 0, left 6",
		2: "restarted 0, acked 0, dead 0, left 3",
		3: "restarted 0, acked 0, dead 0, left 3",
		4: "restarted 1, acked 0, dead 0, left 3",
		5: "restarted 1, acked 3, dead 0, left 0",
		6: "restarted 2, acked 2, dead 1, left 0",
	} {
		said := lesson.Play(t, stories(stage))
		assert.True(t, slices.ContainsFunc(said, func(l lesson.Line) bool { return l.Text == want }), "stage %d:\n%v", stage, said)
	}
}

// The page says that stages 2 and 3 fail hard, and that the exit status is 0. So it is of lesson.py: see the test below.
func TestTheExitStatusOfAServiceThatFailedHardIs0(t *testing.T) {
	for _, stage := range []string{"2", "3"} {
		out, err := program(t, stage).CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.Contains(t, string(out), "exit status 0: nothing reports the failure")
	}
}

func TestThereAreSixStages(t *testing.T) {
	for _, stage := range []string{"0", "7"} {
		err := program(t, stage).Run()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		assert.Equal(t, 2, exit.ExitCode())
	}
}

func program(t *testing.T, stage string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "TELL_STAGE="+stage)
	return cmd
}

// The page says that a message of stage 4 is never delivered again, because its deadline is extended without end.
func TestAMessageThatSpinsIsNeverDeliveredAgain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := &articles{
			stage: 4, log: slog.New(slog.DiscardHandler), stop: cancel,
			broker: mayhem.NewMemoryBroker(ackWait, 0),
			chaos:  &mayhem.Chaos{FailRate: 1},
		}
		require.NoError(t, s.broker.Publish(ctx, mayhem.Message{ID: "web-1", Host: "web-1"}))
		s.spawn(ctx, s.consume)
		synctest.Wait()
		waiting, stop := context.WithTimeout(ctx, time.Hour)
		defer stop()
		_, err := s.broker.Receive(waiting)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 1, s.broker.Len())
		cancel()
		s.tasks.Wait()
	})
}

// The page says that Ctrl-C ends every stage. Stage 6 then gives back what it has.
func TestCtrlCEndsEveryStage(t *testing.T) {
	for stage := range 6 {
		lesson.Bubble(t, func(t *testing.T) {
			stopped := errors.New("Ctrl-C")
			ctx, cancel := context.WithTimeoutCause(t.Context(), 500*time.Millisecond, stopped)
			defer cancel()
			start := time.Now()
			require.ErrorIs(t, stories(stage+1)(ctx, slog.New(slog.DiscardHandler)), stopped)
			assert.Equal(t, 500*time.Millisecond, time.Since(start))
		})
	}
}

// lesson.py tells the article's stages, too, but for the lines that the page names in a block "diff stage N".
func TestLessonPyTellsTheSameStages(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for i := range 5 {
		stage := fmt.Sprint(i + 1)
		transcript, err := os.ReadFile("transcript-stage-" + stage + ".txt")
		require.NoError(t, err)
		for _, python := range course.Pythons(t) {
			says := python.Tell(t, "--stage", stage)
			require.NoError(t, course.SameStory(says, string(transcript), course.Differences(string(page), "stage "+stage, python.Version)), "stage %s, Python %s", stage, python.Version)
		}
	}
}
