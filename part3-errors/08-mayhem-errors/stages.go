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
	seed        mayhem.Seed = 86847199 // the first with which three hosts show all that can go wrong
	consumeSeed mayhem.Seed = 106      // for stages 1 and 2, in which the consumer fails
	ackWait                 = time.Second
	extendEvery             = 700 * time.Millisecond
	watch                   = 3 * time.Second // how long we look at a stage that does not end
)

// article tells one of the article's five stages, in code of our own, with the mistake that the service has in that stage.
func article(ctx context.Context, log *slog.Logger, stage int) error {
	running, stop := context.WithCancel(ctx)
	s := &articles{
		stage: stage, log: log, stop: stop,
		broker: mayhem.NewMemoryBroker(ackWait, 0),
		chaos:  &mayhem.Chaos{Seed: seed, FailRate: 0.25, Takes: tenths},
	}
	hosts := 3
	if stage <= 2 { // only the consumer fails, and the publisher never ends
		hosts = 100
		s.chaos.Seed, s.chaos.FailRate = consumeSeed, 0
	}
	log.Info("wants hosts restarted", lesson.Waiting)
	s.spawn(running, s.consume)
	published := 0
	s.spawn(running, func(ctx context.Context) error {
		return publish(ctx, s.broker, hosts, func(host string) {
			published++
			if stage <= 2 {
				log.With("task", "publisher").Info("publishes " + host)
			}
		})
	})
	if lesson.Pause(running, watch) == nil {
		log.Warn("does not end; we stop it after 3 s")
	}
	stop()
	s.tasks.Wait()
	if ctx.Err() != nil { // Ctrl-C
		return context.Cause(ctx)
	}
	log.Info(tally(s.broker, s.chaos, published))
	if s.failed.Load() {
		log.Error("exit status 0: nothing reports the failure")
	}
	return nil
}

type articles struct {
	stage  int
	log    *slog.Logger
	broker *mayhem.MemoryBroker
	chaos  *mayhem.Chaos
	stop   context.CancelFunc
	tasks  sync.WaitGroup
	failed atomic.Bool
}

// spawn is create_task together with the loop's exception handler: it gets the error of each task that is not awaited. Go has no such handler.
func (s *articles) spawn(ctx context.Context, task func(context.Context) error) {
	s.tasks.Go(func() {
		err := task(ctx)
		if err == nil || ctx.Err() != nil || s.stage == 1 { // stage 1: an error that no code reads
			return
		}
		s.log.Error("caught: "+err.Error(), lesson.Waiting)
		if s.stage <= 3 { // any error stops all
			s.failed.Store(true)
			s.stop()
		}
	})
}

func (s *articles) consume(ctx context.Context) error {
	log := s.log.With("task", "consumer")
	if s.stage <= 2 {
		log.Info("waits for messages", lesson.Waiting)
	}
	for {
		d, err := s.broker.Receive(ctx)
		switch {
		case errors.Is(err, mayhem.ErrClosed):
			s.stop()
			return nil
		case err != nil:
			return err
		case s.stage <= 2 && consumeSeed.Chance("consume "+d.Host) < 0.25:
			log.Error("fails on " + d.Host)
			return errors.New("consume " + d.Host)
		}
		s.spawn(ctx, func(ctx context.Context) error { return s.handle(ctx, d) })
	}
}

func (s *articles) handle(ctx context.Context, d mayhem.Delivery) error {
	log := s.log.With("task", d.Host)
	log.Info("is taken")
	over := make(chan struct{}) // the article's event
	s.spawn(ctx, func(ctx context.Context) error { return s.extend(ctx, log, d, over) })
	s.spawn(ctx, func(ctx context.Context) error { return s.cleanUp(ctx, log, d, over) })

	results := make(chan error, 2) // room for both: the first error may be the only one that is read
	s.spawn(ctx, func(ctx context.Context) error {
		results <- did(log, "save "+d.Host, "is saved", s.chaos.Save(ctx, d.Message))
		return nil
	})
	s.spawn(ctx, func(ctx context.Context) error {
		results <- did(log, "restart "+d.Host, "is restarted", s.chaos.Restart(ctx, d.Host))
		return nil
	})
	var failures []error
	for range 2 {
		err := <-results
		if err != nil && ctx.Err() != nil {
			log.Warn("is cancelled")
			return err
		}
		if err != nil && s.stage < 5 {
			return err // the first error, at once, as gather does: over stays open
		}
		failures = append(failures, err)
	}
	for _, err := range failures {
		if errors.Is(err, mayhem.ErrHostDown) {
			log.Error(err.Error() + "; retrying") // says it, and does not
		} else if err != nil {
			log.Error(err.Error())
		}
	}
	close(over)
	return nil
}

func did(log *slog.Logger, what, done string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	log.Info(done)
	return nil
}

func (s *articles) extend(ctx context.Context, log *slog.Logger, d mayhem.Delivery, over <-chan struct{}) error {
	for {
		select {
		case <-over:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(extendEvery):
		}
		if err := s.broker.Extend(ctx, d); err != nil {
			return err
		}
		log.Info("gets more time")
	}
}

func (s *articles) cleanUp(ctx context.Context, log *slog.Logger, d mayhem.Delivery, over <-chan struct{}) error {
	select {
	case <-over:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := s.broker.Ack(ctx, d); err != nil {
		return err
	}
	log.Info("is acked")
	return nil
}

// tenths is how long work takes: from 0.2 to 1.1 seconds.
func tenths(chance float64) time.Duration {
	return time.Duration(2+int(10*chance)) * 100 * time.Millisecond
}
