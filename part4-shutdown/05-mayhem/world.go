package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

const (
	ackWait     = 2 * time.Second
	extendEvery = 1200 * time.Millisecond
)

// A world is what is there before the service and after it: a broker, a database and a rack of hosts.
type world struct {
	broker *mayhem.MemoryBroker
	line   mayhem.Broker // the broker as the service reaches it
	db     *database
	rack   *rack

	published int // messages
}

func newWorld() *world {
	broker := mayhem.NewMemoryBroker(ackWait, 0)
	return &world{broker: broker, line: broker, db: new(database), rack: new(rack)}
}

// shutdown runs the service, asks for four restarts, and at 2.5 s does what a SIGTERM does. A real one is ctx's end.
func (w *world) shutdown(ctx context.Context, log *slog.Logger) int {
	asked, ask := context.WithCancelCause(ctx)
	defer ask(nil)
	var outside sync.WaitGroup
	outside.Go(func() {
		at := time.Now()
		for i, ms := range []int{0, 400, 900, 2600} {
			if lesson.Pause(ctx, time.Until(at.Add(time.Duration(ms)*time.Millisecond))) != nil {
				return
			}
			host := fmt.Sprint("web-", i+1)
			if w.broker.Publish(ctx, mayhem.Message{ID: host, Host: host}) != nil {
				return
			}
			w.published++
		}
		w.broker.Close()
	})
	outside.Go(func() {
		if lesson.Pause(ctx, 2500*time.Millisecond) == nil {
			ask(errors.New("terminated signal received")) // the very words of signal.NotifyContext
			w.nextInstance(ctx, log)
		}
	})
	status := exitStatus(log, run(asked, log, w))
	outside.Wait()
	left := w.broker.Len()
	log.With("task", "broker").Info(fmt.Sprintf("%d came, %d acked, %d left", w.published, w.published-left, left))
	return status
}

// nextInstance is the new version of the service, started while the old one ends.
func (w *world) nextInstance(ctx context.Context, log *slog.Logger) {
	for {
		d, err := w.broker.Receive(ctx)
		if err != nil || lesson.Pause(ctx, 100*time.Millisecond) != nil { // on its way
			return
		}
		log.With("task", d.Host).Info(fmt.Sprint("goes to the next instance, try ", d.Try))
		if w.broker.Ack(ctx, d) != nil {
			return
		}
	}
}

var errClosed = errors.New("it is closed")

// A database is a [mayhem.Store] that is slow with web-2.
type database struct {
	closed atomic.Bool
	broken func(ctx context.Context) error // nil: it can be closed
}

func (b *database) Save(ctx context.Context, m mayhem.Message) error {
	takes := 200 * time.Millisecond
	if m.Host == "web-2" {
		takes = 2600 * time.Millisecond
	}
	err := lesson.Pause(ctx, takes)
	if b.closed.Load() { // it can neither commit nor roll back
		return errClosed
	}
	return err
}

func (b *database) close(ctx context.Context) error {
	b.closed.Store(true)
	if b.broken != nil {
		return b.broken(ctx)
	}
	return lesson.Pause(ctx, 100*time.Millisecond)
}

// A rack is a [mayhem.Restarter]: web-1 does not answer the first time, and web-3 takes much too long.
type rack struct {
	mu   sync.Mutex // guards what follows
	seen bool       // web-1 was asked before
}

func (r *rack) Restart(ctx context.Context, host string) error {
	r.mu.Lock()
	first := host == "web-1" && !r.seen
	r.seen = r.seen || first
	r.mu.Unlock()
	takes := map[string]time.Duration{"web-1": 2 * time.Second, "web-2": 600 * time.Millisecond, "web-3": 9 * time.Second}[host]
	if first {
		takes = 800 * time.Millisecond
	}
	if err := lesson.Pause(ctx, takes); err != nil {
		return err
	}
	if first {
		return mayhem.ErrHostDown
	}
	return nil
}

// metrics count what became of messages.
type metrics struct {
	log                   *slog.Logger
	acked, failed, nacked atomic.Int32
}

func (m *metrics) flush(ctx context.Context) error {
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	m.log.Info(fmt.Sprintf("%d acked, %d failed, %d nacked", m.acked.Load(), m.failed.Load(), m.nacked.Load()))
	return nil
}

// A connection to the broker counts what it carries.
type connection struct {
	mayhem.Broker
	metrics *metrics
	closed  atomic.Bool
}

func (c *connection) Ack(ctx context.Context, d mayhem.Delivery) error {
	return c.settle(&c.metrics.acked, func() error { return c.Broker.Ack(ctx, d) })
}

func (c *connection) Nack(ctx context.Context, d mayhem.Delivery, delay time.Duration, failed error) error {
	counter := &c.metrics.nacked
	if failed != nil {
		counter = &c.metrics.failed
	}
	return c.settle(counter, func() error { return c.Broker.Nack(ctx, d, delay, failed) })
}

func (c *connection) settle(counter *atomic.Int32, tell func() error) error {
	if c.closed.Load() {
		return errClosed
	}
	err := tell()
	if err == nil {
		counter.Add(1)
	}
	return err
}

func (c *connection) close(ctx context.Context) error {
	c.closed.Store(true)
	return lesson.Pause(ctx, 100*time.Millisecond)
}
