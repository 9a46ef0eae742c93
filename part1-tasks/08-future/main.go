// The rate of the day comes by a callback, and others wait for it. Three days, three futures; then a task.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	for _, day := range []func(context.Context, *slog.Logger){monday, tuesday, wednesday, thursday} {
		day(ctx, log)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// On Monday one till waits. A channel with room for one value is a future.
func monday(ctx context.Context, log *slog.Logger) {
	type answer struct {
		rate string
		err  error
	}
	answers := make(chan answer, 1) // room for it: the feed need not wait
	wait := func(ctx context.Context) (string, error) {
		select {
		case a := <-answers:
			return a.rate, a.err
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}

	var day sync.WaitGroup
	day.Go(func() { till(ctx, log, 1, "Monday", wait) })
	defer day.Wait()
	if lesson.Pause(ctx, 500*time.Millisecond) != nil { // Ctrl-C, here and below
		return
	}
	log.With("task", "feed").Error("calls back: no line", lesson.To("till 1"))
	answers <- answer{err: errors.New("no line")}
}

// On Tuesday two tills wait. Closing a channel tells all of them, and what was written before is there to read.
func tuesday(ctx context.Context, log *slog.Logger) {
	var rate string
	known := make(chan struct{}) // closed when rate is set, for good
	wait := func(ctx context.Context) (string, error) {
		select {
		case <-known:
			return rate, nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}

	if lesson.Pause(ctx, 500*time.Millisecond) != nil {
		return
	}
	var day sync.WaitGroup
	defer day.Wait()
	day.Go(func() { till(ctx, log, 1, "Tuesday", wait) })
	if lesson.Pause(ctx, 100*time.Millisecond) != nil {
		return
	}
	day.Go(func() { hurriedTill(ctx, log, 2, "Tuesday", wait) })
	if lesson.Pause(ctx, 700*time.Millisecond) != nil {
		return
	}
	log.With("task", "feed").Info("calls back: 1.08", lesson.To("till 1"))
	rate = "1.08"
	close(known)
}

// On Wednesday main looks too early, two tasks want to be called, and the feed calls back twice.
func wednesday(ctx context.Context, log *slog.Logger) {
	var rate tasks.Future[string]
	if lesson.Pause(ctx, 400*time.Millisecond) != nil {
		return
	}
	if _, err := rate.Result(); errors.Is(err, tasks.ErrNotDone) {
		log.Info("looks: there is no rate yet")
	}

	var day sync.WaitGroup
	defer day.Wait()
	day.Go(func() { till(ctx, log, 1, "Wednesday", rate.Wait) })
	if lesson.Pause(ctx, 100*time.Millisecond) != nil {
		return
	}
	day.Go(func() { hurriedTill(ctx, log, 2, "Wednesday", rate.Wait) })
	if lesson.Pause(ctx, 100*time.Millisecond) != nil {
		return
	}
	for _, who := range []string{"ledger", "display"} {
		day.Add(1)
		log.With("task", who).Info("is to be called", lesson.Waiting)
		rate.OnDone(func(r string, _ error) {
			defer day.Done()
			log.With("task", who).Info("is called: " + r)
		})
	}

	if err := lesson.Pause(ctx, 600*time.Millisecond); err != nil {
		_ = rate.Fail(err) // lets go of those that are to be called
		return
	}
	feed := log.With("task", "feed")
	feed.Info("calls back: 1.09", lesson.To("till 1", "ledger", "display"))
	_ = rate.Set("1.09")
	day.Wait()
	if lesson.Pause(ctx, 200*time.Millisecond) != nil {
		return
	}
	if err := rate.Set("1.10"); errors.Is(err, tasks.ErrAlreadyDone) {
		feed.Warn("calls back again: already done")
	}
	till(ctx, log, 2, "Wednesday", rate.Wait) // it is there: no wait
	day.Add(1)
	rate.OnDone(func(r string, _ error) {
		defer day.Done()
		log.With("task", "ledger").Info("asks late, is called at once: " + r)
	})
}

// On Thursday the rate is the result of a task: a future that only its function can complete.
func thursday(ctx context.Context, log *slog.Logger) {
	if lesson.Pause(ctx, 400*time.Millisecond) != nil {
		return
	}
	mean := tasks.Go(ctx, func(ctx context.Context) (string, error) {
		log := log.With("task", "mean")
		log.Info("computes the rate")
		if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
			return "", err
		}
		log.Info("returns 1.085", lesson.To("till 1"))
		return "1.085", nil
	})
	if lesson.Pause(ctx, 100*time.Millisecond) == nil {
		till(ctx, log, 1, "Thursday", mean.Wait)
	}
	<-mean.Done() // also where the till has given up
}

// till waits for the day's rate as long as ctx lives.
func till(ctx context.Context, log *slog.Logger, n int, day string, wait func(context.Context) (string, error)) {
	log = log.With("task", fmt.Sprint("till ", n))
	log.Info("waits for "+day+"'s rate", lesson.Waiting)
	rate, err := wait(ctx)
	switch {
	case err == nil:
		log.Info("has " + rate)
	case ctx.Err() != nil:
		log.Warn("gives up")
	default:
		log.Error(fmt.Sprint("hears: ", err))
	}
}

func hurriedTill(ctx context.Context, log *slog.Logger, n int, day string, wait func(context.Context) (string, error)) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	till(ctx, log, n, day, wait)
}
