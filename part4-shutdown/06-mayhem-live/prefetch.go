package main

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// sifted is how many messages are looked up at once.
const sifted = 128

// prefetch gets messages from the server before the service asks for them, and drops those that are settled already. It goes on until
// ctx ends, then gives back at once what the service has not taken.
func (b *broker) prefetch(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := b.prefetchOnce(ctx); err != nil {
			b.log.Warn("receive: " + err.Error())
		}
		_ = wait(ctx, 200*time.Millisecond) // the loop looks at ctx
	}
	return nil
}

// prefetchOnce returns when ctx has ended or the server has ended the subscription. A lost connection does not end it.
func (b *broker) prefetchOnce(ctx context.Context) error {
	messages, err := b.consumer.Messages(jetstream.PullMaxMessages(b.prefetched),
		jetstream.PullExpiry(5*time.Second), jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, messages.Drain) // what the server has sent by then still comes
	defer stop()
	arrived := make(chan jetstream.Msg, sifted)
	var ended error // read after arrived is closed
	go func() {
		defer close(arrived)
		for {
			switch msg, err := messages.Next(); {
			case err == nil:
				arrived <- msg
			case errors.Is(err, jetstream.ErrMsgIteratorClosed):
				return
			default: // no heartbeat: the next one asks again
				ended = err
			}
		}
	}()
	for first := range arrived {
		batch := []jetstream.Msg{first}
		for more := true; more && len(batch) < sifted; {
			select {
			case msg, open := <-arrived:
				if more = open; open {
					batch = append(batch, msg)
				}
			default:
				more = false
			}
		}
		b.handOut(ctx, b.sift(ctx, batch))
	}
	if ctx.Err() != nil {
		return nil
	}
	return ended
}

// handOut waits until the service has taken all of them, or gives back those that it has not when ctx ends.
func (b *broker) handOut(ctx context.Context, ds []mayhem.Delivery) {
	for i, d := range ds {
		select {
		case b.ready <- d:
		case <-ctx.Done():
			b.giveBack(ctx, ds[i:]...)
			return
		}
	}
}

// sift acks those messages that were settled before: their ack has not arrived, or they were published again after the server had
// forgotten them. It returns the others; when ctx has ended, all.
func (b *broker) sift(ctx context.Context, batch []jetstream.Msg) []mayhem.Delivery {
	var all, fresh []mayhem.Delivery
	for _, msg := range batch {
		d, err := b.delivery(msg)
		if err != nil {
			b.log.Error("not a message: " + err.Error())
			_ = msg.TermWithReason(err.Error()) // if it does not arrive, the message comes again
			continue
		}
		all = append(all, d)
	}
	before, err := b.rows.settledBefore(ctx, all)
	switch {
	case ctx.Err() != nil:
		return all
	case err != nil:
		b.log.Warn("sift: " + err.Error()) // they come again at their deadline
		return nil
	}
	for _, d := range all {
		if !before[d.ID] {
			fresh = append(fresh, d)
			continue
		}
		b.count.again.Add(1)
		if err := b.confirm(ctx, d, ack); err != nil {
			b.log.Warn("ack: "+err.Error(), "task", d.Host) // again at its next deadline
			continue
		}
		b.log.Info("was settled before, is acked", "task", d.Host)
	}
	return fresh
}
