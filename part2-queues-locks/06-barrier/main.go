// Three hikers walk from hut to hut, and none leaves a hut before all three are there.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	hut := locks.NewBarrier(3) // each hut on the way is a round
	var hikers sync.WaitGroup
	defer hikers.Wait()
	hike := func(ctx context.Context, name string, walks ...time.Duration) {
		hikers.Go(func() { hiker(ctx, log.With("task", name), hut, walks) })
	}
	healthy, fallIll := context.WithCancel(ctx)
	defer fallIll()
	hike(ctx, "anna", 1200*time.Millisecond, 1900*time.Millisecond, 1500*time.Millisecond)
	hike(ctx, "ben", 600*time.Millisecond, 500*time.Millisecond, time.Second)
	hike(healthy, "carla", 900*time.Millisecond, 700*time.Millisecond)
	if err := lesson.Pause(ctx, 2200*time.Millisecond); err != nil {
		return err
	}

	log.Info("carla is ill, dora comes instead", lesson.To("carla", "dora"))
	fallIll()
	hike(ctx, "dora", 300*time.Millisecond, 1500*time.Millisecond)
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}

	log.Info("a storm: aborts", lesson.To("ben", "dora"))
	hut.Abort()
	if err := lesson.Pause(ctx, 700*time.Millisecond); err != nil {
		return err
	}

	log.Info("the sun is out: resets", lesson.Waiting)
	hut.Reset()
	hikers.Wait()
	if ctx.Err() != nil { // Ctrl-C
		return context.Cause(ctx)
	}
	log.Info("all are down")
	return nil
}

// hiker walks, then waits for the other hikers, once for each walk.
func hiker(ctx context.Context, log *slog.Logger, hut *locks.Barrier, walks []time.Duration) {
	log.Info("sets off")
	for _, walk := range walks {
		if lesson.Pause(ctx, walk) != nil {
			return
		}
		log.Info("waits in the hut", lesson.Waiting)
		i, err := hut.Wait(ctx)
		switch {
		case errors.Is(err, locks.ErrBroken):
			log.Error("turns back: broken")
		case err != nil:
			log.Warn("gives up")
			return
		case i == 0: // one hiker in each round is
			log.Info("goes on as 0, signs for all")
		default:
			log.Info(fmt.Sprint("goes on as ", i))
		}
	}
}
