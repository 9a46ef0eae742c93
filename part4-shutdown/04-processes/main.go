// A parent with worker processes ends: Ctrl-C reaches them all, Ctrl-C reaches the parent only, kill -9 ends the parent.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) > 1 { // startParent or startWorker has started us: tell no story
		os.Exit(program(os.Args[1:]))
	}
	lesson.Main(story(startParent))
}

func story(start starter) lesson.Story {
	return func(ctx context.Context, log *slog.Logger) error {
		ctx, killAll := context.WithCancel(ctx)
		defer killAll()
		ctrlC := func(p process) error { return p.interrupt() }
		kill := func(p process) error {
			log.With("task", "parent").Error("is killed", lesson.To("worker 4")) // it cannot say so itself
			return p.signal(os.Kill)
		}

		log.Info("starts a parent, as a terminal does", lesson.Waiting)
		for _, act := range []struct {
			groups  string
			workers []string
			what    string
			happens func(process) error
		}{
			{oneForAll, []string{"worker 0"}, "presses Ctrl-C", ctrlC},
			{oneForEach, []string{"worker 1", "worker 2", "worker 3"}, "presses Ctrl-C", ctrlC},
			{oneForEach, []string{"worker 4"}, "kills the parent: kill -9", kill},
		} {
			p, err := start(ctx, log, act.groups, act.workers)
			if err != nil {
				return err
			}
			if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil { // a real Ctrl-C: it has reached the parent, too
				p.wait()
				return err
			}
			log.Info(act.what, lesson.Waiting)
			if err := act.happens(p); err != nil {
				killAll()
				p.wait()
				return err
			}
			log.Info("no process is left, "+p.wait(), lesson.Waiting)
			if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
				return err
			}
		}
		return nil
	}
}
