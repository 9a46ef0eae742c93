// A server gets SIGTERM with orders in flight, and drains. With -load 1000 a
// real one does, in a process of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) > 1 {
		if err := command(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	lesson.Main(story(loopback))
}

// errSIGTERM stands for the cause that signal.NotifyContext gives.
var errSIGTERM = errors.New("SIGTERM")

func story(open func(context.Context) (door, error)) lesson.Story {
	return func(ctx context.Context, log *slog.Logger) error {
		d, err := open(ctx)
		if err != nil {
			return err
		}
		running, sigterm := context.WithCancelCause(ctx) // in a program: signal.NotifyContext
		defer sigterm(nil)
		s := &server{log: log.With("task", "server"), orders: http.HandlerFunc(bake), linger: time.Second, grace: 1500 * time.Millisecond}
		served := make(chan error, 1)
		go func() { served <- s.serve(running, d) }()

		t := &town{client: http.Client{Transport: &http.Transport{DialContext: d.dial}}}
		defer t.client.CloseIdleConnections()
		var tasks sync.WaitGroup
		tasks.Go(func() { t.balance(context.WithoutCancel(ctx), log.With("task", "balancer")) })
		for _, o := range []order{
			{name: "order 1", at: 200 * time.Millisecond, takes: 400 * time.Millisecond},
			{name: "order 2", at: 500 * time.Millisecond, takes: 1800 * time.Millisecond},
			{name: "export", at: 800 * time.Millisecond, takes: time.Hour},
			{name: "order 3", at: 1200 * time.Millisecond, takes: 1500 * time.Millisecond},
			{name: "order 4", at: 1600 * time.Millisecond, takes: 300 * time.Millisecond},
			{name: "order 5", at: 2200 * time.Millisecond, takes: 300 * time.Millisecond, direct: true},
		} {
			tasks.Go(func() { t.send(ctx, log.With("task", o.name), o) })
		}

		if lesson.Pause(ctx, time.Second) == nil {
			log.Warn("sends SIGTERM", lesson.Waiting, lesson.To("server"))
			sigterm(errSIGTERM)
		}
		err = <-served
		tasks.Wait()
		if err != nil {
			log.Error("exit status 1: not all were answered")
		}
		return context.Cause(ctx)
	}
}
