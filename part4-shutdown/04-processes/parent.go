package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// Which processes Ctrl-C reaches.
const (
	oneForAll  = "one group for all"
	oneForEach = "a group for each"
)

const patience = time.Second // with a worker that cleans up

// parent runs workers and returns its exit status when the last one has ended. When ctx ends, it asks them to stop.
func parent(ctx context.Context, log *slog.Logger, groups string, names []string, run runner) int {
	own := log.With("task", "parent")
	own.Info(fmt.Sprintf("workers: %d, %s", len(names), groups), lesson.Waiting)
	workers, ask := context.WithCancel(context.WithoutCancel(ctx))
	defer ask()
	var running sync.WaitGroup
	var failed atomic.Bool
	for _, name := range names {
		running.Go(func() {
			end := run(workers, name, groups)
			if strings.HasPrefix(end, "signal: ") {
				log.With("task", name).Error(end) // it could not say so itself
			}
			if end != "exit status 0" {
				failed.Store(true)
			}
		})
	}
	gone := make(chan struct{})
	go func() { running.Wait(); close(gone) }()

	select {
	case <-ctx.Done():
		<-time.After(200 * time.Millisecond) // in place of closing the door, which comes first
		own.Warn("has closed the door, sends SIGTERM", lesson.Waiting)
		ask()
	case <-gone:
	}
	<-gone
	if failed.Load() {
		return 1
	}
	return 0
}

// A runner runs a worker until it has ended, and says how it ended. When ctx ends, the worker is asked to stop,
// and killed if it has not in time.
type runner func(ctx context.Context, name, groups string) string

// runProcess starts this program once more, as a worker, and waits for its end.
func runProcess(ctx context.Context, name, groups string) string {
	program, err := os.Executable()
	if err != nil {
		return err.Error()
	}
	cmd := exec.CommandContext(ctx, program, "worker", name)
	cmd.Cancel = func() error { return terminate(cmd.Process) } // ctx has ended: ask, once
	cmd.WaitDelay = patience                                    // and then kill
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if groups == oneForEach {
		cmd.SysProcAttr = groupOfItsOwn
	}
	if _, err := cmd.StdinPipe(); err != nil { // we write nothing: its end says that we are gone
		return err.Error()
	}
	if err := cmd.Run(); cmd.ProcessState == nil {
		return err.Error() // it was not even started
	}
	return cmd.ProcessState.String()
}
