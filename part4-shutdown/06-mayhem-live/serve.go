package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// errSettled ends a run whose messages are all settled.
var errSettled = errors.New("all messages are settled")

// serve runs the service until all of its messages are settled or ctx ends: both are no errors. What was opened first is closed last.
func serve(ctx context.Context, c config, out io.Writer) (err error) {
	if c.data == "" {
		if c.data, err = os.MkdirTemp("", "mayhem-"); err != nil {
			return err
		}
		defer os.RemoveAll(c.data) //nolint:errcheck // a temporary folder
	} else if err = os.MkdirAll(c.data, 0o755); err != nil {
		return err
	}
	if c.sync && (c.nats != "" || c.db != "") {
		slog.Warn("-sync does nothing for what -nats or -db names")
	}
	var steps *slog.Logger
	if c.steps {
		steps = slog.New(slog.NewJSONHandler(out, nil))
	}
	run, end := context.WithCancelCause(ctx)
	defer end(nil)
	begun := false
	defer func() {
		switch {
		case begun || run.Err() == nil:
		case ctx.Err() != nil: // it was asked to end while it was starting
			err = nil
		default:
			err = context.Cause(run)
		}
	}()
	count := newCounters()

	rows, err := openTable(ctx, c, count, end)
	if err != nil {
		return err
	}
	defer rows.db.Close() //nolint:errcheck // what was promised is committed
	nc, disconnect, err := connect(ctx, c, count, end)
	if err != nil {
		return err
	}
	defer disconnect()
	queue, err := openQueue(run, nc, c)
	if err != nil {
		return err
	}
	s := &service{
		queue: queue, leases: &leases{lasts: c.ackWait, freed: make(chan struct{}, 1), held: make(map[string]*message)},
		rows: rows, count: count, config: c, steps: steps, ended: make(chan outcome, most),
		hosts: hosts{mayhem.Seed(c.seed), c.fail, c.gone, c.work}, backoff: mayhem.Exponential(c.backoff, time.Minute),
	}
	address, stopHTTP, err := serveHTTP(run, c, count, s.inFlight)
	if err != nil {
		return err
	}
	defer stopHTTP()
	if address != "" && c.steps {
		s.tell(&message{host: "http"}, step{text: "answers at http://" + address})
	} else if address != "" {
		_, _ = fmt.Fprintln(out, "answers at http://"+address)
	}
	gone, err := s.missing(run)
	if err != nil {
		return err
	}

	begun = true
	slog.Info("the service begins", "messages", c.messages, "in_flight", c.inFlight)
	var fed atomic.Bool
	var tasks errgroup.Group
	tasks.Go(func() error { return s.run(run) })
	tasks.Go(func() error { s.watch(run, &fed, end); return nil })
	tasks.Go(func() error {
		if err := s.feed(run, gone > 0); err != nil {
			end(err)
		}
		fed.Store(true)
		return nil
	})
	err = tasks.Wait()
	cause := context.Cause(run)
	slog.Info("the service ends", "cause", cause, "error", err)
	settled := errors.Is(cause, errSettled) // and so the server has heard all, though its last answer may be late
	if !settled && !errors.Is(cause, context.Cause(ctx)) {
		return errors.Join(cause, err)
	} else if !settled && err != nil {
		return err
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // the parts may be away
	defer cancel()
	if gone > 0 || settled {
		if gone, err = s.missing(after); err != nil {
			return err
		} else if gone > 0 {
			return fmt.Errorf("%d messages that were acknowledged are gone", gone)
		}
	}
	summary, err := s.summary(after, c)
	if err == nil && !c.steps {
		_, err = fmt.Fprintln(out, summary)
	}
	return err
}

func (c config) file(name string) string { return filepath.Join(c.data, name) }
