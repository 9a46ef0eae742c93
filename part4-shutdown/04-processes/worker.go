package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

var workers = map[string]struct {
	cleanUp time.Duration
	err     error
}{
	"worker 0": {700 * time.Millisecond, nil},
	"worker 1": {500 * time.Millisecond, nil},
	"worker 2": {200 * time.Millisecond, errors.New("the disk is full")},
	"worker 3": {3 * time.Second, nil}, // too long
	"worker 4": {500 * time.Millisecond, nil},
}

// A cancellation is for errors.Is a context.Canceled, as the cause of signal.NotifyContext is.
type cancellation string

func (c cancellation) Error() string      { return string(c) }
func (cancellation) Is(target error) bool { return target == context.Canceled }

const errOrphaned = cancellation("the parent is gone")

// work is what a worker does, until ctx ends, and then it cleans up.
func work(ctx context.Context, log *slog.Logger, name string) error {
	log.Info("works")
	<-ctx.Done()
	log.Warn(fmt.Sprint("stops: ", context.Cause(ctx)), lesson.Waiting)
	<-time.After(workers[name].cleanUp) // in its place
	if err := workers[name].err; err != nil {
		log.Error("fails: " + err.Error())
		return err
	}
	log.Info("has saved its work")
	return nil
}

// program is what a process of ours does that is not the story's: it is a parent or a worker. It returns its exit status.
func program(args []string) int {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	if args[0] == "parent" {
		return parent(untilAsked(2*patience), log, args[1], args[2:], runProcess)
	}
	if err := work(untilAsked(patience), log.With("task", args[1]), args[1]); err != nil {
		return 1
	}
	return 0
}

// untilAsked is a context that ends when a signal asks us to stop, or when our parent is gone. Then no process is left
// to kill us, so we do it ourselves when the time limit is over.
func untilAsked(limit time.Duration) context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // as in 01-signals: the second signal kills
	ctx, ask := context.WithCancelCause(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // we read nothing; it ends when the parent closes it or has died
		ask(errOrphaned)
		<-time.After(limit)
		os.Exit(1)
	}()
	return ctx
}
