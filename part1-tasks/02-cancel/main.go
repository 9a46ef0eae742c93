// A fire drill: main cancels a clerk and three desks, and each makes something
// else of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

var (
	errFireDrill = errors.New("fire drill")
	errNoAnswer  = errors.New("no answer")
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	log.Info("opens the box office", lesson.Waiting)
	var office sync.WaitGroup
	open := func(name string, seat int, takes, limit time.Duration) {
		office.Go(func() { desk(ctx, log.With("task", name), seat, takes, limit) })
	}
	office.Go(func() { clerk(ctx, log.With("task", "clerk")) })
	open("desk A", 1, 300*time.Millisecond, 800*time.Millisecond)
	open("desk B", 2, 400*time.Millisecond, 0) // no limit of its own: it just uses ctx
	open("desk C", 3, time.Hour, 800*time.Millisecond)
	if err := lesson.Pause(ctx, 2200*time.Millisecond); err != nil { // Ctrl-C
		office.Wait()
		return err
	}

	log.Info("cancels all: fire drill", lesson.Waiting, lesson.To("clerk", "desk A", "desk B", "desk C"))
	cancel(errFireDrill)
	office.Wait()
	if err := lesson.Over(ctx); err != nil {
		return err
	}
	log.Info("everybody has left")

	late := tasks.Go(ctx, func(ctx context.Context) (int, error) {
		desk(ctx, log.With("task", "desk D"), 4, 300*time.Millisecond, 800*time.Millisecond)
		return 4, nil
	})
	_, err := late.Wait(ctx)
	log.Warn(fmt.Sprintf("desk D never opened: %v", err))
	return nil
}

// clerk counts bags of money and shrugs off the first cancellation.
func clerk(ctx context.Context, log *slog.Logger) {
	log.Info("counts the money")
	bags := 0
	for _, answer := range []string{"shrugs it off and counts on", "gives in"} {
		for lesson.Pause(ctx, 500*time.Millisecond) == nil {
			bags++
			log.Info(fmt.Sprint("bag ", bags))
		}
		log.Warn(answer)
	}
}

// desk holds a seat until ctx ends and then owes it to the others: it takes a
// while to give it back.
func desk(ctx context.Context, log *slog.Logger, seat int, takes, limit time.Duration) {
	log.Info(fmt.Sprint("holds seat ", seat))
	<-ctx.Done()
	log.Warn(fmt.Sprintf("%v: gives seat %d back", context.Cause(ctx), seat), lesson.Waiting)
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(context.WithoutCancel(ctx), limit, errNoAnswer)
		defer cancel()
	}
	if err := lesson.Pause(ctx, takes); err != nil {
		log.Error(fmt.Sprintf("seat %d stays taken: %v", seat, err))
		return
	}
	log.Info(fmt.Sprintf("seat %d is free", seat))
}
