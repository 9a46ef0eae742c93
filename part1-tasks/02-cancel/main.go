// A fire drill: main cancels a clerk and three desks, and each answers it in
// its own way.
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
	errFireDrill = &reason{"fire drill", context.Canceled}
	errNoAnswer  = &reason{"no answer", context.DeadlineExceeded}
)

// A reason says why a context ended. errors.Is finds it, and also what every
// caller may ask for: context.Canceled or context.DeadlineExceeded.
type reason struct {
	text string
	end  error
}

func (r *reason) Error() string { return r.text }
func (r *reason) Unwrap() error { return r.end }

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	log.Info("opens the box office", lesson.Waiting)
	var office sync.WaitGroup
	outcomes := make([]error, 3)
	open := func(name string, seat int, takes, limit time.Duration) {
		office.Go(func() { outcomes[seat-1] = desk(ctx, log.With("task", name), seat, takes, limit) })
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
	log.Info("all have left")
	log.Info(fmt.Sprint("desk A was cancelled: ", errors.Is(outcomes[0], context.Canceled)))

	late := tasks.Go(ctx, func(ctx context.Context) (int, error) {
		return 4, desk(ctx, log.With("task", "desk D"), 4, 300*time.Millisecond, 800*time.Millisecond)
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

// desk holds a seat until ctx ends. Then it gives the seat back, which takes a
// while, and returns why ctx ended.
func desk(ctx context.Context, log *slog.Logger, seat int, takes, limit time.Duration) error {
	log.Info(fmt.Sprint("holds seat ", seat))
	<-ctx.Done()
	why := context.Cause(ctx)
	log.Warn(fmt.Sprintf("%v: gives seat %d back", why, seat), lesson.Waiting)
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(context.WithoutCancel(ctx), limit, errNoAnswer)
		defer cancel()
	}
	if err := lesson.Pause(ctx, takes); err != nil {
		log.Error(fmt.Sprintf("seat %d stays taken: %v", seat, err))
		return why
	}
	log.Info(fmt.Sprintf("seat %d is free", seat))
	return why
}
