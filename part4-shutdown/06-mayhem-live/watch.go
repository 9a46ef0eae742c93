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
		all := published.Load() // before the look: what comes after that is seen next time
		state, err := s.state(ctx)
		if err != nil {
			continue // an outage says so
		}
		oldest := time.Now()
		s.count.backlog.Store(int64(state.Msgs))
		s.count.oldest.Store(0)
		if state.Msgs > 0 {
			oldest = state.FirstTime
			s.count.oldest.Store(oldest.Unix())
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

func (s *service) state(ctx context.Context) (jetstream.StreamState, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	stream, err := s.js.Stream(ctx, streamName)
	if err != nil {
		return jetstream.StreamState{}, err
	}
	return stream.CachedInfo().State, nil
}

// missing is how many messages are gone: they were acknowledged to a publisher, are not settled, and the stream has fewer. It looks at
// the rows after the stream, and again, since other processes publish and settle meanwhile.
func (s *service) missing(ctx context.Context) (fewest int, err error) {
	patience := time.Now().Add(30 * time.Second)
	for range 3 {
		state, err := s.state(ctx)
		for errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && time.Now().Before(patience) { // a cluster that chooses its leader
			state, err = s.state(ctx)
		}
		if err != nil {
			return 0, err
		}
		all, handled, dead, err := s.rows.total(ctx, "")
		if err != nil {
			return 0, err
		}
		if fewest = all - handled - dead - int(state.Msgs); fewest <= 0 { //nolint:gosec // it fits
			return 0, nil
		}
		_ = wait(ctx, 200*time.Millisecond) // the next call says so
	}
	slog.Error("messages that were acknowledged are gone from the stream", "count", fewest)
	return fewest, nil
}

// summary says what became of the request, by its rows, and what this process has done.
func (s *service) summary(ctx context.Context, c config) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if c.messages == 0 {
		return s.count.String(), nil
	}
	all, handled, dead, err := s.rows.total(ctx, c.request+"/")
	return fmt.Sprintf("published %d, handled %d, dead %d, waiting %d; %v", all, handled, dead, all-handled-dead, s.count), err
}
