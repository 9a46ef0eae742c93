//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A terminal's window that is closed sends SIGHUP, often twice: the check under
// way ends, with the process that the answer has started, and no file is left.
func TestWhatACheckHasStartedEndsWithTheRunner(t *testing.T) {
	program := filepath.Join(t.TempDir(), "workshop")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	root := newWorkshop(t)
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			temporary, pids := t.TempDir(), filepath.Join(t.TempDir(), "pid")
			write(t, filepath.Join(root, answer), `package exercise

import (
	"context"
	"os"
	"os/exec"
	"strconv"
)

func Answer(context.Context) error {
	child := exec.Command("sleep", "777")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil {
		panic(err)
	}
	os.WriteFile(`+strconv.Quote(pids)+`, []byte(strconv.Itoa(child.Process.Pid)), 0o644)
	for {
	}
}
`)
			cmd := exec.CommandContext(t.Context(), program, "check", "9.1")
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "TMPDIR="+temporary)
			require.NoError(t, cmd.Start())
			child := 0
			require.Eventually(t, func() bool {
				text, _ := os.ReadFile(pids)
				child, _ = strconv.Atoi(string(text))
				return child != 0
			}, time.Minute, 5*time.Millisecond, "the answer has not begun")
			require.NoError(t, cmd.Process.Signal(sig))
			if sig == syscall.SIGHUP {
				_ = cmd.Process.Signal(sig) // it may have ended
			}
			require.Error(t, cmd.Wait())
			assert.Eventually(t, func() bool {
				state, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat")
				return syscall.Kill(child, 0) != nil || err == nil && strings.Contains(string(state), ") Z ")
			}, 5*time.Second, 10*time.Millisecond, "the answer's child is still there")
			left, err := filepath.Glob(filepath.Join(temporary, "*"))
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}
