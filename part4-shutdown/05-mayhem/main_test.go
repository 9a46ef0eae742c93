package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// With TELL_MAYHEM in the environment the test binary is the lesson's program.
func TestMain(m *testing.M) {
	switch telling := os.Getenv("TELL_MAYHEM"); telling {
	case "":
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or a process under -race takes a second to end
		goleak.VerifyTestMain(m)
	case "full disk":
		w := newWorld()
		w.db.broken = func(context.Context) error { return errFull }
		os.Exit(program(w.shutdown))
	default:
		os.Args = append(os.Args[:1], strings.Fields(telling)[1:]...)
		main()
	}
}

var errFull = errors.New("disk full")

// child is the lesson's program as a process of its own.
func child(t *testing.T, telling string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), "TELL_MAYHEM="+telling)
	return cmd
}

// story is a telling for package lesson.
func story(tell func(*world, context.Context, *slog.Logger) int) lesson.Story {
	return func(ctx context.Context, log *slog.Logger) error {
		status := tell(newWorld(), ctx, log)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if status != 0 {
			return fmt.Errorf("exit status %d", status)
		}
		return nil
	}
}

func TestStory(t *testing.T) {
	lesson.Golden(t, story((*world).shutdown), lesson.Drains(2*time.Second))
}

func TestTheLifeOfAMessage(t *testing.T) {
	said := lesson.GoldenAs(t, "life", story((*world).life), lesson.Drains(2*time.Second))
	for _, python := range course.Pythons(t) {
		require.NoError(t, course.SameStory(python.Tell(t, "--life"), said.String(), ""), "Python %s", python.Version)
	}
}

// The article's shutdown is told by lesson.py alone; what it says is told again here, for its picture.
func TestTheArticlesShutdown(t *testing.T) {
	pythons := course.Pythons(t)
	said := pythons[0].Tell(t, "--article")
	for _, python := range pythons[1:] {
		require.Equal(t, said, python.Tell(t, "--article"), "Python %s", python.Version)
	}
	lesson.GoldenAs(t, "article", func(ctx context.Context, log *slog.Logger) error {
		start := time.Now()
		for line := range strings.Lines(said) {
			at, err := strconv.ParseFloat(strings.TrimSpace(line[:6]), 64)
			if err != nil {
				return err
			}
			if err := lesson.Pause(ctx, time.Until(start.Add(time.Duration(at*10)*100*time.Millisecond))); err != nil {
				return err
			}
			task, text := strings.TrimSpace(line[9:19]), strings.TrimSpace(line[21:])
			level, rests := slog.LevelInfo, task == "main"
			switch {
			case strings.Contains(text, "is cancelled"), strings.Contains(text, "signal received"):
				level, rests = slog.LevelWarn, true
			case strings.Contains(text, "cannot"), strings.Contains(text, "host down"):
				level, rests = slog.LevelError, true
			}
			log.With("task", task).Log(ctx, level, text, "waiting", rests)
		}
		return nil
	})
}

// What each task says does not depend on the machine; the order of lines of one instant does.
func TestTheRealRunsSayWhatTheTranscriptsSay(t *testing.T) {
	t.Parallel()
	var runs sync.WaitGroup
	defer runs.Wait()
	for args, file := range map[string]string{"": "transcript.txt", " -life": "transcript-life.txt"} {
		transcript, err := os.ReadFile(file)
		require.NoError(t, err)
		cmd := child(t, "mayhem"+args)
		runs.Go(func() {
			told, err := cmd.Output()
			if assert.NoError(t, err) {
				assert.Equal(t, lesson.ByTask(string(transcript)), lesson.ByTask(string(told)))
			}
		})
	}
}

var quiet = slog.New(slog.DiscardHandler)

