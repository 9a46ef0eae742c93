// A service is asked to end by one of its own tasks, and again from outside. One task fails on its way out, one does not listen.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	if err := service(ctx, log); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			log.Error(line)
		}
		log.Error("exit status 1") // in a main of your own: os.Exit(1)
	}
	return context.Cause(ctx) // nil, unless it was Ctrl-C
}

// A reason is why the service is asked to end. For errors.Is it is a context.Canceled, as the cause of signal.NotifyContext is.
type reason string

func (r reason) Error() string      { return string(r) }
func (reason) Is(target error) bool { return target == context.Canceled }

func service(ctx context.Context, log *slog.Logger) (err error) {
	ctx, ask := context.WithCancelCause(ctx)
	defer ask(nil)
	for _, name := range []string{"store", "cache"} {
		log.Info("opens the "+name, lesson.Waiting)
		defer func() { err = errors.Join(err, closing(ctx, log, name)) }() // the cache first
	}

	failures := make(chan error, 4) // room for one of each task, also when no code reads any more
	tasks := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
		failures <- fmt.Errorf("%s: %w", f.Task, f.Err)
	}))
	start := func(name string, task func(context.Context, *slog.Logger) error) {
		_ = tasks.Go(name, func(ctx context.Context) error { return task(ctx, log.With("task", name)) })
	}
	start("intake", worker("takes orders", "writes down the last one", 500*time.Millisecond, nil))
	start("mailer", worker("sends letters", "empties its outbox", 700*time.Millisecond, errors.New("two letters unsent")))
	start("printer", printer)
	start("watchdog", func(ctx context.Context, log *slog.Logger) error { return watchdog(ctx, log, ask) })
	operator := time.AfterFunc(1200*time.Millisecond, func() {
		log.With("task", "operator").Warn("asks for the end, too: maintenance")
		ask(reason("maintenance"))
	})
	defer operator.Stop()

	<-ctx.Done() // the end was asked for
	log.Warn(fmt.Sprint("shuts down: ", context.Cause(ctx)), lesson.Waiting)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if late, ok := errors.AsType[*supervisor.StopError](tasks.Stop(limited, nil)); ok {
		log.Warn("waits no longer, closes all", lesson.Waiting)
		err = fmt.Errorf("still running: %s", strings.Join(late.Running, ", "))
	}
	for range len(failures) {
		err = errors.Join(err, <-failures)
	}
	return err
}

func closing(ctx context.Context, log *slog.Logger, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond)
	defer cancel()
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	log.Info("has closed the "+name, lesson.Waiting)
	return nil
}

func worker(work, last string, takes time.Duration, err error) func(context.Context, *slog.Logger) error {
	return func(ctx context.Context, log *slog.Logger) error {
		log.Info(work)
		<-ctx.Done()
		log.Warn("is cancelled, "+last, lesson.Waiting)
		time.Sleep(takes) // stands for a clean-up with a context and a limit of its own
		if err != nil {
			log.Error("fails: " + err.Error())
			return err
		}
		log.Info("is done")
		return nil
	}
}

// printer looks at no ctx.
func printer(_ context.Context, log *slog.Logger) error {
	for page := range 4 {
		log.Info(fmt.Sprint("prints page ", page+1))
		time.Sleep(700 * time.Millisecond)
	}
	return nil
}

// watchdog, a task of the service, asks and does not wait: a task that waits for all tasks waits for itself, too.
func watchdog(ctx context.Context, log *slog.Logger, ask context.CancelCauseFunc) error {
	log.Info("looks at the disk", lesson.Waiting)
	err := lesson.Pause(ctx, time.Second)
	if err == nil {
		log.Warn("asks for the end: the disk is full", lesson.To("main", "intake", "mailer"))
		ask(reason("the disk is full"))
	}
	return err
}
