//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestTheRealRunSaysWhatTheTranscriptSays(t *testing.T) {
	t.Parallel()
	transcript, err := os.ReadFile("transcript.txt")
	require.NoError(t, err)
	assert.Equal(t, lesson.ByTask(string(transcript)), lesson.ByTask(lesson.RealRun(t)))
}

func init() {
	forTests["parent"] = func(args []string) int {
		status := program(args)
		if _, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
			fmt.Fprintln(os.Stderr, "the parent has a child for which it did not wait")
			return 99
		}
		return status
	}
	forTests["counter"] = func(args []string) int { return count(speaker(args[1])) }
	forTests["deaf"] = func(args []string) int {
		signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
		speaker(args[1]).Info("works", "pid", os.Getpid())
		<-time.After(time.Minute) // if a test fails, it does not stay without end
		return 1
	}
}

// speaker is how a worker speaks.
func speaker(name string) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("task", name)
}

// count says which signals come, up to SIGTERM, which the parent sends, and a little longer.
func count(log *slog.Logger) int {
	signals := make(chan os.Signal, 100)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	log.Info("works", "pid", os.Getpid())
	var got []string
	var quiet <-chan time.Time
	for {
		select {
		case sig := <-signals:
			got = append(got, sig.String())
			if sig == syscall.SIGTERM {
				quiet = time.After(100 * time.Millisecond)
			}
		case <-quiet:
			log.Info("got " + strings.Join(got, " and "))
			return 0
		}
	}
}

// A family is a parent and its workers.
type family struct {
	process
	t    *testing.T
	said *bytes.Buffer
}

func begin(t *testing.T, groups string, workers ...string) family {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	var said bytes.Buffer
	p, err := startParent(ctx, slog.New(slog.NewTextHandler(&said, nil)), groups, workers)
	require.NoError(t, err)
	wait := sync.OnceValue(p.wait)
	p.wait = wait
	t.Cleanup(func() { kill(); wait() })
	return family{p, t, &said}
}

// end waits until all have ended; it returns how the parent did.
func (f family) end() string {
	f.t.Helper()
	how := make(chan string, 1)
	go func() { how <- f.wait() }()
	select {
	case end := <-how:
		return end
	case <-time.After(20 * time.Second):
		f.t.Fatal("a process is left")
		return ""
	}
}

// says asserts that a task has said so.
func (f family) says(task, text string) {
	f.t.Helper()
	assert.Contains(f.t, f.said.String(), fmt.Sprintf("msg=%q task=%q", text, task))
}

var counters = []string{"counter 0", "counter 1", "counter 2"}

func TestCtrlCReachesAWorkerOfTheParentsGroupTwice(t *testing.T) {
	t.Parallel()
	f := begin(t, oneForAll, counters...)
	require.NoError(t, f.interrupt())
	assert.Equal(t, "exit status 0", f.end())
	for _, c := range counters {
		f.says(c, "got interrupt and terminated")
	}
}

func TestCtrlCReachesAWorkerWithAGroupOfItsOwnOnce(t *testing.T) {
	t.Parallel()
	f := begin(t, oneForEach, counters...)
	require.NoError(t, f.interrupt())
	assert.Equal(t, "exit status 0", f.end())
	for _, c := range counters {
		f.says(c, "got terminated")
	}
}

func TestASignalToTheParentReachesEachWorkerOnce(t *testing.T) {
	t.Parallel()
	for _, groups := range []string{oneForAll, oneForEach} {
		for _, sig := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
			f := begin(t, groups, "counter 0")
			require.NoError(t, f.signal(sig))
			defer func() {
				assert.Equal(t, "exit status 0", f.end())
				f.says("counter 0", "got terminated")
			}()
		}
	}
}

// Which is why runProcess looks at the state.
func TestWaitReturnsTheContextsErrorThoughTheWorkerWasAskedAndEndedCleanly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, testBinary(t), "worker", "counter 0")
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	_, _ = beginAndReadPID(t, cmd)
	cancel()
	require.ErrorIs(t, cmd.Wait(), context.Canceled)
	assert.Equal(t, "exit status 0", cmd.ProcessState.String())
}

