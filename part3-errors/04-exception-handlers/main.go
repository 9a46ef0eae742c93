// Six feeds and a timer go wrong or are stopped. Which failures reach the handler, and when?
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	s := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
		log := log.With("task", "handler")
		if bug, ok := errors.AsType[*supervisor.PanicError](f.Err); ok {
			log.Error(fmt.Sprintf("%s: %v", f.Task, bug.Value)) // and bug.Stack says where
			return
		}
		log.Error(fmt.Sprintf("%s: %v", f.Task, f.Err))
	}))

	log.Info("waits for feed A", lesson.Waiting)
	err := feed(ctx, log.With("task", "feed A"), 400*time.Millisecond)
	log.Info(fmt.Sprint("hears of A: ", err))
	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil { // Ctrl-C, here and below
		return err
	}

	log.Info("waits for feeds B and C", lesson.Waiting)
	var both errgroup.Group
	both.Go(func() error { return feed(ctx, log.With("task", "feed B"), 400*time.Millisecond) })
	both.Go(func() error { return feed(ctx, log.With("task", "feed C"), 600*time.Millisecond) })
	err = both.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info(fmt.Sprint("hears of B: ", err))
	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
		return err
	}

	log.Info("starts three feeds and a timer")
	start := func(name string, takes time.Duration) {
		_ = s.Go(name, func(ctx context.Context) error { return feed(ctx, log.With("task", name), takes) })
	}
	start("feed D", 400*time.Millisecond)
	start("feed E", 600*time.Millisecond)
	start("feed F", time.Hour)
	_ = s.Go("timer", func(ctx context.Context) error {
		if err := lesson.Pause(ctx, 800*time.Millisecond); err != nil {
			return err
		}
		log.With("task", "timer").Error("has a bug")
		panic("index out of range")
	})
	if lesson.Pause(ctx, 1400*time.Millisecond) == nil {
		log.Info("stops feed F", lesson.Waiting, lesson.To("feed F"))
	}
	_ = s.Stop(context.WithoutCancel(ctx), errors.New("closing time"))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info("ends")
	return nil
}

func feed(ctx context.Context, log *slog.Logger, takes time.Duration) error {
	log.Info("begins")
	if err := lesson.Pause(ctx, takes); err != nil {
		log.Warn("is cancelled")
		return err
	}
	log.Error("fails")
	return errors.New("no line")
}
