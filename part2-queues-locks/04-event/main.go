// A traffic light: green is for the cars that wait and for those that come later, until it is red. Main is the light.
package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	if waitsForThemFirst(ctx, log); ctx.Err() != nil { // Ctrl-C, here and below
		return context.Cause(ctx)
	}

	var light locks.Event // green while it is set
	whistle := locks.NewCondition(nil)
	var street sync.WaitGroup
	defer street.Wait()
	car := func(name string) {
		street.Go(func() { cross(ctx, log.With("task", name), "comes to the light", light.Wait) })
	}
	listener := func(name string) {
		street.Go(func() { cross(ctx, log.With("task", name), "listens for the whistle", hear(whistle)) })
	}

	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	for _, name := range []string{"car A", "car B", "car C"} {
		car(name)
	}
	listener("bus")
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Info("turns green, and whistles", lesson.To("car A", "car B", "car C", "bus"))
	light.Set() // once, for all three
	blow(ctx, whistle)

	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
		return err
	}
	car("car D") // late, and the light is still green
	if err := lesson.Pause(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	listener("tram") // late, and the whistle is over
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	log.Info("turns green once more")
	light.Set()

	if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	log.Info("turns red", lesson.Waiting)
	light.Clear()
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	car("car E")
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Info("turns green, and red at once", lesson.Waiting, lesson.To("car E"))
	light.Set()
	light.Clear() // before car E has moved

	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	car("car F")
	if err := lesson.Pause(ctx, 600*time.Millisecond); err != nil {
		return err
	}
	log.Info("turns green", lesson.To("car F"))
	light.Set()
	street.Wait()
	return context.Cause(ctx)
}

// waitsForThemFirst is the article's program: it turns green when all are across.
func waitsForThemFirst(ctx context.Context, log *slog.Logger) {
	log.Info("is red until all three are across", lesson.Waiting)
	green := make(chan struct{}) // this light turns green once, by being closed
	wait := func(ctx context.Context) error {
		select {
		case <-green:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	var street sync.WaitGroup
	for _, name := range []string{"car A", "car B", "car C"} {
		street.Go(func() { cross(ctx, log.With("task", name), "comes to the light", wait) })
	}
	street.Wait()
	if ctx.Err() != nil {
		return
	}
	log.Info("turns green too late, then red", lesson.Waiting)
	close(green)
}

// cross waits for a sign, one second at most.
func cross(ctx context.Context, log *slog.Logger, how string, sign func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	log.Info(how, lesson.Waiting)
	if sign(ctx) != nil {
		log.Warn("turns back")
		return
	}
	log.Info("is across")
}

func hear(whistle *locks.Condition) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := whistle.L.Acquire(ctx); err != nil {
			return err
		}
		defer whistle.L.Release()
		return whistle.Wait(ctx)
	}
}

func blow(ctx context.Context, whistle *locks.Condition) {
	if whistle.L.Acquire(ctx) == nil {
		whistle.NotifyAll()
		whistle.L.Release()
	}
}
