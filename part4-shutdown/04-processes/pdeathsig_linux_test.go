package main

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runBound runs a process that the kernel kills when we die, whatever it is doing and however it was written.
func runBound(cmd *exec.Cmd) error {
	runtime.LockOSThread() // its end kills cmd, not ours: nobody else may take the thread and end it
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd.Run()
}

func init() {
	forTests["bound"] = func(args []string) int { // a parent
		cmd := exec.Command(os.Args[0], args[1:]...) //nolint:noctx // it is the kernel that ends it
		cmd.Stdout = os.Stdout
		if runBound(cmd) != nil {
			return 1
		}
		return 0
	}
}

func TestTheKernelKillsAWorkerThatReadsNoPipe(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), testBinary(t), "bound", "worker", "deaf 0")
	out, _ := beginAndReadPID(t, cmd)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	waitForAll(t, out)
}

func TestTheEndOfTheThreadKillsAlthoughTheParentLives(t *testing.T) {
	t.Parallel()
	ended := make(chan error)
	offMain(func() {
		cmd := exec.CommandContext(t.Context(), testBinary(t), "worker", "deaf 0")
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			ended <- err
			return
		}
		go func() { ended <- cmd.Wait() }()
	}) // its thread is locked when it returns, so the thread ends
	require.ErrorContains(t, <-ended, "signal: killed")
}

func TestALockedThreadIsNotEndedByOthers(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), testBinary(t), "worker", "counter 0")
	out, theirs := pipe(t)
	cmd.Stdout = theirs
	ended := make(chan error)
	go func() { ended <- runBound(cmd) }()
	said := bufio.NewScanner(out)
	pid := readPID(t, said)
	require.NoError(t, out.SetReadDeadline(time.Now().Add(20*time.Second)))
	for range 20 { // threads end, all that are free
		offMain(func() {})
	}
	require.NoError(t, syscall.Kill(pid, syscall.SIGTERM))
	require.True(t, said.Scan(), "it has been killed")
	assert.Contains(t, said.Text(), "got terminated")
	require.NoError(t, <-ended)
}

// offMain runs f on a thread of its own, which ends with it. The main thread never ends; if f comes to it, it is kept
// while another thread is found.
func offMain(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() {
			offMain(f)
			runtime.UnlockOSThread()
			return
		}
		f()
	}()
	<-done
}
