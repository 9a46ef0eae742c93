//go:build unix

package main

import (
	"os"
	"os/exec"
)

func setUp(*exec.Cmd) {}

func send(p *os.Process, sig os.Signal) error { return p.Signal(sig) }
