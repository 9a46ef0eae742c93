package main

import (
	"os"
	"syscall"
)

var generateConsoleCtrlEvent = syscall.NewLazyDLL("kernel32.dll").NewProc("GenerateConsoleCtrlEvent")

// groupOfItsOwn puts a process into a new process group, whose number is that of the process.
var groupOfItsOwn = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}

// terminate presses Ctrl-Break: nothing else can be sent that a process hears. A process that shares its parent's group
// cannot be meant alone; there it fails.
func terminate(p *os.Process) error { return interruptGroup(p) }

// interruptGroup presses Ctrl-Break for a process group. It arrives as os.Interrupt.
func interruptGroup(p *os.Process) error {
	done, _, err := generateConsoleCtrlEvent.Call(syscall.CTRL_BREAK_EVENT, uintptr(p.Pid))
	if done == 0 {
		return err
	}
	return nil
}
