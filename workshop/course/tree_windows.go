package course

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// inOwnGroup keeps Ctrl-C from a command, so that killTree is its only end.
func inOwnGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killTree kills a process and its children.
func killTree(p *os.Process) error {
	return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
}
