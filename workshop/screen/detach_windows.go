package screen

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a process group of its own: Ctrl-C here is not its end.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