// The page says so.
func TestWheneverItIsAskedItEndsInTimeAndKeepsEveryMessage(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for at := 50 * time.Millisecond; at < 2500*time.Millisecond; at += 100 * time.Millisecond {
			w := newWorld()
			ctx, cancel := context.WithTimeout(t.Context(), at)
			start := time.Now()
			assert.Zero(t, w.shutdown(ctx, quiet), "asked at %v", at)
			assert.LessOrEqual(t, time.Since(start), at+time.Second+400*time.Millisecond, "the grace, and closing")
			cancel()

			w.broker.Close()
			held := 0
			for left := w.broker.Len(); left > 0; left-- {
				stopped := time.Now()
				d, err := w.broker.Receive(t.Context())
				require.NoError(t, err)
				if time.Since(stopped) > 0 && d.Host != "web-1" { // web-1 rests until its next try
					held++
				}
				require.NoError(t, w.broker.Ack(t.Context(), d))
			}
			assert.Zero(t, held, "asked at %v: messages that no service gets before their deadline", at)
		}
	})
}

// broken is a broker that fails after a while.
type broken struct {
	mayhem.Broker
	after time.Duration
}

var errGone = errors.New("connection reset")

func (b broken) Receive(ctx context.Context) (mayhem.Delivery, error) {
	limited, cancel := context.WithTimeoutCause(ctx, b.after, errGone)
	defer cancel()
	return b.Broker.Receive(limited)
}

func TestABrokerThatIsGoneIsExitStatus1AndAllIsClosedAllTheSame(t *testing.T) {
	said := lesson.Play(t, func(ctx context.Context, log *slog.Logger) error {
		w := newWorld()
		w.line = broken{w.broker, time.Second}
		if err := w.broker.Publish(ctx, mayhem.Message{ID: "web-2", Host: "web-2"}); err != nil {
			return err
		}
		assert.Equal(t, 1, exitStatus(log, run(ctx, log, w)))
		return nil
	})
	assert.Equal(t, []string{
		"opens metrics, database, broker", "has nothing in flight any more", "closes the broker", "closes the database",
		"flushes the metrics", "1 acked, 0 failed, 0 nacked", "exit status 1: connection reset",
	}, lesson.ByTask(said.String())["main"])
}

// forgetful is a broker that answers no nack.
type forgetful struct{ mayhem.Broker }

func (forgetful) Nack(context.Context, mayhem.Delivery, time.Duration, error) error { return errGone }

func TestAMessageThatIsLeftUnsettledIsExitStatus1(t *testing.T) {
	said := lesson.Play(t, func(ctx context.Context, log *slog.Logger) error {
		w := newWorld()
		w.line = forgetful{w.broker}
		ctx, cancel := context.WithTimeoutCause(ctx, 1500*time.Millisecond, errors.New("asked"))
		defer cancel()
		if err := w.broker.Publish(ctx, mayhem.Message{ID: "web-3", Host: "web-3"}); err != nil { // it takes longer than the grace
			return err
		}
		assert.Equal(t, 1, exitStatus(log, run(ctx, log, w)))
		return nil
	})
	main := lesson.ByTask(said.String())["main"]
	assert.Equal(t, "exit status 1: asked; mayhem: messages were left unsettled: 1", main[len(main)-1])
}

func TestWhatCannotBeClosedIsExitStatus1AndTheRestIsClosedAllTheSame(t *testing.T) {
	for what, broken := range map[string]func(ctx context.Context) error{
		"disk full":                 func(context.Context) error { return errFull },
		"context deadline exceeded": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, // hangs
	} {
		said := lesson.Play(t, func(ctx context.Context, log *slog.Logger) error {
			w := newWorld()
			w.db.broken = broken
			ctx, cancel := context.WithTimeoutCause(ctx, 100*time.Millisecond, errors.New("asked"))
			defer cancel()
			start := time.Now()
			assert.Equal(t, 1, w.shutdown(ctx, log))
			assert.LessOrEqual(t, time.Since(start), 3*time.Second)
			return nil
		})
		assert.Equal(t, []string{
			"opens metrics, database, broker", "asked", "has nothing in flight any more", "closes the broker", "closes the database",
			"flushes the metrics", "0 acked, 1 failed, 0 nacked", "exit status 1: closes the database: " + what,
		}, lesson.ByTask(said.String())["main"])
	}
}
