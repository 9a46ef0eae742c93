package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runBound runs a process that the kernel kills when we die, whatever it is doing and however it was written.
func runBound(cmd *exec.Cmd) error {
	runtime.LockOSThread() // when the thread ends, cmd is killed: no other goroutine may take the thread and end it
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd.Run()
}

func init() {
	forTests["reaper"] = func([]string) int { return reaper() }
	forTests["bound"] = func(args []string) int { // a parent
		cmd := exec.Command(os.Args[0], args[1:]...) //nolint:noctx // it is the kernel that ends it
		cmd.Stdout = os.Stdout
		if runBound(cmd) != nil {
			return 1
		}
		return 0
	}
}

// reaper is a process that orphans below it go to: it kills a parent and looks for the worker's new one.
func reaper() int {
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER of prctl
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		return 2
	}
	cmd := exec.Command(os.Args[0], "parent", oneForEach, "deaf 0") //nolint:noctx // it is killed below
	out, err := cmd.StdoutPipe()
	if err == nil {
		_, err = cmd.StdinPipe()
	}
	if err != nil || cmd.Start() != nil {
		return 3
	}
	var worker int
	for said := bufio.NewScanner(out); worker == 0 && said.Scan(); {
		if _, after, ok := strings.Cut(said.Text(), `"pid":`); ok {
			worker, _ = strconv.Atoi(strings.TrimSuffix(after, "}")) // 0: it has not said so
		}
	}
	_ = cmd.Process.Kill()
	_, _ = cmd.Process.Wait() // the worker holds the pipe, so cmd.Wait would wait for it
	defer func() { _ = syscall.Kill(worker, syscall.SIGKILL) }()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", worker))
	_, after, _ := strings.Cut(string(stat), ") ") // its state, then its parent
	if fields := strings.Fields(after); err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
		return 0
	}
	fmt.Printf("%v %s\n", err, stat)
	return 1
}

func TestAnOrphanGoesToTheNearestSubreaper(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), testBinary(t), "reaper").CombinedOutput()
	require.NoError(t, err, "%s", out)
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
