package main

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go/jetstream"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// prefetch gets messages from the server before the service asks for them, extends them while they wait here, and drops those that are
// settled already. When ctx ends it gives back at once what the service has not taken.
func (b *broker) prefetch(ctx context.Context) error {
	var waiting []mayhem.Delivery
	fetched := make(chan []mayhem.Delivery, 1)
	fetching := false
	tick := time.NewTicker(b.ackWait / 4)
	defer tick.Stop()
	for {
		if !fetching && len(waiting) <= b.prefetched/2 {
			fetching = true
			room := b.prefetched - len(waiting)
			go func() { fetched <- b.sift(ctx, b.fetch(ctx, room)) }()
		}
		var ready chan<- mayhem.Delivery
		var next mayhem.Delivery
		if len(waiting) > 0 {
			ready, next = b.ready, waiting[0]
		}
		select {
		case ready <- next:
			waiting = waiting[1:]
		case more := <-fetched:
			waiting, fetching = append(waiting, more...), false
		case <-tick.C:
			if err := b.extendAll(ctx, waiting); err != nil {
				b.log.Warn("extend: " + err.Error()) // what is too old by then does not begin
			}
		case <-ctx.Done():
			if fetching {
				waiting = append(waiting, <-fetched...)
			}
			b.giveBack(ctx, waiting...)
			return nil
		}
	}
}

// fetch returns up to n messages: those that the server has now, or else the next one. It waits half a second for that, at most.
func (b *broker) fetch(ctx context.Context, n int) (ds []mayhem.Delivery) {
	for _, ask := range []func() (jetstream.MessageBatch, error){
		func() (jetstream.MessageBatch, error) { return b.consumer.FetchNoWait(n) },
		func() (jetstream.MessageBatch, error) {
			return b.consumer.Fetch(1, jetstream.FetchMaxWait(500*time.Millisecond))
		},
	} {
		if len(ds) > 0 || ctx.Err() != nil {
			break
		}
		batch, err := ask()
		if err == nil {
			for msg := range batch.Messages() {
				ds = append(ds, b.delivery(ctx, msg)...)
			}
			err = batch.Error()
		}
		if err != nil && len(ds) == 0 {
			b.log.Warn("receive: " + err.Error())
			_ = wait(ctx, 200*time.Millisecond) // the loop looks at ctx
		}
	}
	return ds
}

// extendAll extends what waits here.
func (b *broker) extendAll(ctx context.Context, ds []mayhem.Delivery) error {
	if len(ds) == 0 {
		return nil
	}
	from := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.ackWait/4)
	defer cancel()
	held := make([]mayhem.Delivery, 0, len(ds))
	for _, d := range ds {
		if holds(d) {
			held = append(held, d)
		}
	}
	if len(held) == 0 {
		return nil
	}
	if err := b.say(ctx, held, inProgress); err != nil {
		return err
	}
	for _, d := range held {
		d.Receipt.(*receipt).until.Store(from.Add(b.ackWait).UnixNano())
	}
	return nil
}

// fault says why a text can be no key of a row: neither database takes all that a message may hold.
func fault(what, text string) error {
	switch {
	case text == "":
		return errors.New("it has no " + what)
	case !utf8.ValidString(text):
		return errors.New("its " + what + " is not UTF-8")
	case strings.ContainsRune(text, 0):
		return errors.New("its " + what + " has a NUL byte")
	}
	return nil
}

// sift settles those messages that were settled before: their ack has not arrived, or they were published again after the server had
// forgotten them. It returns the others; when ctx has ended, all.
func (b *broker) sift(ctx context.Context, all []mayhem.Delivery) (fresh []mayhem.Delivery) {
	if len(all) == 0 {
		return nil
	}
	rows, err := b.rows.lookUp(ctx, all)
	if err != nil {
		return all
	}
	for _, d := range all {
		r := rows[d.ID]
		d.Try = r.Attempts + 1
		switch r.State {
		case handled:
			err = b.confirm(ctx, d, ack)
		case dead:
			err = b.bury(ctx, d, r.Attempts, r.Reason)
		default:
			fresh = append(fresh, d)
			continue
		}
		b.count.again.Add(1)
		if err != nil {
			b.log.Warn("settle: "+err.Error(), "task", d.Host) // again at its next deadline
			continue
		}
		if r.State == handled {
			b.log.Info("was settled before, is acked", "task", d.Host)
		}
	}
	return fresh
}