func TestOneThatTakesNoNoticeIsKilledAndTheOthersAreNot(t *testing.T) {
	t.Parallel()
	f := begin(t, oneForEach, "deaf 0", "worker 1")
	start := time.Now()
	require.NoError(t, f.signal(syscall.SIGTERM))
	assert.Equal(t, "exit status 1", f.end())
	assert.GreaterOrEqual(t, time.Since(start), patience)
	f.says("deaf 0", "signal: killed")
	f.says("worker 1", "has saved its work")
}

func TestWhenTheParentIsKilledTheWorkersCleanUpAndNoProcessStays(t *testing.T) {
	t.Parallel()
	f := begin(t, oneForEach, "worker 1", "worker 3")
	require.NoError(t, f.signal(os.Kill))
	assert.Equal(t, "signal: killed", f.end())
	f.says("worker 1", "stops: the parent is gone")
	f.says("worker 1", "has saved its work")
	f.says("worker 3", "stops: the parent is gone")
	assert.Equal(t, 1, strings.Count(f.said.String(), "has saved"), "worker 3 takes too long, and no process is there to kill it")
}

func TestASecondSignalKillsTheParentAndTheWorkersCleanUp(t *testing.T) {
	t.Parallel()
	f := begin(t, oneForEach, "worker 1")
	every := time.NewTicker(20 * time.Millisecond)
	over := make(chan struct{})
	defer close(over)
	go func() { // one that comes before NotifyContext's stop has run is lost
		defer every.Stop()
		for f.signal(syscall.SIGINT) == nil {
			select {
			case <-every.C:
			case <-over:
				return
			}
		}
	}()
	assert.Equal(t, "signal: interrupt", f.end())
	f.says("worker 1", "has saved its work")
}

// What the pipe is for.
func TestAWorkerThatReadsNoPipeOutlivesItsParent(t *testing.T) {
	t.Parallel()
	outlives(t, testBinary(t), "parent", oneForEach, "deaf 0")
}

const pool = `
import os, time
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(1) as pool:
    print('"pid":%d}' % pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
`

func TestTheWorkersOfAProcessPoolExecutorOutliveTheirParent(t *testing.T) {
	t.Parallel()
	outlives(t, course.Pythons(t)[0].Command, "-c", pool)
}

// outlives asserts that a worker, which has said its pid, is there when its parent has been killed, and kills it.
func outlives(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	out, pid := beginAndReadPID(t, cmd)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.NoError(t, out.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
	_, err := io.Copy(io.Discard, out)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "all have ended")
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL), "it is not there")
	waitForAll(t, out)
}

// beginAndReadPID starts a parent, on whose standard output its worker says its pid.
func beginAndReadPID(t *testing.T, cmd *exec.Cmd) (*os.File, int) {
	t.Helper()
	out, theirs := pipe(t)
	cmd.Stdout = theirs
	_, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_ = theirs.Close()
	return out, readPID(t, bufio.NewScanner(out))
}

func pipe(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, theirs, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	return ours, theirs
}

func readPID(t *testing.T, said *bufio.Scanner) int {
	t.Helper()
	for said.Scan() {
		if _, after, ok := strings.Cut(said.Text(), `"pid":`); ok {
			pid, err := strconv.Atoi(strings.TrimSuffix(after, "}"))
			require.NoError(t, err)
			return pid
		}
	}
	t.Fatal("the worker has not said its pid")
	return 0
}

// waitForAll waits until no process is left that could write to a pipe.
func waitForAll(t *testing.T, out *os.File) {
	t.Helper()
	require.NoError(t, out.SetReadDeadline(time.Now().Add(20*time.Second)))
	_, err := io.Copy(io.Discard, out)
	require.NoError(t, err, "a process is left")
}

func testBinary(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return program
}
