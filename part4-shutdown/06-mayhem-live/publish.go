package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// publish publishes the messages, 64 at a time, each again and again until the server has acknowledged it. It does not know which of them
// an earlier run has published: the server knows those that it holds, by their Nats-Msg-Id, and the rows tell the others.
func publish(ctx context.Context, js jetstream.JetStream, c config, count *stats, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = log.With("task", "publisher")
	var g errgroup.Group
	g.SetLimit(64)
	for i := range c.messages {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			host := fmt.Sprintf("%s-%d", c.name, i+1)
			for {
				ack, err := js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: []byte(host)}, jetstream.WithMsgID(host))
				if err == nil {
					count.published.Add(1)
					log.Info(host+" is published", "duplicate", ack.Duplicate)
					return nil
				}
				if wait(ctx, 200*time.Millisecond) != nil {
					return context.Cause(ctx)
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}
