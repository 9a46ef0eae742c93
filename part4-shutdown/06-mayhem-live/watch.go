package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// watch looks at the stream ten times a second, for the metrics. It ends the run when all is published and the stream is empty, and forgets
// rows, but none that is younger than the oldest message: that one may still come again.
func (s *service) watch(ctx context.Context, fed *atomic.Bool, end context.CancelCauseFunc) {
	forgotten, stranded := time.Now(), 0
	for wait(ctx, 100*time.Millisecond) == nil {
		all, asked := fed.Load(), time.Now() // before the look: what comes after that is seen next time
		seen, err := s.look(ctx, false)
		_, other := errors.AsType[difference](err)
		if gone := s.rows.moved(); gone != nil || other || errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrConsumerNotFound) {
			end(cmp.Or(gone, err)) // it was there, and as we want it
			return
		} else if err != nil {
			s.count.server.begins(asked, err)
			continue
		}
		s.count.server.over(asked)
		oldest := time.Now()
		s.count.backlog.Store(int64(seen.Msgs))
		s.count.oldest.Store(0)
		if seen.Msgs > 0 {
			s.count.oldest.Store(seen.FirstTime.Unix())
			oldest = seen.FirstTime.Add(-time.Minute) // the server's clock may be another
		} else if all {
			s.count.progresses()
			if s.config.messages > 0 {
				end(errSettled)
			}
		}
		if stranded++; !seen.stranded {
			stranded = 0
		} else if stranded == 30 { // for some seconds; what was settled before is acked by its row
			stranded = 0
			_, err := s.js.ResetConsumerToSequence(ctx, streamName, consumerName, seen.FirstSeq)
			slog.Warn("the consumer has skipped messages, and begins again", "messages", seen.Msgs, "error", err)
		}
		if time.Since(forgotten) > min(s.config.keep/10, 10*time.Minute) {
			forgotten = time.Now()
			before := min(forgotten.Add(-s.config.keep).Unix(), oldest.Unix())
			_ = s.rows.exec(ctx, forget, before) // an error ends the program, or an outage says so
		}
	}
}

// failed counts a call to the server that has failed. Whether that is an outage, a look at the stream says.
func (s *service) failed(ctx context.Context, kind string, asked time.Time, err error) {
	if !s.count.server.away(asked) {
		if _, err := s.look(ctx, false); err != nil {
			s.count.server.begins(asked, err)
		}
	}
	s.count.failed(kind, asked, err)
}

// missing is how many messages are gone, at least: they were acknowledged to a publisher, are not settled, and the stream has fewer. Other
// processes publish and settle meanwhile: what they publish counts as there, and what they settle is looked at again.
func (s *service) missing(ctx context.Context) (fewest int, err error) {
	all, handled, dead, err := s.rows.total(ctx, "")
	if err != nil {
		return 0, err
	}
	seen, err := s.look(ctx, false)
	for patience := time.Now().Add(30 * time.Second); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && time.Now().Before(patience); {
		seen, err = s.look(ctx, false) // a cluster chooses its leader
	}
	if fewest = all - handled - dead - int(seen.Msgs); err != nil || fewest <= 0 { //nolint:gosec // it fits
		return 0, err
	}
	_, handledNow, deadNow, err := s.rows.total(ctx, "")
	if fewest = max(0, fewest-max(0, handledNow-handled+deadNow-dead)); fewest > 0 && err == nil {
		slog.Error("messages that were acknowledged are gone from the stream", "count", fewest)
	}
	return fewest, err
}

// summary says what became of the request, by its rows, and what this process has done.
func (s *service) summary(ctx context.Context, c config) (string, error) {
	if c.messages == 0 || s.count.database.up() == 0 {
		return s.count.String(), nil
	}
	all, handled, dead, err := s.rows.total(ctx, c.request+"/")
	return fmt.Sprintf("published %d, handled %d, dead %d, waiting %d; %v", all, handled, dead, all-handled-dead, s.count), err
}
