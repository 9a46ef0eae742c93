// A window: each click saves in the background, two at a time, and no click may wait.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

var (
	errDisk = errors.New("disk full")
	errPage = errors.New("no page 9") // a bug: save panics with it
	errLong = errors.New("too long")  // not a failure: save cannot stop in the middle
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	log.Info("opens its window, keeps no autosave")
	autosave := log.With("task", "autosave")
	change, over := make(chan struct{}), sync.WaitGroup{}
	over.Go(func() {
		autosave.Info("waits for a change", lesson.Waiting)
		<-change
		if ctx.Err() == nil {
			autosave.Info("is still there")
		}
	})

	saves := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
		log.With("task", f.Task).Error(fmt.Sprint("reported: ", f.Err))
	}))
	room := semaphore.NewWeighted(2)
	click := func(at time.Duration, name string, takes time.Duration, problem error) {
		if lesson.Pause(ctx, at) != nil { // Ctrl-C, here and below
			return
		}
		if !room.TryAcquire(1) {
			log.Warn(name + ": refused, two are running")
			return
		}
		log.Info("clicks " + name)
		err := saves.Go(name, func(ctx context.Context) error {
			defer room.Release(1)
			return save(ctx, log.With("task", name), takes, problem)
		})
		if err != nil {
			room.Release(1)
		}
	}
	const since = 300 * time.Millisecond // the click before
	click(since, "save 1", 1700*time.Millisecond, nil)
	click(since, "save 2", 600*time.Millisecond, errDisk)
	click(since, "save 3", 600*time.Millisecond, nil)
	click(2*since, "save 4", 300*time.Millisecond, errPage)
	click(2*since, "save 5", 5*time.Second, nil)
	click(since, "save 6", 1400*time.Millisecond, errLong)
	if lesson.Pause(ctx, since) != nil {
		_ = saves.Wait(context.WithoutCancel(ctx))
		close(change)
		over.Wait()
		return context.Cause(ctx)
	}

	log.Info(fmt.Sprint("closes, unfinished: ", saves.Running()), lesson.Waiting)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond)
	defer cancel()
	if late, ok := errors.AsType[*supervisor.StopError](saves.Stop(limited, nil)); ok {
		log.Error(fmt.Sprint("waits no longer for ", late.Running), lesson.Waiting)
	}
	_ = saves.Wait(context.WithoutCancel(ctx)) // a program would end here; a story waits for all
	close(change)
	over.Wait()
	return context.Cause(ctx)
}

// save writes for as long as takes says, unless ctx ends; a write that is too long to be repeated goes on to its end.
func save(ctx context.Context, log *slog.Logger, takes time.Duration, problem error) error {
	log.Info("begins")
	written := time.Now().Add(takes)
	if err := lesson.Pause(ctx, takes); err != nil {
		if !errors.Is(problem, errLong) {
			log.Warn("is cancelled")
			return err
		}
		log.Warn("is cancelled and goes on")
		if err := lesson.Pause(context.WithoutCancel(ctx), time.Until(written)); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(problem, errDisk):
		return problem
	case errors.Is(problem, errPage):
		panic(problem)
	}
	log.Info("is saved")
	return nil
}
