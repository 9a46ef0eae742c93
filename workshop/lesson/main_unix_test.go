//go:build unix

package lesson_test

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestTheFirstCtrlCEndsTheStoryAndTheSecondTheProgram(t *testing.T) {
	cmd := told(t, func(ctx context.Context, log *slog.Logger) error {
		log.Info("begins")
		<-ctx.Done()
		log.Warn("is interrupted")
		select {} // it does not end
	})
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(stdout)
	require.True(t, said.Scan())
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.True(t, said.Scan())
	assert.Contains(t, said.Text(), "is interrupted")

	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	again := time.NewTicker(10 * time.Millisecond) // the first signal may not be given back yet
	defer again.Stop()
	for err = nil; err == nil; {
		select {
		case err = <-ended:
		case <-again.C:
			_ = cmd.Process.Signal(syscall.SIGINT) // it may just have ended
		}
	}
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	status := exit.Sys().(syscall.WaitStatus)
	assert.True(t, status.Signaled() && status.Signal() == syscall.SIGINT, "it ended with %v", exit)
}

func TestCtrlCEndsAlsoAPauseThatNothingElseMayInterrupt(t *testing.T) {
	cmd := told(t, func(ctx context.Context, log *slog.Logger) error {
		log.Info("cleans up")
		return lesson.Pause(context.WithoutCancel(ctx), time.Hour)
	})
	var errs bytes.Buffer
	cmd.Stderr = &errs
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(stdout)
	require.True(t, said.Scan())
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Contains(t, errs.String(), "the story ended early: ")
	assert.Contains(t, errs.String(), "interrupt")
}
