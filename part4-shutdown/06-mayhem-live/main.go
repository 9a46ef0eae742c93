// The Mayhem service on real parts: its messages are in NATS JetStream, its records in SQLite or PostgreSQL. Without a flag it tells the
// story of a process that is killed; with -messages it is the service.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) == 1 {
		lesson.Main(story)
		return
	}
	c := flags()
	asked := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup it stays ignored
		asked = append(asked, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), asked...)
	context.AfterFunc(ctx, stop) // from then on a second signal is the system's
	secrets := c.secrets()
	stderr := discreet{os.Stderr, secrets}
	slog.SetDefault(slog.New(c.handler(stderr)))
	if err := serve(ctx, c, discreet{os.Stdout, secrets}); err != nil {
		_, _ = fmt.Fprintln(stderr, "mayhem-live:", strings.Join(strings.Fields(err.Error()), " ")) // pgx's take several lines
		os.Exit(1)
	}
}
