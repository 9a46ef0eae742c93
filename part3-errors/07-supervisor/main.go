// A greenhouse whose tasks may fail alone, be added late and be stopped from elsewhere; and a table of who can do that.
package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	keeper := log.With("task", "keeper")
	house := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
		keeper.Error(f.Task + ": " + f.Err.Error())
	}))
	defer func() { _ = house.Stop(context.WithoutCancel(ctx), nil) }()

	log.Info("opens the greenhouse")
	_ = house.Go("heater", func(ctx context.Context) error { return heater(ctx, log.With("task", "heater")) })
	_ = house.Go("sprinkler", func(ctx context.Context) error { return sprinkler(ctx, log.With("task", "sprinkler")) })
	if err := lesson.Pause(ctx, time.Second); err != nil { // Ctrl-C, here and below
		return err
	}
	log.Info("it is hot: adds a fan", lesson.Waiting)
	_ = house.Go("fan", func(ctx context.Context) error { return fan(ctx, log.With("task", "fan")) })
	_ = house.Go("phone", func(ctx context.Context) error { return phone(ctx, log.With("task", "phone"), house) })
	_ = house.Wait(ctx)
	if house.Go("lamp", func(context.Context) error { return nil }) != nil && ctx.Err() == nil {
		log.Info("all is still; a lamp is refused")
	}
	if ctx.Err() == nil {
		table(ctx, log) // probes.go
	}
	return context.Cause(ctx) // nil, unless it was Ctrl-C
}

func heater(ctx context.Context, log *slog.Logger) error {
	log.Info("heats")
	for lesson.Pause(ctx, 700*time.Millisecond) == nil {
		log.Info("still heats")
	}
	log.Warn("is cancelled, cools down", lesson.Waiting)
	if lesson.Pause(context.WithoutCancel(ctx), 300*time.Millisecond) == nil {
		log.Info("is cold")
	}
	return context.Cause(ctx)
}

func sprinkler(ctx context.Context, log *slog.Logger) error {
	log.Info("sprinkles")
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Error("runs dry")
	return errors.New("no water")
}

func fan(ctx context.Context, log *slog.Logger) error {
	log.Info("turns")
	if err := lesson.Pause(ctx, 600*time.Millisecond); err != nil {
		return err
	}
	log.Error("wants more speed")
	speeds := map[string]map[string]int{}
	speeds["fan"]["now"]++ // a bug
	return nil
}

// phone is a task of the house itself, and stops it.
func phone(ctx context.Context, log *slog.Logger, house *supervisor.Supervisor) error {
	if err := lesson.Pause(ctx, 1500*time.Millisecond); err != nil {
		return err
	}
	log.Info("rings: stop everything", lesson.Waiting, lesson.To("heater"))
	err := house.Stop(ctx, errors.New("frost"))
	if lesson.Over(ctx) == nil {
		log.Info("all but the phone has stopped")
	}
	return err
}
