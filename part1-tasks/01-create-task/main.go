// Two tasks run side by side until main cancels them.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
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

	tasks.Go(func() { hasty(log.With("task", "hasty")) })
	tasks.Wait()

	tasks.Go(func() { log.With("task", "report").Info("runs, and nobody had to run a loop") })
	tasks.Wait()
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

func hasty(log *slog.Logger) {
	for turn := range 3 {
		time.After(time.Second) // no <-: this makes a timer and drops it
		log.Info(fmt.Sprint("turn ", turn+1))
	}
}
