package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// errSettled ends a run whose messages are all settled.
var errSettled = errors.New("all messages are settled")

// serve runs the service until all of its messages are settled or ctx ends: both are no errors. What was opened first is closed last.
func serve(ctx context.Context, c config, out io.Writer) (err error) {
	defer func() {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) && !errors.Is(err, mayhem.ErrUnsettled) { // while it was starting
			err = nil
		}
	}()
	if c.data == "" {
		if c.data, err = os.MkdirTemp("", "mayhem-"); err != nil {
			return err
		}
		defer os.RemoveAll(c.data) //nolint:errcheck // a temporary folder
	} else if err = os.MkdirAll(c.data, 0o755); err != nil {
		return err
	}
	var log *slog.Logger // what happens to each message; nil: nobody wants to know
	if c.steps {
		log = slog.New(slog.NewJSONHandler(out, nil))
	}
	run, end := context.WithCancelCause(ctx)
	defer end(nil)
	count := newStats()

	rows, err := openStore(ctx, c, count, end)
	if err != nil {
		return err
	}
	defer rows.close()
	nc, shutdown, err := connect(ctx, c, count, end)
	if err != nil {
		return err
	}
	defer shutdown()
	broker, err := newBroker(run, nc, c, rows, count, log)
	if err != nil {
		return err
	}
	defer broker.close()
	stopHTTP, err := serveHTTP(run, c.http, nc, rows, count)
	if err != nil {
		return err
	}
	defer stopHTTP()

	service := mayhem.Service{
		Broker: broker, Store: rows, Restarter: newHosts(c),
		MaxInFlight: c.inFlight,
		ExtendEvery: c.ackWait / 3,
		MaxTries:    c.tries,
		Backoff:     mayhem.Exponential(c.backoff, time.Minute),
		Grace:       c.grace,
		MustSave:    true,
		Log:         log,
	}
	var tasks errgroup.Group
	tasks.Go(func() error { return service.Run(run) })
	tasks.Go(func() error { return broker.prefetch(run) })
	tasks.Go(func() error {
		if c.messages == 0 {
			return nil
		}
		if err := publish(run, broker.js, c, count, log); err != nil {
			return err
		}
		broker.untilEmpty(run)
		end(errSettled)
		return nil
	})
	if err := tasks.Wait(); err != nil && (run.Err() == nil || errors.Is(err, mayhem.ErrUnsettled)) {
		return err
	}
	if cause := context.Cause(run); ctx.Err() == nil && !errors.Is(cause, errSettled) {
		return cause
	}
	if !c.steps {
		_, err = fmt.Fprintln(out, count.summary())
	}
	return err
}

// hosts take their time to restart, fail now and then, and some never come up again.
type hosts struct {
	mayhem.Chaos
	gone float64
}

func newHosts(c config) *hosts {
	h := &hosts{Chaos: mayhem.Chaos{Seed: mayhem.Seed(c.seed), FailRate: c.fail}, gone: c.gone}
	if c.work > 0 {
		h.Takes = func(chance float64) time.Duration { return time.Duration(chance * float64(c.work)) }
	}
	return h
}

// Restart implements [mayhem.Restarter].
func (h *hosts) Restart(ctx context.Context, host string) error {
	err := h.Chaos.Restart(ctx, host)
	if err == nil && h.gone > 0 && h.Seed.Chance("gone "+host) < h.gone {
		return mayhem.ErrHostDown
	}
	return err
}

func (c config) file(name string) string { return filepath.Join(c.data, name) }
