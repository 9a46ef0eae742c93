package main

import (
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
func (s *service) watch(ctx context.Context, keep time.Duration, published *atomic.Bool, end context.CancelCauseFunc) {
	forgotten := time.Now()
	for wait(ctx, 100*time.Millisecond) == nil {
		all, asked := published.Load(), time.Now() // before the look: what comes after that is seen next time
		state, err := s.state(ctx)
		if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrConsumerNotFound) {
			end(fmt.Errorf("the stream %s: %w", streamName, err)) // it was there
			return
		} else if err != nil {
			s.count.server.begins(asked, err)
			continue
		}
		s.count.server.over(asked)
		oldest := time.Now()
		s.count.backlog.Store(int64(state.Msgs))
		s.count.oldest.Store(0)
		if state.Msgs > 0 {
			s.count.oldest.Store(state.FirstTime.Unix())
			oldest = state.FirstTime.Add(-time.Minute) // the server's clock may be another
		} else {
			s.count.progress.Store(time.Now().Unix())
			if all {
				end(errSettled)
			}
		}
		if time.Since(forgotten) > min(keep/10, 10*time.Minute) {
			forgotten = time.Now()
			before := forgotten.Add(-keep)
			if oldest.Before(before) {
				before = oldest
			}
			_ = s.rows.exec(ctx, forget, before.Unix()) // an error ends the program, or an outage says so
		}
	}
}

// failed counts a call to the server that has failed. Whether that is an outage, a look at the stream says.
func (s *service) failed(ctx context.Context, kind string, asked time.Time, err error) {
	if !s.count.server.away(asked) {
		if _, err := s.state(ctx); err != nil {
			s.count.server.begins(asked, err)
		}
	}
	s.count.failed(kind, asked, err)
}

func (s *service) state(ctx context.Context) (jetstream.StreamState, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	stream, err := s.js.Stream(ctx, streamName)
	if err == nil {
		_, err = stream.Consumer(ctx, consumerName) // in a cluster it has a leader of its own
	}
	if err != nil {
		return jetstream.StreamState{}, err
	}
	return stream.CachedInfo().State, nil
}

// missing is how many messages are gone, at least: they were acknowledged to a publisher, are not settled, and the stream has fewer. Other
// processes publish and settle meanwhile: what they publish counts as there, and what they settle is looked at again.
func (s *service) missing(ctx context.Context) (fewest int, err error) {
	all, handled, dead, err := s.rows.total(ctx, "")
	if err != nil {
		return 0, err
	}
	state, err := s.state(ctx)
	for patience := time.Now().Add(30 * time.Second); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && time.Now().Before(patience); {
		state, err = s.state(ctx) // a cluster chooses its leader
	}
	if err != nil {
		return 0, err
	}
	_, handledNow, deadNow, err := s.rows.total(ctx, "")
	since := max(0, handledNow-handled+deadNow-dead)
	if fewest = max(0, all-handled-dead-since-int(state.Msgs)); fewest > 0 && err == nil { //nolint:gosec // it fits
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
