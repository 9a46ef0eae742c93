package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// feed publishes what the stream has lost, the dead letters if that is asked, and the messages of the request.
func (s *service) feed(ctx context.Context, lost bool) error {
	if lost {
		if err := s.restore(ctx); err != nil {
			return err
		}
	}
	if s.config.replay {
		if err := s.persist(ctx, func() error { return s.replay(ctx) }); err != nil {
			return err
		}
	}
	return s.publish(ctx, s.config)
}

// persist calls fn again and again until it works or ctx ends.
func (s *service) persist(ctx context.Context, fn func() error) error {
	for asked := time.Now(); ; asked = time.Now() {
		err := fn()
		if err == nil {
			return nil
		}
		s.failed(ctx, "publish", asked, err)
		if wait(ctx, 200*time.Millisecond) != nil {
			return context.Cause(ctx)
		}
	}
}

// publish publishes the messages of a request in batches: the server stores each whole or not at all, and acknowledges it once. Messages
// that have a row were acknowledged to an earlier run.
func (s *service) publish(ctx context.Context, c config) error {
	for from := 1; from <= c.messages; from += most {
		var ms []*message
		ids := make(map[string]bool)
		for i := from; i < min(from+most, c.messages+1); i++ {
			m := &message{host: fmt.Sprint("web-", i)}
			m.id = c.request + "/" + m.host
			ms, ids[m.id] = append(ms, m), true
		}
		known, err := s.rows.find(ctx, ids)
		if err != nil {
			return err
		}
		ms = slices.DeleteFunc(ms, func(m *message) bool { return known[m.id].state != "" })
		if err := s.batch(ctx, ms, ""); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// restore publishes all messages that are not settled, since the stream has lost some of them. One that it has twice is settled once.
func (s *service) restore(ctx context.Context) error {
	again := " again " + nuid.Next() // the server may remember a batch of which it has lost a part
	for after := ""; ; {
		ms, err := s.rows.unsettled(ctx, after)
		if err != nil || len(ms) == 0 {
			return err
		}
		if err := s.batch(ctx, ms, again); err != nil {
			return err
		}
		after = ms[len(ms)-1].id
	}
}

// batch publishes messages again and again until the server has acknowledged them, and then saves them.
func (s *service) batch(ctx context.Context, ms []*message, again string) error {
	if len(ms) == 0 {
		return nil
	}
	if err := s.persist(ctx, func() error { return s.try(ctx, ms, again) }); err != nil {
		return err
	}
	rows := make(map[string]row, len(ms))
	for _, m := range ms {
		rows[m.id] = row{host: m.host, state: saved}
	}
	if _, err := s.rows.put(ctx, rows); err != nil {
		return err
	}
	s.count.progresses()
	for _, m := range ms {
		s.tell(&message{host: "publisher"}, step{text: m.host + " is published"})
	}
	return nil
}

// try publishes a batch. The server knows one that it has stored in the last two minutes by the Nats-Msg-Id of its last message.
func (s *service) try(ctx context.Context, ms []*message, again string) error {
	ctx, cancel := s.connected(ctx, 5*time.Second)
	defer cancel()
	batch := make([]*nats.Msg, len(ms))
	for i, m := range ms {
		batch[i] = &nats.Msg{Subject: subject, Data: []byte(m.host), Header: nats.Header{idHeader: {m.id}}}
	}
	last := len(ms) - 1
	batch[last].Header.Set(nats.MsgIdHdr, ms[0].id+" to "+ms[last].id+again)
	_, err := jetstreamext.PublishMsgBatch(ctx, s.js, batch, jetstreamext.BatchFlowControl{}) // one answer, at the end
	if errors.Is(err, jetstreamext.ErrBatchPublishDuplicateMsgID) {                           // it was stored, and the answer was lost
		return nil
	}
	return err
}

// replay publishes the dead letters as new messages. The new id is made of the letter's, so that a replay that is cut may begin again.
func (s *service) replay(ctx context.Context) error {
	letters, err := s.js.Stream(ctx, deadStreamName)
	if err != nil {
		return err
	}
	state := letters.CachedInfo().State
	for next := state.FirstSeq; next <= state.LastSeq; {
		var ms []*message
		var replayed []uint64
		for ; next <= state.LastSeq && len(ms) < most; next++ {
			l, err := letters.GetMsg(ctx, next, jetstream.WithGetMsgSubject(deadSubject+".*")) // the next one
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				next = state.LastSeq + 1
				break
			} else if err != nil {
				return err
			}
			next = l.Sequence
			id, _, _ := strings.Cut(l.Header.Get(nats.MsgIdHdr), " again ")
			m := &message{id: fmt.Sprint(id, " again ", next), host: string(l.Data)}
			if m.fault = cmp.Or(fault("id", m.id), fault("host", m.host)); m.fault != nil {
				slog.Warn("a dead letter cannot be replayed", "id", id, "reason", m.fault)
				continue
			}
			ms, replayed = append(ms, m), append(replayed, next)
		}
		if err := s.batch(ctx, ms, ""); err != nil {
			return err
		}
		for _, seq := range replayed {
			if err := letters.DeleteMsg(ctx, seq); err != nil {
				return err
			}
		}
	}
	return nil
}
