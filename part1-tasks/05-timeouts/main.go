// Six calls with a time limit, and which limit it was that ended them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// Each limit has an error of its own: it says which limit ended a context, and
// wraps what every caller may ask for.
var (
	errMessage = fmt.Errorf("2 s for the message: %w", context.DeadlineExceeded)
	errStep    = fmt.Errorf("1 s for a step: %w", context.DeadlineExceeded)
	errCall    = fmt.Errorf("a limit for one call: %w", context.DeadlineExceeded)
	errStops   = fmt.Errorf("the service stops: %w", context.Canceled)
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	for _, scene := range []func(context.Context, *slog.Logger){handle, email, report, payment, poll} {
		scene(ctx, log)
		if ctx.Err() != nil { // Ctrl-C
			return context.Cause(ctx)
		}
	}
	return nil
}

// within calls f with a limit, unless there is no time left at all. If f fails
// and its context has ended, the error says which limit it was.
func within(ctx context.Context, limit time.Duration, which error, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, which)
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := f(ctx)
	if over := lesson.Over(ctx); over != nil { // Ctrl-C
		return over
	}
	if err != nil && ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

// work waits for d. When it is stopped it needs cleanUp more.
func work(log *slog.Logger, d, cleanUp time.Duration, cleanedUp string) func(context.Context) error {
	return func(ctx context.Context) error {
		log.Info("begins", lesson.Waiting)
		select {
		case <-time.After(d):
			log.Info("is done")
			return nil
		case <-ctx.Done():
			log.Warn("is told to stop: " + context.Cause(ctx).Error())
			if lesson.Pause(context.WithoutCancel(ctx), cleanUp) == nil {
				log.Info(cleanedUp)
			}
			return ctx.Err() // as most functions do: the same error for each limit
		}
	}
}

// handle has a limit for the message and one for each of its steps.
func handle(ctx context.Context, log *slog.Logger) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Second, errMessage)
	defer cancel()
	save := work(log.With("task", "save"), 3*time.Second, 300*time.Millisecond, "has rolled back")
	restart := work(log.With("task", "restart"), 3*time.Second, 200*time.Millisecond, "has let go of the host")
	log = log.With("task", "message 7")
	log.Info("has 2 s to be acked, 1 s for a step", lesson.Waiting)

	err := within(ctx, time.Second, errStep, save)
	if errors.Is(err, errStep) {
		log.Info("the save took too long: goes on", lesson.Waiting)
		err = within(ctx, time.Second, errStep, restart)
	}
	if errors.Is(err, errMessage) {
		log.Warn("its own 2 s are over: nack")
	}
}

func email(ctx context.Context, log *slog.Logger) {
	err := within(ctx, 0, errCall, work(log.With("task", "email"), time.Second, 300*time.Millisecond, "is not sent"))
	if errors.Is(err, errCall) {
		log.Info("has 0 s for an email: it never begins")
	}
}

// report does not listen to its context.
func report(ctx context.Context, log *slog.Logger) {
	log.Info("wants a report within 0.5 s", lesson.Waiting)
	err := within(ctx, 500*time.Millisecond, errCall, func(ctx context.Context) error {
		log := log.With("task", "report")
		log.Info("begins, deaf to all")
		if err := lesson.Pause(context.WithoutCancel(ctx), 800*time.Millisecond); err != nil {
			return err
		}
		log.Info("is done")
		return nil
	})
	if err == nil {
		log.Info("has it, late, and no timeout")
	}
}

// payment is told to stop when that is no longer possible.
func payment(ctx context.Context, log *slog.Logger) {
	log.Info("pays, within 0.5 s", lesson.Waiting)
	err := within(ctx, 500*time.Millisecond, errCall, func(ctx context.Context) error {
		log := log.With("task", "payment")
		log.Info("begins", lesson.Waiting)
		select {
		case <-time.After(700 * time.Millisecond):
		case <-ctx.Done():
			log.Warn("is told to stop, but the money is gone")
			if err := lesson.Pause(context.WithoutCancel(ctx), 200*time.Millisecond); err != nil {
				return err
			}
		}
		log.Info("has the receipt")
		return nil
	})
	if err == nil {
		log.Info("takes the receipt, and no timeout")
	}
}

// poll is cancelled from outside, long before its time is up.
func poll(ctx context.Context, log *slog.Logger) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var err error
	var polling sync.WaitGroup
	log.Info("polls, for 1 s at most", lesson.Waiting)
	polling.Go(func() {
		err = within(ctx, time.Second, errCall, work(log.With("task", "poll"), 3*time.Second, 300*time.Millisecond, "has hung up"))
	})
	if lesson.Pause(ctx, 400*time.Millisecond) == nil {
		log.Info("cancels the poll", lesson.Waiting, lesson.To("poll"))
		cancel(errStops)
	}
	polling.Wait()
	if errors.Is(err, errStops) && !errors.Is(err, errCall) {
		log.Info("knows that this was no timeout")
	}
}
