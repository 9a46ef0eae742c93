package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

var services = map[string]struct {
	does    string
	cleanUp time.Duration
}{
	"backup": {"copies files", 600 * time.Millisecond},
	"mailer": {"sends mails", 500 * time.Millisecond},
	"shop":   {"sells", 2 * time.Second},
}

// service is a whole program; it returns its exit status.
func service(name string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal asks; from then on a signal kills

	if err := serve(ctx, slog.New(slog.NewJSONHandler(os.Stdout, nil)), name); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// serve does the work of a service until ctx ends, and cleans up.
func serve(ctx context.Context, log *slog.Logger, name string) error {
	log.Info(services[name].does)
	<-ctx.Done()
	log.Warn(fmt.Sprint("stops: ", context.Cause(ctx)), lesson.Waiting)

	<-time.After(services[name].cleanUp) // in its place
	if name == "mailer" {
		log.Error("7 mails not saved: disk full")
		return errors.New("save mails: disk full")
	}
	log.Info("has stopped")
	return nil
}
