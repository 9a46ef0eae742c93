//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// The three signals, as the cause of a context names them.
var signals = map[syscall.Signal]string{
	syscall.SIGHUP:  "hangup signal received",
	syscall.SIGINT:  "interrupt signal received",
	syscall.SIGTERM: "terminated signal received",
}

func TestTheRealRunSaysWhatTheTranscriptSays(t *testing.T) {
	t.Parallel()
	transcript, err := os.ReadFile("transcript.txt")
	require.NoError(t, err)
	assert.Equal(t, lesson.ByTask(string(transcript)), lesson.ByTask(lesson.RealRun(t)))
}

// A child is a service in a process of its own, Go's or Python's.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	said   *bufio.Scanner
	stderr bytes.Buffer
}

// begin starts a service and waits for its first line: from then on it takes signals.
func begin(t *testing.T, program string, args ...string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.CommandContext(t.Context(), program, args...)}
	c.cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { _ = c.cmd.Process.Kill(); _ = c.cmd.Wait() }) // if the test has left early
	c.said = bufio.NewScanner(out)
	require.True(t, c.said.Scan(), "it says nothing")
	return c
}

// stop sends the first signal and waits until the service says that it stops, and why.
func (c *child) stop(sig syscall.Signal) {
	c.t.Helper()
	require.NoError(c.t, c.cmd.Process.Signal(sig))
	require.True(c.t, c.said.Scan(), "%v has ended it", sig)
	assert.Contains(c.t, c.said.Text(), "stops: "+signals[sig])
}

// end waits for the end; it returns the exit status and what was said meanwhile.
func (c *child) end() (int, string) {
	c.t.Helper()
	var rest []string
	for c.said.Scan() {
		rest = append(rest, c.said.Text())
	}
	_ = c.cmd.Wait()
	return status(c.cmd.ProcessState), strings.Join(rest, "\n")
}

func goService(t *testing.T, name string) *child {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return begin(t, program, "service", name)
}

func TestAServiceThatIsAskedAndStopsCleanlyEndsWithStatus0(t *testing.T) {
	t.Parallel()
	for sig, c := range forEachSignal(t, "backup") {
		c.stop(sig)
		defer func() {
			status, said := c.end()
			assert.Equal(t, 0, status, "%v", sig)
			assert.Contains(t, said, "has stopped")
			assert.Empty(t, c.stderr.String())
		}()
	}
}

// forEachSignal starts as many services as there are signals.
func forEachSignal(t *testing.T, name string) map[syscall.Signal]*child {
	t.Helper()
	children := make(map[syscall.Signal]*child)
	for sig := range signals {
		children[sig] = goService(t, name)
	}
	return children
}

func TestAFailureEndsWithStatus1AndSaysWhyOnTheStandardError(t *testing.T) {
	t.Parallel()
	c := goService(t, "mailer")
	c.stop(syscall.SIGTERM)
	status, _ := c.end()
	assert.Equal(t, 1, status)
	assert.Equal(t, "mailer: save mails: disk full\n", c.stderr.String())
}

func TestTheSecondSignalKillsInTheMiddleOfTheCleanUp(t *testing.T) {
	t.Parallel()
	for sig, c := range forEachSignal(t, "shop") {
		if signal.Ignored(sig) { // as under nohup: after stop it is ignored again, and kills no process
			t.Logf("%v is ignored where this test runs", sig)
			continue
		}
		c.stop(syscall.SIGHUP)
		c.insist(sig)
		status, said := c.end()
		assert.Equal(t, 128+int(sig), status)
		assert.Empty(t, said)
		assert.Empty(t, c.stderr.String())
	}
}

// insist sends a signal until it has an effect: one that comes before
// NotifyContext's stop has run is lost, as the page says.
func (c *child) insist(sig syscall.Signal) {
	every := time.NewTicker(50 * time.Millisecond)
	go func() {
		defer every.Stop()
		for c.cmd.Process.Signal(sig) == nil {
			<-every.C
		}
	}()
}

// What the line with AfterFunc is for.
func TestWithoutStopASecondSignalHasNoEffect(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	c := begin(t, program, "without-stop")
	c.stop(syscall.SIGHUP)
	for range 3 {
		require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
	}
	status, said := c.end()
	assert.Equal(t, 0, status)
	assert.Contains(t, said, "has stopped")
}

// Under nohup a program is started with SIGHUP ignored, and Notify undoes that.
func TestNotifyUndoesNohup(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	c := begin(t, "sh", "-c", fmt.Sprintf(`trap "" HUP; exec %q service backup`, program))
	c.stop(syscall.SIGHUP)
	status, _ := c.end()
	assert.Equal(t, 0, status)
}

func pythonService(t *testing.T, args ...string) *child {
	t.Helper()
	return begin(t, course.Pythons(t)[0].Command, append([]string{"lesson.py", "service"}, args...)...)
}

func TestTheArticlesProgramEndsWithStatus0WhateverHappens(t *testing.T) {
	t.Parallel()
	ends := map[string]string{
		"backup": "has stopped",
		"mailer": "7 mails not saved: disk full",
		"shop":   "is cut off: terminated signal received",
	}
	for name, want := range ends {
		c := pythonService(t, name)
		c.stop(syscall.SIGHUP)
		if name == "shop" {
			require.NoError(t, c.cmd.Process.Signal(syscall.SIGTERM))
		}
		defer func() {
			status, said := c.end()
			assert.Equal(t, 0, status)
			assert.Equal(t, want, said)
			assert.Empty(t, c.stderr.String())
		}()
	}
}

func TestTheArticlesHandlersUnderAsyncioRunEndWithATraceback(t *testing.T) {
	t.Parallel()
	c := pythonService(t, "backup", "run")
	c.stop(syscall.SIGTERM)
	status, said := c.end()
	assert.Equal(t, 1, status)
	assert.Equal(t, "has stopped", said)
	assert.Contains(t, c.stderr.String(), "asyncio.exceptions.CancelledError: terminated signal received")
}

const lambda = `
import asyncio, gc

async def shutdown():
    await asyncio.Event().wait()  # that nothing else knows

async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: print(context["message"]))
    loop.call_soon(lambda: asyncio.create_task(shutdown()))
    await asyncio.sleep(0.01)
    gc.collect()
    print("main goes on")

asyncio.run(main())
`

// The loop's own reference to a task is a weak one.
func TestNothingKeepsTheTaskOfAHandlersLambda(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), course.Pythons(t)[0].Command, "-c", lambda).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "Task was destroyed but it is pending!\nmain goes on\n", string(out))
}

func TestTheCauseOfASignalIsACancellation(t *testing.T) {
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGUSR1)
	defer stop()
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	<-ctx.Done()
	require.EqualError(t, context.Cause(ctx), "user defined signal 1 signal received")
	require.ErrorIs(t, context.Cause(ctx), context.Canceled)
}
