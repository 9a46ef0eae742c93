//go:build unix

package main

import (
	"os"
	"syscall"
)

// groupOfItsOwn puts a process into a new process group, whose number is that of the process. Ctrl-C reaches only the
// group in the foreground of the terminal, and that is not this one.
var groupOfItsOwn = &syscall.SysProcAttr{Setpgid: true}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// interruptGroup does to a group what a terminal does at Ctrl-C: SIGINT to each process of it.
func interruptGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGINT) }
