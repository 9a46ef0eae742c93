// Three services, each a process of its own, are sent signals: what they make
// of them, and the exit status with which they end.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "service" { // startProcess has started us
		os.Exit(service(os.Args[2])) // os.Exit runs no defer: service has run its own by then
	}
	lesson.Main(story(startProcess))
}

func story(start starter) lesson.Story {
	return func(ctx context.Context, log *slog.Logger) error {
		log.Info("starts three services", lesson.Waiting)
		var running sync.WaitGroup
		defer running.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // kills what still runs, if we leave early
		started := make(map[string]process)
		for _, name := range []string{"backup", "mailer", "shop"} {
			log := log.With("task", name)
			service, err := start(ctx, log, name)
			if err != nil {
				return err
			}
			started[name] = service
			running.Go(func() { report(log, service.wait()) })
		}

		for _, next := range []struct {
			wait  time.Duration
			named string
			sig   os.Signal
			to    string
		}{
			{time.Second, "SIGTERM", syscall.SIGTERM, "backup"},
			{time.Second, "SIGINT", syscall.SIGINT, "mailer"},
			{time.Second, "SIGHUP", syscall.SIGHUP, "shop"},
			{time.Second / 2, "SIGTERM", syscall.SIGTERM, "shop"},
		} {
			select {
			case <-time.After(next.wait):
			case <-ctx.Done(): // Ctrl-C
				return context.Cause(ctx)
			}
			log.Info(fmt.Sprintf("sends %s to %s", next.named, next.to), lesson.Waiting, lesson.To(next.to))
			if err := started[next.to].signal(next.sig); err != nil {
				return err
			}
		}
		running.Wait()
		log.Info("all have ended")
		return nil
	}
}

// report says how a service has ended.
func report(log *slog.Logger, status int) {
	switch {
	case status == 0:
		log.Info("exit status 0")
	case status < 128:
		log.Error(fmt.Sprint("exit status ", status))
	default:
		log.Error(fmt.Sprint("is killed: exit status ", status))
	}
}
