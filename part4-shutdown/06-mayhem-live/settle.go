package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// Extend implements [mayhem.Broker].
func (b *broker) Extend(ctx context.Context, d mayhem.Delivery) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	from := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.ackWait/3)
	defer cancel()
	if err := b.confirm(ctx, d, inProgress); err != nil {
		return err
	}
	d.Receipt.(*receipt).until.Store(from.Add(b.ackWait).UnixNano())
	return nil
}

// Ack implements [mayhem.Broker]. First the row says that the message was handled, then the server removes it. What happens in between
// makes it come again, and then the row is found. An ack that is late is as good: the work is done.
func (b *broker) Ack(ctx context.Context, d mayhem.Delivery) error {
	if err := b.rows.mark(ctx, d.ID, row{Host: d.Host, State: handled, Attempts: d.Try - 1}); err != nil {
		return err
	}
	b.holding.done(d, b.ackWait)
	b.count.settled(d, &b.count.handled)
	return b.acks.do(ctx, d)
}

func (b *broker) ackAll(ctx context.Context, ds []mayhem.Delivery) error { return b.say(ctx, ds, ack) }

// say says a word about many and waits for one answer: the server takes in what comes over one connection in order.
func (b *broker) say(ctx context.Context, ds []mayhem.Delivery, word string) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	before := b.nc.Stats().Reconnects
	last := len(ds) - 1
	for _, d := range ds[:last] {
		if err := b.nc.Publish(d.Receipt.(*receipt).reply, []byte(word)); err != nil {
			return err
		}
	}
	if err := b.confirm(ctx, ds[last], word); err != nil {
		return err
	}
	if b.nc.Stats().Reconnects != before {
		return errors.New("the connection was lost in between")
	}
	return nil
}

// Nack implements [mayhem.Broker]. A failed attempt is counted in the row first.
func (b *broker) Nack(ctx context.Context, d mayhem.Delivery, delay time.Duration, failed error) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	if failed != nil {
		if err := b.rows.mark(ctx, d.ID, row{d.Host, saved, d.Try, failed.Error()}); err != nil {
			return err
		}
	}
	word := nak
	if delay > 0 {
		word += fmt.Sprintf(` {"delay": %d}`, delay.Nanoseconds())
	}
	b.holding.over(d)
	return b.confirm(ctx, d, word)
}

// Reject implements [mayhem.Broker]. The row says first that the message is dead: what is missing after that, prefetch makes up for.
func (b *broker) Reject(ctx context.Context, d mayhem.Delivery, reason error) error {
	if !holds(d) {
		return mayhem.ErrLost
	}
	if err := b.rows.mark(ctx, d.ID, row{d.Host, dead, d.Try, reason.Error()}); err != nil {
		return err
	}
	b.holding.done(d, b.ackWait)
	b.count.settled(d, &b.count.dead)
	return b.bury(ctx, d, d.Try, reason.Error())
}

// bury publishes a message as a dead letter and ends its delivery. The stream of dead letters takes each only once.
func (b *broker) bury(ctx context.Context, d mayhem.Delivery, attempts int, reason string) error {
	letter := &nats.Msg{Subject: deadSubject, Data: []byte(d.Host), Header: nats.Header{
		"Mayhem-Reason": {reason}, "Mayhem-Attempts": {fmt.Sprint(attempts)},
	}}
	if _, err := b.js.PublishMsg(ctx, letter, jetstream.WithMsgID(d.ID)); err != nil {
		return err
	}
	return b.confirm(ctx, d, term)
}

// giveBack nacks what nobody has begun, so that another process has it at once.
func (b *broker) giveBack(ctx context.Context, ds ...mayhem.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	var words sync.WaitGroup
	for _, d := range ds {
		words.Go(func() {
			if err := b.Nack(ctx, d, 0, nil); err == nil {
				b.log.Warn("is given back, nobody has begun", "task", d.Host)
			} // else it comes at its deadline
		})
	}
	words.Wait()
}
