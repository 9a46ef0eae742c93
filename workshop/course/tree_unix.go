//go:build unix

package course

import (
	"os"
	"os/exec"
	"syscall"
)

// inOwnGroup lets a command and all that it starts be killed together.
func inOwnGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killTree kills a process that was started in a group of its own, and its
// children with it.
func killTree(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }
