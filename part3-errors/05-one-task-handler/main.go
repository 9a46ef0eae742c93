// A print shop: the error of one document is lost, one has a callback that watches, and three have wrappers that act.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

var (
	errPaper = errors.New("no paper")
	errInk   = errors.New("no ink")
	errPages = errors.New("a bug, page 3 of 2")
)

type task func(context.Context) error

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	as := func(name string) *slog.Logger { return log.With("task", name) }

	log.Info("prints a letter", lesson.Waiting)
	letter := printing(as("letter"), 500*time.Millisecond, errPaper)
	var lost sync.WaitGroup
	lost.Go(func() { letter(ctx) }) //nolint:errcheck // on purpose: this error is lost
	lost.Wait()
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil { // Ctrl-C, here and below
		return err
	}

	log.Info("prints a memo, with a callback", lesson.Waiting)
	memo := printing(as("memo"), 500*time.Millisecond, errPaper)
	running := tasks.Go(ctx, func(ctx context.Context) (any, error) { return nil, memo(ctx) })
	running.OnDone(func(_ any, err error) { as("callback").Info(fmt.Sprint("hears: ", err)) })
	_ = lesson.Pause(ctx, time.Second)
	_, err := running.Wait(context.WithoutCancel(ctx)) // Ctrl-C ends the memo by itself
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Error(fmt.Sprint("awaits it: ", err, ", all the same"))

	log.Info("prints three, each in wrappers", lesson.Waiting)
	invoice := handle(as("invoice"), printing(as("invoice"), 500*time.Millisecond, errPages))
	photo := retry(as("photo"), handle(as("photo"), printing(as("photo"), 700*time.Millisecond, errInk)))
	poster := handle(as("poster"), retry(as("poster"), printing(as("poster"), 900*time.Millisecond, errInk)))
	group, ctx := errgroup.WithContext(ctx)
	for _, t := range []task{invoice, photo, poster} {
		group.Go(func() error { return t(ctx) })
	}
	err = group.Wait()
	if over := lesson.Over(ctx); over != nil {
		return over
	}
	if err != nil {
		return err
	}
	log.Info("has a group without an error")
	return nil
}

// handle is t with a handler of its own: a failure or a panic of t ends here, in the log. A cancellation passes through.
func handle(log *slog.Logger, t task) task {
	return func(ctx context.Context) (err error) {
		defer func() {
			if bug := recover(); bug != nil {
				err = fmt.Errorf("%v", bug)
			}
			if err != nil && !cancelled(ctx, err) {
				log.Error("handler: " + err.Error())
				err = nil
			}
		}()
		return t(ctx)
	}
}

// cancelled tells whether err only says that ctx has ended. A bug, or a full disk, that is found after that is a failure.
func cancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// retry is t with a second chance.
func retry(log *slog.Logger, t task) task {
	return func(ctx context.Context) error {
		err := t(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		log.Info("gets a second chance in 1 s", lesson.Waiting)
		if err := lesson.Pause(ctx, time.Second); err != nil {
			return err
		}
		return t(ctx)
	}
}

// printing is a task that fails the first time: with problem, or by a panic if that is a bug.
func printing(log *slog.Logger, takes time.Duration, problem error) task {
	return func(ctx context.Context) error {
		log.Info("begins")
		if err := lesson.Pause(ctx, takes); err != nil {
			return err
		}
		err := problem
		problem = nil
		switch {
		case err == nil:
			log.Info("is printed")
		case errors.Is(err, errPages):
			panic(err)
		default:
			log.Error("fails: " + err.Error())
		}
		return err
	}
}
