// Four workers share one connection, then three have one each.
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

var errTired = errors.New("0.5 s are over")

func story(ctx context.Context, log *slog.Logger) error {
	log.Info("four workers, one connection", lesson.Waiting)
	var lock locks.Lock // its holder may use the connection
	var workers sync.WaitGroup
	for n, patience := range []time.Duration{time.Minute, time.Minute, 500 * time.Millisecond, time.Minute} {
		log := log.With("task", fmt.Sprint("worker ", n))
		workers.Go(func() {
			ctx, cancel := context.WithTimeoutCause(ctx, patience, errTired)
			defer cancel()
			if ask(ctx, &lock, log) && n == 0 {
				ask(ctx, &lock, log) // again, at once
			}
		})
		if lesson.Pause(ctx, 100*time.Millisecond) != nil { // without it, any of them may come first
			break
		}
	}
	workers.Wait()
	if ctx.Err() != nil { // Ctrl-C
		return context.Cause(ctx)
	}

	log.Info("three workers, a connection each", lesson.Waiting)
	var mu sync.Mutex // guards answers; no worker waits while it holds it
	answers := 0
	for n := 4; n < 7; n++ {
		log := log.With("task", fmt.Sprint("worker ", n))
		workers.Go(func() {
			log.Info("asks")
			if lesson.Pause(ctx, time.Second) != nil {
				return
			}
			mu.Lock()
			answers++
			mu.Unlock() // and only then speaks: to speak may be to wait
			log.Info("has noted the answer")
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info(fmt.Sprintf("%d answers in one second", answers))
	return nil
}

func ask(ctx context.Context, lock *locks.Lock, log *slog.Logger) bool {
	log.Info("wants the lock", lesson.Waiting)
	if err := lock.Acquire(ctx); err != nil {
		log.Warn("gives up: " + err.Error())
		return false
	}
	defer lock.Release()
	log.Info("has the lock")
	if lesson.Pause(ctx, time.Second) != nil {
		return false
	}
	log.Info("releases the lock")
	return true
}
