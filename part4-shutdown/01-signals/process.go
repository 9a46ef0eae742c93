package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"syscall"

	"example.com/asyncio-to-go/workshop/lesson"
)

// A process is a service that runs elsewhere.
type process struct {
	signal func(os.Signal) error
	wait   func() int // until it has ended; returns the exit status that a shell would show
}

// A starter starts a service, which says what it says to log and is killed when
// ctx ends. The function that starts one waits for it.
type starter func(ctx context.Context, log *slog.Logger, name string) (process, error)

// startProcess starts this program once more, as a service. It returns when the
// service has said something: from then on it takes signals.
func startProcess(ctx context.Context, log *slog.Logger, name string) (process, error) {
	program, err := os.Executable()
	if err != nil {
		return process{}, err
	}
	cmd := exec.CommandContext(ctx, program, "service", name)
	cmd.Stderr = os.Stderr
	setUp(cmd)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return process{}, err
	}
	said := json.NewDecoder(out)
	relay(ctx, said, log)
	return process{
		signal: func(sig os.Signal) error { return send(cmd.Process, sig) },
		wait: func() int {
			for relay(ctx, said, log) {
			}
			_ = cmd.Wait() // the status says it all
			return status(cmd.ProcessState)
		},
	}, nil
}

// relay hands one line of a service on, and reports whether there was one.
func relay(ctx context.Context, said *json.Decoder, log *slog.Logger) bool {
	var line struct {
		Level   slog.Level
		Msg     string
		Waiting bool
	}
	if err := said.Decode(&line); err != nil {
		return false // as a rule io.EOF: it has ended
	}
	var attrs []slog.Attr
	if line.Waiting {
		attrs = append(attrs, lesson.Waiting)
	}
	log.LogAttrs(ctx, line.Level, line.Msg, attrs...)
	return true
}

// status is what a shell calls the exit status: that of a process which a signal
// has ended is 128 and the signal's number.
func status(ended *os.ProcessState) int {
	if how, ok := ended.Sys().(syscall.WaitStatus); ok && how.Signaled() {
		return 128 + int(how.Signal())
	}
	return ended.ExitCode()
}
