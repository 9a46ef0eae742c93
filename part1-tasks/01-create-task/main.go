// Two tasks run side by side until main cancels them; then tasks forget to wait.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	if err := twoTasks(ctx, log); err != nil { // Ctrl-C, here and below
		return err
	}
	if err := hastyTask(ctx, log); err != nil {
		return err
	}
	return forgottenWaits(ctx, log)
}

func twoTasks(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	log.Info("starts two tasks")
	var tasks sync.WaitGroup
	tasks.Go(func() { repeat(ctx, log.With("task", "heartbeat"), "is alive", 1500*time.Millisecond) })
	tasks.Go(func() { repeat(ctx, log.With("task", "poller"), "asks for news", 2*time.Second) })
	log.Info("goes on at once, for 5 s", lesson.Waiting)
	select {
	case <-time.After(5 * time.Second):
	case <-ctx.Done(): // Ctrl-C
		tasks.Wait()
		return context.Cause(ctx)
	}

	log.Info("cancels both", lesson.Waiting, lesson.To("heartbeat", "poller"))
	cancel()
	tasks.Wait()
	log.Info("both have ended")
	return nil
}

func repeat(ctx context.Context, log *slog.Logger, what string, interval time.Duration) {
	log.Info("begins")
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			log.Info(what)
		case <-ctx.Done():
			log.Warn("is cancelled")
			return
		}
	}
}

// hastyTask runs a task that never waits beside one that waits for 0.3 s.
func hastyTask(ctx context.Context, log *slog.Logger) error {
	var tasks sync.WaitGroup
	tasks.Go(func() {
		if lesson.Pause(ctx, 300*time.Millisecond) == nil {
			log.With("task", "clock").Info("rings, as it should at 5.3 s")
		}
	})
	tasks.Go(func() {
		for turn := range 3 {
			if lesson.Pause(ctx, 200*time.Millisecond) != nil { // in place of 0.2 s of computing, without a wait
				return
			}
			log.With("task", "hasty").Info(fmt.Sprint("turn ", turn+1))
		}
	})
	tasks.Wait()
	return lesson.Over(ctx)
}

// forgottenWaits shows the three that Go has in place of a missing await.
func forgottenWaits(ctx context.Context, log *slog.Logger) error {
	var tasks sync.WaitGroup
	defer func() {
		tasks.Wait()
	}()

	var saved atomic.Bool
	tasks.Go(func() {
		if lesson.Pause(ctx, 100*time.Millisecond) == nil {
			saved.Store(true)
			log.With("task", "saver").Info("has saved")
		}
	})
	log.Info(fmt.Sprint("forgets Wait: saved is ", saved.Load()), lesson.Waiting)
	if err := lesson.Pause(ctx, 150*time.Millisecond); err != nil {
		return err
	}

	tasks.Go(func() {
		_ = printNews(log.With("task", "printer")) // Go takes a func(): the error has no way out
	})
	tasks.Wait()
	log.Info("Wait has returned, and no error with it")

	request, cancel := context.WithCancel(ctx)
	defer cancel() // without this line go vet complains
	tasks.Go(func() {
		<-request.Done()
		log.With("task", "watcher").Warn("ends with the program, not with its request")
	})
	log.Info("forgets cancel: the request is over", lesson.Waiting)
	return lesson.Pause(ctx, 100*time.Millisecond)
}

func printNews(log *slog.Logger) error {
	err := errors.New("no paper")
	log.Warn("fails: " + err.Error())
	return err
}
