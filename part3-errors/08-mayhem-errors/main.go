// The Mayhem service: each message asks for a host to be restarted. Stages 1 to 5 are the article's, stage 6 is right.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	stage := flag.Int("stage", 6, "which `stage` to tell, 1 to 6")
	flag.Parse()
	if *stage < 1 || *stage > 6 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	lesson.Main(stories(*stage))
}

func stories(stage int) lesson.Story {
	if stage == 6 {
		return story
	}
	return func(ctx context.Context, log *slog.Logger) error { return article(ctx, log, stage) }
}

func story(ctx context.Context, log *slog.Logger) error {
	broker := mayhem.NewMemoryBroker(ackWait, 0)
	chaos := &mayhem.Chaos{Seed: seed, FailRate: 0.25, Takes: tenths}
	service := mayhem.Service{
		Broker: broker, Store: chaos, Restarter: chaos,
		ExtendEvery: extendEvery,
		MaxTries:    3,
		Backoff:     mayhem.Exponential(400*time.Millisecond, time.Minute),
		Log:         log,
	}

	log.Info("wants three hosts restarted", lesson.Waiting)
	var both errgroup.Group
	both.Go(func() error { return publish(ctx, broker, 3, nil) })
	both.Go(func() error { return service.Run(ctx) })
	if err := both.Wait(); err != nil {
		return err
	}
	log.Info(tally(broker, chaos, 3))
	return nil
}

// publish asks for restarts of web-1, web-2, … and closes the broker behind the last one.
func publish(ctx context.Context, broker *mayhem.MemoryBroker, hosts int, publishing func(host string)) error {
	defer broker.Close()
	for i := range hosts {
		if i > 0 {
			if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
				return err
			}
		}
		host := fmt.Sprint("web-", i+1)
		if publishing != nil {
			publishing(host)
		}
		if err := broker.Publish(ctx, mayhem.Message{ID: host, Host: host}); err != nil {
			return err
		}
	}
	return nil
}

func tally(broker *mayhem.MemoryBroker, chaos *mayhem.Chaos, published int) string {
	dead, left := len(broker.DeadLetters()), broker.Len()
	return fmt.Sprintf("restarted %d, acked %d, dead %d, left %d", chaos.Restarted(), published-dead-left, dead, left)
}
