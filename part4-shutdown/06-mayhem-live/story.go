package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"

	"example.com/asyncio-to-go/workshop/lesson"
)

// story is the service in a process of its own, with its server and its database. The process is killed, and another one goes on.
func story(ctx context.Context, log *slog.Logger) error {
	folder, err := os.MkdirTemp("", "mayhem-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder

	log.Info("wants web-1 and web-2 restarted", lesson.Waiting)
	first, err := start(ctx, log, "process 1", folder, 2)
	if err != nil {
		return err
	}
	acked, extended := false, false
	err = first.tell(ctx, func(task, text string) (enough bool) {
		acked = acked || task == "web-1" && text == "is acked"
		extended = extended || task == "web-2" && text == "gets more time"
		return acked && extended
	})
	_ = first.cmd.Process.Kill() // it may have ended
	ended := first.cmd.Wait()    // says that it was killed
	if ctx.Err() != nil || err != nil || !acked || !extended {
		return errors.Join(context.Cause(ctx), err, ended)
	}
	log.With("task", "process 1").Error("is killed: kill -9")
	log.With("task", "web-2").Warn("is in no process", lesson.Waiting)

	log.Info("wants web-3 restarted, too", lesson.Waiting)
	second, err := start(ctx, log, "process 2", folder, 3)
	if err != nil {
		return err
	}
	err = second.tell(ctx, func(string, string) bool { return false })
	if err = errors.Join(context.Cause(ctx), err, second.cmd.Wait()); err != nil {
		return err
	}
	log.With("task", "process 2").Info("ends: all are settled")
	rows, err := openTable(ctx, config{data: folder}, newCounters(), func(error) {})
	if err != nil {
		return err
	}
	defer rows.db.Close() //nolint:errcheck // nothing was written
	all, handled, dead, err := rows.total(ctx, "")
	log.Info(fmt.Sprintf("rows %d: handled %d, dead %d", all, handled, dead))
	return err
}

// A process is this program once more, as the service.
type process struct {
	cmd   *exec.Cmd
	log   *slog.Logger
	steps *json.Decoder
}

func start(ctx context.Context, log *slog.Logger, name, folder string, messages int) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, "-steps", "-log", "error", "-data", folder, "-messages", fmt.Sprint(messages), "-seed", "1265928", "-fail", "0",
		"-gone", "0.4", "-work", "1200ms", "-ack-wait", "2s", "-backoff", "300ms", "-tries", "3")
	cmd.Stderr = os.Stderr
	steps, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	log.With("task", name).Info("starts")
	return &process{cmd, log, json.NewDecoder(steps)}, cmd.Start()
}

// tell repeats what the process says, until that is enough or the process has ended.
func (p *process) tell(ctx context.Context, enough func(task, text string) bool) error {
	for {
		var step struct {
			Level   slog.Level
			Msg     string
			Task    string
			Waiting bool
		}
		switch err := p.steps.Decode(&step); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case step.Task == "publisher":
			continue
		}
		rests := step.Waiting || step.Msg == "is acked"
		p.log.Log(ctx, step.Level, step.Msg, "task", step.Task, "waiting", rests)
		if enough(step.Task, step.Msg) {
			return nil
		}
	}
}
