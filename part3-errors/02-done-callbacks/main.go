// A cake burns and a bread succeeds. One guest waits for them; others only want to hear how it went.
package main

import (
	"context"
	"errors"
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
		all.Add(1) // nobody waits for a callback, unless you do
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
	log.Info("closes the kitchen")
	return nil
}

// bake takes a second.
func bake(ctx context.Context, log *slog.Logger, failure error) (string, error) {
	log.Info("bakes")
	if err := lesson.Pause(ctx, time.Second); err != nil {
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
