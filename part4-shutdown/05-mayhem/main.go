// The whole Mayhem service in memory: what becomes of it on a SIGTERM and, with -life, what becomes of one message.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	life := flag.Bool("life", false, "tell the life of one message instead")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *life {
		os.Exit(program(newWorld().life))
	}
	os.Exit(program(newWorld().shutdown))
}

// program tells until the end or until a real signal asks it to stop, and returns the exit status.
func program(tell func(ctx context.Context, log *slog.Logger) int) (status int) {
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(signals, stop) // the first signal asks; after that the second one ends the process
	lesson.Main(func(_ context.Context, log *slog.Logger) error {
		ctx, cancel := context.WithCancel(signals) // virtual time goes on only if the story waits for what it made itself
		defer cancel()
		status = tell(ctx, log)
		return nil
	})
	return status
}

// run is the service: it opens what it needs, works until ctx ends, and closes everything, also when some of it fails.
func run(ctx context.Context, log *slog.Logger, w *world) (err error) {
	closing := func(what string, end func(context.Context) error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		log.Info(what, lesson.Waiting)
		if failed := end(ctx); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", what, failed))
		}
	}
	log.Info("opens metrics, database, broker", lesson.Waiting)
	metrics := &metrics{log: log}
	defer closing("flushes the metrics", metrics.flush) // opened first, closed last: they count what the others do
	defer closing("closes the database", w.db.close)
	broker := &connection{Broker: w.line, metrics: metrics}
	defer closing("closes the broker", broker.close)

	service := mayhem.Service{
		Broker: broker, Store: w.db, Restarter: w.rack, MustSave: true,
		ExtendEvery: extendEvery,
		Backoff:     mayhem.Exponential(4*time.Second, time.Minute),
		Grace:       time.Second,
		Log:         log,
	}
	served := make(chan error, 1)
	go func() { served <- service.Run(ctx) }()
	select {
	case <-ctx.Done():
		log.Warn(context.Cause(ctx).Error(), lesson.Waiting)
		err = <-served // nothing new begins; what is in flight ends, or is nacked
	case err = <-served:
	}
	log.Info("has nothing in flight any more", lesson.Waiting)
	if errors.Is(err, context.Cause(ctx)) && !errors.Is(err, mayhem.ErrUnsettled) {
		return nil // asked
	}
	return err
}

func exitStatus(log *slog.Logger, err error) int {
	if err != nil {
		log.Error("exit status 1: " + strings.ReplaceAll(err.Error(), "\n", "; "))
		return 1
	}
	log.Info("exit status 0")
	return 0
}
