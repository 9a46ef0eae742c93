// Groups of tasks: kept by their handles, asked for every answer, counted, stopped by the first error.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	for _, group := range []lesson.Story{workers, shops, loops, trip} {
		if err := group(ctx, log); err != nil {
			return err
		}
		if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil { // Ctrl-C
			return err
		}
	}
	return nil
}

// workers never end by themselves: each can be cancelled by its handle, and all of them by their common context.
func workers(ctx context.Context, log *slog.Logger) error {
	all, cancelAll := context.WithTimeout(ctx, 1500*time.Millisecond)
	defer cancelAll()

	log.Info("starts three workers in a loop", lesson.Waiting)
	var tasks sync.WaitGroup
	var handles []context.CancelFunc
	for i := range 3 {
		one, cancel := context.WithCancel(all)
		handles = append(handles, cancel)
		log := log.With("task", fmt.Sprint("worker ", i))
		tasks.Go(func() { work(one, log, time.Duration(1000+100*i)*time.Millisecond) })
	}
	if err := lesson.Pause(ctx, 800*time.Millisecond); err != nil { // Ctrl-C
		tasks.Wait()
		return err
	}
	log.Info("cancels worker 1, waits for all", lesson.Waiting, lesson.To("worker 1"))
	handles[1]()
	tasks.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Warn("gave them 1.5 s: they never end")
	return nil
}

func work(ctx context.Context, log *slog.Logger, interval time.Duration) {
	for round := 1; ; round++ {
		log.Info(fmt.Sprint("round ", round))
		if lesson.Pause(ctx, interval) != nil {
			log.Warn("is cancelled")
			return
		}
	}
}

// shops answer when they can. Each answer has its place, and an error is an answer, too.
func shops(ctx context.Context, log *slog.Logger) error {
	offers := []struct {
		shop  string
		takes time.Duration
		price string
	}{
		{"shop A", 1300 * time.Millisecond, "9.80"},
		{"shop B", 500 * time.Millisecond, ""},
		{"shop C", 900 * time.Millisecond, "9.50"},
	}

	log.Info("asks three shops", lesson.Waiting)
	var tasks sync.WaitGroup
	answers := make([]string, len(offers))
	for i, o := range offers {
		tasks.Go(func() {
			price, err := ask(ctx, log.With("task", o.shop), o.takes, o.price)
			if err != nil {
				price = err.Error()
			}
			answers[i] = price
		})
	}
	tasks.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info("in the order asked: " + strings.Join(answers, ", "))
	return nil
}

func ask(ctx context.Context, log *slog.Logger, takes time.Duration, price string) (string, error) {
	log.Info("is asked")
	if err := lesson.Pause(ctx, takes); err != nil {
		return "", err
	}
	if price == "" {
		log.Error("is sold out")
		return "", errors.New("sold out")
	}
	log.Info("answers")
	return price, nil
}

// loops is the article's group, five times as fast: five endless loops, for less than five rounds.
func loops(ctx context.Context, log *slog.Logger) error {
	limited, cancel := context.WithTimeout(ctx, 900*time.Millisecond)
	defer cancel()
	var tasks sync.WaitGroup
	var lines atomic.Int64
	for range 5 {
		tasks.Go(func() {
			for lesson.Pause(limited, 200*time.Millisecond) == nil {
				lines.Add(1)
			}
		})
	}
	tasks.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info(fmt.Sprintf("five loops for 0.9 s: %d lines", lines.Load()))
	return nil
}

// trip needs both, or neither: the first error stops the other task.
func trip(ctx context.Context, log *slog.Logger) error {
	log.Info("books a flight and a hotel", lesson.Waiting)
	tasks, both := errgroup.WithContext(ctx)
	tasks.Go(func() error { return flight(both, log.With("task", "flight")) })
	tasks.Go(func() error { return hotel(both, log.With("task", "hotel")) })
	err := tasks.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Error(fmt.Sprint("no trip: ", err))
	return nil
}

func flight(ctx context.Context, log *slog.Logger) error {
	for _, step := range []string{"looks for a seat", "buys a ticket", "chooses a meal"} {
		log.Info(step)
		if err := lesson.Pause(ctx, 800*time.Millisecond); err != nil {
			log.Warn("is called off")
			return err
		}
	}
	return nil
}

func hotel(ctx context.Context, log *slog.Logger) error {
	log.Info("looks for a room")
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Error("is full", lesson.To("flight"))
	return errors.New("the hotel is full")
}
