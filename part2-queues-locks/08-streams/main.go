// Weather stations are streams of values: one is left early, one fails, two are read side by side.
package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

const ms = time.Millisecond

var errPower = errors.New("no power")

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	log.Info("reads station A until it is warm")
	for value, err := range readings(ctx, log.With("task", "station A"), 17, 19, 21, 23) {
		if err != nil {
			return err
		}
		log.Info(fmt.Sprint("reads ", value))
		if err := lesson.Pause(ctx, 200*ms); err != nil { // the station waits meanwhile
			return err
		}
		if value > 20 {
			log.Info("it is warm: leaves the stream")
			break
		}
	}
	if err := lesson.Pause(ctx, 400*ms); err != nil {
		return err
	}

	log.Info("reads station B")
	for value, err := range readings(ctx, log.With("task", "station B"), 18, broken, 19) {
		if ctx.Err() != nil { // Ctrl-C
			return context.Cause(ctx)
		}
		if err != nil {
			log.Error("station B: " + err.Error())
			break
		}
		log.Info(fmt.Sprint("reads ", value))
	}
	return sideBySide(ctx, log)
}

const broken = -1

// readings is a stream. It opens a station, and measures a value when the loop asks for the next one.
func readings(ctx context.Context, log *slog.Logger, values ...int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		log.Info("is open")
		defer func() {
			if ctx.Err() == nil {
				log.Info("is closed")
			}
		}()
		for _, value := range values {
			if err := lesson.Pause(ctx, 300*ms); err != nil {
				yield(0, err)
				return
			}
			if value == broken {
				yield(0, errPower)
				return
			}
			log.Info(fmt.Sprint("measures ", value))
			if !yield(value, nil) { // the loop has ended
				return
			}
		}
	}
}

// sideBySide reads two stations at once: each has a goroutine, and a channel is the stream.
func sideBySide(ctx context.Context, log *slog.Logger) error {
	log.Info("reads north and south, four values")
	ctx, stop := context.WithCancel(ctx)
	values := make(chan string)
	var stations sync.WaitGroup
	defer stations.Wait()
	defer stop()
	stations.Go(func() { send(ctx, log.With("task", "north"), "north", 300*ms, values) })
	stations.Go(func() { send(ctx, log.With("task", "south"), "south", 500*ms, values) })
	for range 4 {
		select {
		case value := <-values:
			log.Info("gets " + value)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	log.Info("has four values, stops both", lesson.To("north", "south"))
	stop()
	stations.Wait()
	return nil
}

func send(ctx context.Context, log *slog.Logger, name string, interval time.Duration, values chan<- string) {
	log.Info("is open")
	for n := 1; ; n++ {
		if lesson.Pause(ctx, interval) != nil {
			break
		}
		select {
		case values <- fmt.Sprint(name, " ", n):
			continue
		case <-ctx.Done():
		}
		break
	}
	log.Warn("stops")
}
