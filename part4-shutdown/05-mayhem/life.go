package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

// life tells what becomes of one message: everybody who has to do with it speaks.
func (w *world) life(ctx context.Context, log *slog.Logger) int {
	said := &witness{
		Broker: w.broker, Store: w.db, Restarter: w.rack,
		broker: log.With("task", "broker"), db: log.With("task", "database"), host: log.With("task", "host"),
	}
	service := mayhem.Service{
		Broker: said, Store: said, Restarter: said, MustSave: true,
		ExtendEvery: extendEvery,
		Backoff:     mayhem.Exponential(800*time.Millisecond, time.Minute),
		Log:         log,
	}
	var publisher sync.WaitGroup
	publisher.Go(func() {
		log.With("task", "client").Info("wants web-1 restarted")
		if w.broker.Publish(ctx, mayhem.Message{ID: "1", Host: "web-1"}) == nil {
			w.broker.Close() // and nothing more: the service ends when this is settled
		}
	})
	err := service.Run(ctx)
	publisher.Wait()
	if errors.Is(err, context.Cause(ctx)) {
		err = nil
	}
	return exitStatus(log, err)
}

// A witness is the broker, the database and the host of a world, and lets them say what they are asked for.
type witness struct {
	mayhem.Broker
	mayhem.Store
	mayhem.Restarter
	broker, db, host *slog.Logger
}

func (s *witness) Receive(ctx context.Context) (mayhem.Delivery, error) {
	d, err := s.Broker.Receive(ctx)
	if err == nil {
		s.broker.Info(fmt.Sprintf("hands it out, try %d", d.Try))
	}
	return d, err
}

func (s *witness) Extend(ctx context.Context, d mayhem.Delivery) error {
	err := s.Broker.Extend(ctx, d)
	if err == nil {
		s.broker.Info("gives 2s more")
	}
	return err
}

func (s *witness) Ack(ctx context.Context, d mayhem.Delivery) error {
	err := s.Broker.Ack(ctx, d)
	if err == nil {
		s.broker.Info("forgets it")
	}
	return err
}

func (s *witness) Nack(ctx context.Context, d mayhem.Delivery, delay time.Duration, failed error) error {
	err := s.Broker.Nack(ctx, d, delay, failed)
	if err == nil {
		s.broker.Info(fmt.Sprint("keeps it for ", delay), lesson.Waiting)
	}
	return err
}

func (s *witness) Save(ctx context.Context, m mayhem.Message) error {
	s.db.Info("writes a record")
	err := s.Store.Save(ctx, m)
	if err == nil {
		s.db.Info("has it", lesson.Waiting)
	}
	return err
}

func (s *witness) Restart(ctx context.Context, host string) error {
	s.host.Info("is told to restart")
	err := s.Restarter.Restart(ctx, host)
	if err != nil {
		s.host.Error("does not come back", lesson.Waiting)
	} else {
		s.host.Info("is back")
	}
	return err
}
