// Calls that block, two places for three photos and a second process, while a
// ticker ticks.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "worker" { // startProcess has started us as the worker
		work()
		return
	}
	lesson.Main(story(startProcess))
}

func story(start starter) lesson.Story {
	return func(ctx context.Context, log *slog.Logger) error {
		var ticker sync.WaitGroup
		defer ticker.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		ticker.Go(func() { tick(ctx, log.With("task", "ticker")) })

		log.Info("reads a file, in a call that blocks", lesson.Waiting)
		if err := readFile(ctx); err != nil { // Ctrl-C, here and below
			return err
		}
		log.Info("reads it again, without an executor", lesson.Waiting)
		if err := readFile(ctx); err != nil {
			return err
		}

		log.Info("has 3 photos for 2 places", lesson.Waiting)
		if err := convertAll(ctx, log); err != nil {
			return err
		}
		return countPrimes(ctx, log, start)
	}
}

func tick(ctx context.Context, log *slog.Logger) {
	every := time.NewTicker(500 * time.Millisecond)
	defer every.Stop()
	for n := 1; ; n++ {
		select {
		case <-every.C:
			log.Info(fmt.Sprint("tick ", n))
		case <-ctx.Done():
			return
		}
	}
}

// readFile stands for any call that blocks and knows no context; only the end of the story ends it.
func readFile(ctx context.Context) error {
	return lesson.Pause(context.WithoutCancel(ctx), 800*time.Millisecond)
}

// convertAll gets a photo every 100 ms and converts two at a time.
func convertAll(ctx context.Context, log *slog.Logger) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for i, ms := range []int{700, 900, 600} {
		log := log.With("task", fmt.Sprint("photo ", i+1))
		g.Go(func() error { // waits for a free place
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			log.Info("begins")
			if err := lesson.Pause(ctx, time.Duration(ms)*time.Millisecond); err != nil { // in place of the conversion
				return err
			}
			log.Info("is ready")
			return nil
		})
		_ = lesson.Pause(ctx, 100*time.Millisecond)
	}
	return g.Wait()
}

// countPrimes has a second process do it, and loses patience with it.
func countPrimes(ctx context.Context, log *slog.Logger, start starter) error {
	w, err := start(ctx)
	if err != nil {
		return err
	}
	defer w.stop()
	worker := log.With("task", "worker")

	log.Info("asks a second process", lesson.Waiting)
	worker.Info("counts the primes below 10000")
	found, err := w.do(ctx, job{Below: 10_000, Takes: 800 * time.Millisecond})
	if err != nil {
		return err
	}
	worker.Info(fmt.Sprint("finds ", found.Primes))

	log.Info("asks for more, in 0.6 s at most", lesson.Waiting)
	worker.Info("counts the primes below 1000000")
	limited, cancel := context.WithTimeout(ctx, 600*time.Millisecond)
	defer cancel()
	_, err = w.do(limited, job{Below: 1_000_000, Takes: 1600 * time.Millisecond})
	if over := lesson.Over(ctx); over != nil {
		return over
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("want a timeout, got %w", err)
	}
	log.Warn("gives up")
	worker.Warn("is killed")
	return nil
}
