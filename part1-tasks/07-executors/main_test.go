package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// The test binary stands for the lesson's program: it tells the story and is
// the worker when it is asked to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "story" || os.Args[1] == "worker") {
		main()
		return
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or a worker under -race takes a second to end
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story(startGoroutine)) }

// startGoroutine starts a worker as a goroutine: no process can live in
// virtual time.
func startGoroutine(ctx context.Context) (*worker, error) {
	ctx, kill := context.WithCancel(ctx)
	in, jobs := io.Pipe()
	answers, out := io.Pipe()
	context.AfterFunc(ctx, func() { _ = in.Close() })
	ended := make(chan error, 1)
	go func() {
		err := serve(ctx, in, out)
		_ = out.Close()
		ended <- err
	}()
	return &worker{jobs, json.NewDecoder(answers), kill, sync.OnceValue(func() error { return <-ended })}, nil
}

// The order of lines of different tasks and the number of ticks depend on how
// busy the machine is; what each task says does not.
func TestTheRealRunSaysWhatTheTranscriptSays(t *testing.T) {
	t.Parallel()
	transcript, err := os.ReadFile("transcript.txt")
	require.NoError(t, err)

	want, got := lesson.ByTask(string(transcript)), lesson.ByTask(lesson.RealRun(t))
	ticks := got["ticker"]
	assert.GreaterOrEqual(t, len(ticks), 4, "the ticker has to tick while the others work")
	for i, tick := range ticks {
		assert.Equal(t, fmt.Sprint("tick ", i+1), tick)
	}
	delete(want, "ticker")
	delete(got, "ticker")
	assert.Equal(t, want, got)
}

func start(t *testing.T) *worker {
	t.Helper()
	w, err := startProcess(t.Context())
	require.NoError(t, err)
	t.Cleanup(w.stop)
	return w
}

func TestTheWorkerIsAnotherProcessThatEndsWhenItsInputDoes(t *testing.T) {
	w := start(t)
	first, err := w.do(t.Context(), job{Below: 100})
	require.NoError(t, err)
	assert.Equal(t, 25, first.Primes)
	assert.NotEqual(t, os.Getpid(), first.PID, "the worker is this very process")

	second, err := w.do(t.Context(), job{Below: 1000})
	require.NoError(t, err)
	assert.Equal(t, answer{Primes: 168, PID: first.PID}, second, "one worker does several jobs")

	require.NoError(t, w.jobs.Close())
	require.NoError(t, w.wait(), "a worker that is no longer needed ends in peace")
	assertGone(t, first.PID)
}

// ticking counts how often a ticker ticks until the test is over.
func ticking(t *testing.T) *atomic.Int64 {
	t.Helper()
	var ticks atomic.Int64
	var ticker sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); ticker.Wait() })
	ticker.Go(func() {
		every := time.NewTicker(5 * time.Millisecond)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				ticks.Add(1)
			case <-ctx.Done():
				return
			}
		}
	})
	return &ticks
}

// assertTicksDuring does work until a ticker has ticked three times while it
// was under way, on one core.
func assertTicksDuring(t *testing.T, work func()) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ticks := ticking(t)
	meanwhile := int64(0)
	for begin := time.Now(); meanwhile < 3 && time.Since(begin) < 10*time.Second; {
		before := ticks.Load()
		work()
		meanwhile += ticks.Load() - before
	}
	assert.GreaterOrEqual(t, meanwhile, int64(3), "the ticker stood still")
}

func TestATaskTicksWhileTheSecondProcessWorks(t *testing.T) {
	w := start(t)
	assertTicksDuring(t, func() {
		a, err := w.do(t.Context(), job{Below: 5_000_000})
		require.NoError(t, err)
		require.Equal(t, 348_513, a.Primes)
	})
}

// A goroutine that is in the kernel, here to wait for a process to end, takes
// its thread with it, but not the core.
func TestATaskTicksWhileAnotherIsInASystemCall(t *testing.T) {
	assertTicksDuring(t, func() {
		w := start(t)
		require.NoError(t, json.NewEncoder(w.jobs).Encode(job{Takes: 50 * time.Millisecond}))
		require.NoError(t, w.jobs.Close())
		require.NoError(t, w.wait())
	})
}

func TestATaskTicksWhileAnotherNeverWaits(t *testing.T) {
	assertTicksDuring(t, func() { primesBelow(5_000_000) })
}

var errEnough = errors.New("enough")

func TestAnInterruptedJobLeavesNoProcess(t *testing.T) {
	w := start(t)
	a, err := w.do(t.Context(), job{})
	require.NoError(t, err)

	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(50*time.Millisecond, func() { cancel(errEnough) })
	_, err = w.do(ctx, job{Takes: time.Minute})
	require.ErrorIs(t, err, errEnough)
	assertGone(t, a.PID)
}

func TestAnIdleWorkerIsKilledWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w, err := startProcess(ctx)
	require.NoError(t, err)
	a, err := w.do(ctx, job{})
	require.NoError(t, err)

	cancel()
	require.Error(t, w.wait())
	assertGone(t, a.PID)
}

// assertGone checks that a process has ended and was waited for.
func assertGone(t *testing.T, pid int) {
	t.Helper()
	p, err := os.FindProcess(pid)
	if err == nil {
		err = p.Signal(syscall.Signal(0)) // an error where there is no such process; a zombie is still one
	}
	assert.Error(t, err, "the worker is still there")
}

// What a second process is for: here the worker's code panics.
func TestAWorkerThatCrashesIsAnErrorToItsCaller(t *testing.T) {
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = stderr.Close() })
	ours := os.Stderr
	os.Stderr = stderr
	w := start(t)
	os.Stderr = ours

	_, err = w.do(t.Context(), job{Below: -1})
	require.ErrorContains(t, err, "exit status 2")
	said, err := os.ReadFile(stderr.Name())
	require.NoError(t, err)
	assert.Contains(t, string(said), "makeslice: len out of range", "and its last words are on the standard error")
}
