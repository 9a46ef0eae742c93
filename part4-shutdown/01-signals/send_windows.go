package main

import (
	"os"
	"os/exec"
	"syscall"
)

var generateConsoleCtrlEvent = syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent")

// setUp puts a process into a group of its own, or Ctrl-Break would reach us, too.
func setUp(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// send presses Ctrl-Break, whatever the signal: nothing else can be sent to one
// process of a console. It arrives as os.Interrupt.
func send(p *os.Process, _ os.Signal) error {
	done, _, err := generateConsoleCtrlEvent.Call(syscall.CTRL_BREAK_EVENT, uintptr(p.Pid))
	if done == 0 {
		return err
	}
	return nil
}
