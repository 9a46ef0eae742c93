// Two workers at a time, until one gives back more than it took.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"example.com/asyncio-to-go/workshop/lesson"
)

const ms = time.Millisecond

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	log.Info("three workers, two permits", lesson.Waiting)
	permits := semaphore.NewWeighted(2)
	var workers sync.WaitGroup
	for n := range 3 {
		log := log.With("task", fmt.Sprint("worker ", n))
		workers.Go(func() { work(ctx, log, permits, time.Second) })
		if lesson.Pause(ctx, 100*ms) != nil { // Ctrl-C, here and below
			break
		}
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	log.Info("four workers, one with a bug", lesson.Waiting)
	permits = semaphore.NewWeighted(2)
	for n, takes := range []time.Duration{500 * ms, 1000 * ms, 1100 * ms, 1400 * ms} {
		log := log.With("task", fmt.Sprint("worker ", n+3))
		workers.Go(func() {
			work(ctx, log, permits, takes)
			if n == 0 && ctx.Err() == nil {
				defer blame(ctx, log)
				log.Info("gives it back again")
				permits.Release(1)
			}
		})
		if lesson.Pause(ctx, 100*ms) != nil {
			break
		}
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info("three were in at once")
	return nil
}

func work(ctx context.Context, log *slog.Logger, permits *semaphore.Weighted, takes time.Duration) {
	defer blame(ctx, log)
	log.Info("wants a permit", lesson.Waiting)
	if permits.Acquire(ctx, 1) != nil { // it panics, too: a permit that comes after ctx ended is given back inside
		log.Warn("gives up: " + context.Cause(ctx).Error())
		return
	}
	log.Info("has a permit")
	defer permits.Release(1)
	if lesson.Pause(ctx, takes) == nil {
		log.Info("gives it back")
	}
}

// blame recovers from the panic of a permit that is given back once too often, only so that the story goes on.
func blame(ctx context.Context, log *slog.Logger) {
	if recover() != nil && ctx.Err() == nil {
		log.Error("is blamed: one too many")
	}
}
