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
	acked, extended := false, false
	err = process(ctx, log, "process 1", folder, 2, func(task, text string) (kill bool) {
		acked = acked || task == "web-1" && text == "is acked"
		extended = extended || task == "web-2" && text == "gets more time"
		return acked && extended
	})
	if err != nil || !acked || !extended {
		return errors.Join(err, errors.New("process 1 has ended too early"))
	}
	log.With("task", "process 1").Error("is killed: kill -9")
	log.With("task", "web-2").Warn("is in no process", lesson.Waiting)

	log.Info("wants web-3 restarted, too", lesson.Waiting)
	if err := process(ctx, log, "process 2", folder, 3, func(string, string) (kill bool) { return false }); err != nil {
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

// process is this program once more, as the service. It repeats what the service says, until that is to be killed or has ended.
func process(ctx context.Context, log *slog.Logger, name, folder string, messages int, heard func(task, text string) (kill bool)) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "-steps", "-log", "error", "-data", folder, "-messages", fmt.Sprint(messages), "-seed", "1265928",
		"-fail", "0", "-gone", "0.4", "-work", "1200ms", "-ack-wait", "2s", "-backoff", "300ms", "-tries", "3")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	log.With("task", name).Info("starts")
	if err := cmd.Start(); err != nil {
		return err
	}
	for steps := json.NewDecoder(out); ; {
		var step struct {
			Level     slog.Level
			Msg, Task string
			Waiting   bool
		}
		if err := steps.Decode(&step); errors.Is(err, io.EOF) {
			return errors.Join(context.Cause(ctx), cmd.Wait())
		} else if err != nil {
			return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
		}
		if step.Task != "publisher" {
			log.Log(ctx, step.Level, step.Msg, "task", step.Task, "waiting", step.Waiting)
		}
		if heard(step.Task, step.Msg) {
			err := cmd.Process.Kill()
			_ = cmd.Wait() // says that it was killed
			return err
		}
	}
}
