package lesson_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// traced is what Main gives of a story when it is asked for a trace.
func traced(t *testing.T, story lesson.Story, env ...string) (out, errs string, events []lesson.Event) {
	t.Helper()
	if os.Getenv(broken) != "" {
		lesson.SetPatience(20 * time.Second) // nothing here hangs
	}
	file := filepath.Join(t.TempDir(), "trace.json")
	cmd := told(t, story)
	cmd.Env = append(append(cmd.Env, "STORY_TRACE="+file), env...)
	output, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		require.Equal(t, 1, exit.ExitCode())
		errs = string(exit.Stderr)
	} else {
		require.NoError(t, err)
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &events))
	return string(output), errs, events
}

func TestMainWritesATraceInVirtualTime(t *testing.T) {
	out, errs, events := traced(t, func(_ context.Context, log *slog.Logger) error {
		go func() {
			time.Sleep(time.Hour)
			log.Info("speaks", "task", "a")
		}()
		log.Info("waits", lesson.Waiting)
		time.Sleep(time.Hour + time.Second)
		return nil
	})
	assert.Empty(t, errs)
	assert.Equal(t, "   0.0s  main        waits\n3600.0s  a           speaks\n", out)
	require.Len(t, events, 2)
	assert.Equal(t, time.Hour, events[1].At)
	assert.NotZero(t, events[1].Line)
	require.Len(t, events[1].Places, 1)
	assert.Equal(t, "sleeps", events[1].Places[0].Does)
}

func TestTheTraceCanBeOfAnotherOrder(t *testing.T) {
	story := func(_ context.Context, log *slog.Logger) error {
		for _, name := range []string{"a", "b", "c", "d"} {
			go log.Info("speaks", "task", name)
		}
		time.Sleep(time.Second)
		return nil
	}
	first, _, _ := traced(t, story)
	orders := map[string]bool{first: true}
	for _, n := range []string{"1", "2", "3", "4"} {
		out, _, events := traced(t, story, "STORY_ORDER="+n)
		assert.Len(t, events, 4)
		orders[out] = true
	}
	assert.Greater(t, len(orders), 2)
}

func TestATraceEndsWhereItsStoryDoes(t *testing.T) {
	for name, c := range map[string]struct {
		story lesson.Story
		says  string
		lines int
	}{
		"deadlock": {func(_ context.Context, log *slog.Logger) error {
			log.Info("waits")
			<-make(chan int)
			return nil
		}, "deadlock: no goroutine can go on, each waits for another:\n", 1},
		"leak": {func(_ context.Context, log *slog.Logger) error {
			log.Info("begins")
			go func() { <-make(chan int) }()
			return nil
		}, "leak: ", 1},
		"panic": {func(_ context.Context, log *slog.Logger) error {
			log.Info("begins")
			panic("no bank")
		}, "panic: no bank\n", 1},
		"error": {func(_ context.Context, log *slog.Logger) error {
			log.Info("begins")
			return errors.New("no bank")
		}, "the story ended early: no bank\n", 1},
		"endless": {func(_ context.Context, log *slog.Logger) error {
			for {
				log.Info("goes on")
				time.Sleep(time.Second)
			}
		}, "the story was ended after 500 lines: it goes on and on\n", 500},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, events := traced(t, c.story)
			assert.True(t, strings.HasPrefix(errs, c.says), "%s", errs)
			assert.Equal(t, c.lines, len(events)) //nolint:testifylint // Len would print them all
			assert.Equal(t, c.lines, strings.Count(out, "\n"))
			if name == "deadlock" || name == "leak" || name == "panic" {
				assert.Contains(t, errs, "traced_test.go:")
			}
		})
	}
}
