package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"

	"example.com/asyncio-to-go/workshop/lesson"
)

// A process is a parent that runs elsewhere.
type process struct {
	interrupt func() error          // it and all processes of its group, as Ctrl-C does
	signal    func(os.Signal) error // it alone
	wait      func() string         // until neither it nor a worker is left; says how it ended
}

// A starter starts a parent; what it and its workers say goes to log. When ctx ends, the parent is killed. The
// function that starts one waits for it.
type starter func(ctx context.Context, log *slog.Logger, groups string, workers []string) (process, error)

// startParent starts this program once more, as a parent, and returns when all its workers work: from then on they take
// signals.
func startParent(ctx context.Context, log *slog.Logger, groups string, workers []string) (process, error) {
	program, err := os.Executable()
	if err != nil {
		return process{}, err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"parent", groups}, workers...)...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = groupOfItsOwn // or our Ctrl-C would reach us, too
	out, err := cmd.StdoutPipe()
	if err == nil {
		_, err = cmd.StdinPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return process{}, err
	}
	said := json.NewDecoder(out)
	for range 1 + len(workers) { // the parent's first line and the workers'
		relay(ctx, said, log)
	}
	return process{
		interrupt: func() error { return interruptGroup(cmd.Process) },
		signal:    cmd.Process.Signal,
		wait: func() string {
			for relay(ctx, said, log) { // until the last process that can write has ended
			}
			_ = cmd.Wait() // the state says it all
			return cmd.ProcessState.String()
		},
	}, nil
}

// relay hands on one line of a parent or its workers, and reports whether there was one.
func relay(ctx context.Context, said *json.Decoder, log *slog.Logger) bool {
	var line struct {
		Level     slog.Level
		Task, Msg string
		Waiting   bool
	}
	if err := said.Decode(&line); err != nil {
		return false // as a rule io.EOF
	}
	log = log.With("task", line.Task)
	if line.Waiting {
		log.Log(ctx, line.Level, line.Msg, lesson.Waiting)
	} else {
		log.Log(ctx, line.Level, line.Msg)
	}
	return true
}
