// Three groups: one with a task that fails, one whose time is up, and an errgroup beside them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	for _, group := range []lesson.Story{report, page, uploads} {
		if err := group(ctx, log); err != nil {
			return err
		}
		if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil { // Ctrl-C
			return err
		}
	}
	return nil
}

// report needs its three tasks and what main writes: the first failure stops them all.
func report(ctx context.Context, log *slog.Logger) error {
	group, groupCtx := tasks.NewGroup(ctx)
	start(group,
		func(ctx context.Context) error { return prices(ctx, group, log.With("task", "prices")) },
		func(ctx context.Context) error { return reviews(ctx, log.With("task", "reviews")) },
		func(ctx context.Context) error { return stock(ctx, log.With("task", "stock")) },
	)

	log.Info("writes beside its three tasks")
	if lesson.Pause(groupCtx, 3*time.Second) != nil {
		log.Warn("is cancelled as well", lesson.Waiting)
	}
	err := group.Wait()
	if ctx.Err() != nil { // Ctrl-C
		return err
	}
	log.Error("no report: " + strings.ReplaceAll(err.Error(), "\n", ", "))
	return nil
}

func prices(ctx context.Context, group *tasks.Group, log *slog.Logger) error {
	log.Info("opens a file")
	err := lesson.Pause(ctx, 3*time.Second)
	if err != nil {
		cleanUp := context.WithoutCancel(ctx)
		if lesson.Pause(cleanUp, 300*time.Millisecond) != nil { // Ctrl-C, here and below
			return err
		}
		refused := group.Go(func(context.Context) error { return nil })
		if errors.Is(refused, tasks.ErrClosed) {
			log.Info("asks for a helper: refused")
		}
		if lesson.Pause(cleanUp, 200*time.Millisecond) != nil {
			return err
		}
		log.Warn("is cancelled, its file closed")
	}
	return err
}

func reviews(ctx context.Context, log *slog.Logger) error {
	log.Info("begins a draft")
	if lesson.Pause(ctx, 3*time.Second) == nil {
		return nil
	}
	if err := lesson.Pause(context.WithoutCancel(ctx), 200*time.Millisecond); err != nil {
		return err
	}
	log.Error("cannot remove it")
	return errors.New("a draft is left")
}

func stock(ctx context.Context, log *slog.Logger) error {
	log.Info("asks the database")
	if err := lesson.Pause(ctx, time.Second); err != nil {
		return err
	}
	log.Error("gets no answer", lesson.To("main"))
	return errors.New("database down")
}

// start runs functions in a group. If the group is closed by then, Wait says why.
func start(group *tasks.Group, fns ...func(context.Context) error) {
	for _, fn := range fns {
		if group.Go(fn) != nil {
			return
		}
	}
}

var errTooLong = fmt.Errorf("0.6 s for a page: %w", context.DeadlineExceeded)

// page has 0.6 s for everything. That is a matter of the group's parent, whose cause comes out of Wait.
func page(ctx context.Context, log *slog.Logger) error {
	limited, cancel := context.WithTimeoutCause(ctx, 600*time.Millisecond, errTooLong)
	defer cancel()

	log.Info("loads a page, 0.6 s at most", lesson.Waiting)
	group, _ := tasks.NewGroup(limited)
	start(group,
		func(ctx context.Context) error { return load(ctx, log.With("task", "images"), 200*time.Millisecond) },
		func(ctx context.Context) error { return load(ctx, log.With("task", "text"), 0) },
	)
	err := group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if !errors.Is(err, errTooLong) {
		return err
	}
	log.Warn("no page: 0.6 s are over")
	return nil
}

func load(ctx context.Context, log *slog.Logger, cleanUp time.Duration) error {
	log.Info("loads")
	err := lesson.Pause(ctx, 3*time.Second)
	if err != nil {
		_ = lesson.Pause(context.WithoutCancel(ctx), cleanUp)
		log.Warn("is cancelled, and tidy")
	}
	return err
}

// uploads belong together, too, but an errgroup hands on the first failure only and takes a new function at any time.
func uploads(ctx context.Context, log *slog.Logger) error {
	log.Info("uploads two files", lesson.Waiting)
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		log := log.With("task", "upload A")
		log.Info("is sent")
		if err := lesson.Pause(groupCtx, 400*time.Millisecond); err != nil {
			return err
		}
		log.Error("is refused")
		return errors.New("first file refused")
	})
	group.Go(func() error {
		log := log.With("task", "upload B")
		log.Info("is sent")
		if lesson.Pause(groupCtx, 3*time.Second) == nil {
			return nil
		}
		if err := lesson.Pause(context.WithoutCancel(groupCtx), 200*time.Millisecond); err != nil {
			return err
		}
		group.Go(func() error {
			log.With("task", "upload C").Info("begins, though all is over")
			return nil
		})
		log.Error("cannot be withdrawn")
		return errors.New("second not withdrawn")
	})
	err := group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Error("no uploads: " + err.Error())
	return nil
}
