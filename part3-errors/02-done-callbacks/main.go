// A cake burns and a bread succeeds. One guest waits for them; a lamp, a radio and a diary only observe. A pie is cancelled.
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

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	lamp, radio, diary := log.With("task", "lamp"), log.With("task", "radio"), log.With("task", "diary")
	for _, who := range []*slog.Logger{lamp, radio, diary} {
		who.Info("wants to hear of the cake", lesson.Waiting)
	}
	var all sync.WaitGroup
	tell := func(who *slog.Logger, of *tasks.Task[string], then func()) {
		all.Add(1) // no Wait waits for a callback: count it yourself
		of.OnDone(func(good string, err error) {
			defer all.Done()
			who.Info("hears: " + outcome(good, err))
			if ctx.Err() == nil {
				then()
			}
		})
	}

	log.Info("puts a cake in the oven", lesson.Waiting)
	cake := tasks.Go(ctx, func(ctx context.Context) (string, error) {
		good, err := bake(ctx, log.With("task", "cake"), errors.New("burnt"))
		lamp.Info("hears: " + outcome(good, err)) // no callback: it is the next line
		return good, err
	})
	tell(radio, cake, func() { radio.Error("has no signal") }) // a panic here would end the program
	tell(diary, cake, func() {})
	all.Go(func() { guest(ctx, log.With("task", "guest"), cake) })
	if err := lesson.Pause(ctx, 1500*time.Millisecond); err != nil { // Ctrl-C, here and below
		all.Wait()
		return err
	}

	log.Info("cake: " + state(cake))
	log.Info("lets a neighbor ask, too late", lesson.Waiting)
	tell(log.With("task", "neighbor"), cake, func() {})
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		all.Wait()
		return err
	}

	diary.Info("wants to hear of the bread", lesson.Waiting)
	log.Info("puts a bread in the oven", lesson.Waiting)
	bread := tasks.Go(ctx, func(ctx context.Context) (string, error) { return bake(ctx, log.With("task", "bread"), nil) })
	tell(diary, bread, func() {
		if lesson.Pause(ctx, 500*time.Millisecond) == nil {
			diary.Info("has written it down")
		}
	})
	all.Go(func() { guest(ctx, log.With("task", "guest"), bread) })
	all.Go(func() { clock(ctx, log.With("task", "clock")) })
	all.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	log.Info("puts a pie in the oven", lesson.Waiting)
	pie := tasks.Go(ctx, func(ctx context.Context) (string, error) { return bake(ctx, log.With("task", "pie"), nil) })
	if lesson.Pause(ctx, 500*time.Millisecond) == nil {
		log.Info("cancels the pie", lesson.Waiting, lesson.To("pie"))
	}
	pie.Cancel(nil)
	_, err := pie.Wait(context.WithoutCancel(ctx)) // Cancel only asks
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, context.Canceled) {
		log.Info("catches the cancellation")
	}
	log.Info("pie: " + state(pie))
	return nil
}

// state is what a handle tells of its task: done, cancelled and exception in asyncio.
func state(t *tasks.Task[string]) string {
	_, err := t.Result()
	return fmt.Sprintf("done %t, cancelled %t, error %v", !errors.Is(err, tasks.ErrNotDone), t.Cancelled(), err)
}

// bake takes a second.
func bake(ctx context.Context, log *slog.Logger, failure error) (string, error) {
	log.Info("bakes")
	if err := lesson.Pause(ctx, time.Second); err != nil {
		log.Warn("is cancelled")
		return "", err
	}
	if failure != nil {
		log.Error("is " + failure.Error())
		return "", failure
	}
	log.Info("is golden")
	return "golden", nil
}

// guest owns what it waits for: a failure is its failure.
func guest(ctx context.Context, log *slog.Logger, dish *tasks.Task[string]) {
	if lesson.Pause(ctx, 100*time.Millisecond) != nil {
		return
	}
	log.Info("waits at the table", lesson.Waiting)
	good, err := dish.Wait(ctx)
	if err != nil {
		log.Error("gets it all the same: " + err.Error())
		return
	}
	log.Info("eats: " + good)
}

func clock(ctx context.Context, log *slog.Logger) {
	for range 4 {
		if lesson.Pause(ctx, 400*time.Millisecond) == nil {
			log.Info("ticks")
		}
	}
}

func outcome(good string, err error) string {
	if err != nil {
		return err.Error()
	}
	return good
}
