// A request ends when its client hangs up. What must not end with it is shielded, limited and owned.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

var (
	errTooSlow = fmt.Errorf("too slow: %w", context.DeadlineExceeded)
	errByHand  = fmt.Errorf("stopped by hand: %w", context.Canceled)
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	s := &shop{log: log}
	defer s.saves.Wait()
	defer s.requests.Wait()
	log.Info("opens the shop")
	for _, act := range []func(context.Context){s.clientsHangUp, s.saveIsStopped, s.shutDown} {
		act(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

type shop struct {
	log      *slog.Logger
	requests sync.WaitGroup
	saves    sync.WaitGroup // the shielded ones: they outlive their requests, the shop owns them
}

func (s *shop) clientsHangUp(ctx context.Context) {
	clients, hangUp := context.WithCancel(ctx)
	defer hangUp()
	s.requests.Go(func() { _ = save(as(clients, "anna"), s.task("request", 1), 1500*time.Millisecond) })
	if lesson.Pause(ctx, 100*time.Millisecond) != nil { // Ctrl-C, here and below
		return
	}
	s.requests.Go(func() { s.shielded(as(clients, "ben"), 2, 1700*time.Millisecond) })
	if lesson.Pause(ctx, 100*time.Millisecond) != nil {
		return
	}
	s.requests.Go(func() { s.shielded(as(clients, "carl"), 3, time.Hour) }) // the disk is stuck
	if lesson.Pause(ctx, 800*time.Millisecond) != nil {
		return
	}

	s.log.Info("all three clients hang up", lesson.Waiting, lesson.To("request 1", "request 2", "request 3"))
	hangUp()
	s.requests.Wait()
	s.saves.Wait()
}

// shielded saves an order and waits for it until the client hangs up. The save goes on.
func (s *shop) shielded(ctx context.Context, n int, takes time.Duration) {
	log := s.task("request", n)
	log.Info("shields its save", lesson.Waiting)
	saved := make(chan error, 1) // has room for the outcome when the request is gone
	s.saves.Go(func() { saved <- save(context.WithoutCancel(ctx), s.task("save", n), takes) })
	select {
	case err := <-saved:
		if err == nil {
			log.Info("is done")
		}
	case <-ctx.Done():
		log.Warn("is cancelled")
	}
}

// save writes an order. It has 2 s, whether or not a request still waits.
func save(ctx context.Context, log *slog.Logger, takes time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Second, errTooSlow)
	defer cancel()
	log.Info(fmt.Sprint("writes for ", ctx.Value(userKey{})))
	err := lesson.Pause(ctx, takes)
	switch {
	case err == nil:
		log.Info("is complete")
	case errors.Is(err, errTooSlow):
		log.Error("fails: too slow")
	default:
		log.Warn("is cancelled, half written")
	}
	return err
}

// saveIsStopped cancels one save alone. That takes a handle.
func (s *shop) saveIsStopped(ctx context.Context) {
	ctx = as(ctx, "dora")
	order := tasks.Shield(ctx, func(ctx context.Context) (int, error) {
		return 4, save(ctx, s.task("save", 4), time.Second)
	})
	if lesson.Pause(ctx, 200*time.Millisecond) != nil {
		return
	}
	s.requests.Go(func() {
		log := s.task("request", 4)
		log.Info("waits for save 4", lesson.Waiting)
		_, err := order.Wait(ctx)
		log.Info(fmt.Sprint("lives on, and hears why: ", err))
	})
	if lesson.Pause(ctx, 400*time.Millisecond) != nil {
		<-order.Done()
		return
	}
	s.log.Info("stops save 4 itself", lesson.To("save 4"))
	order.Cancel(errByHand)
	<-order.Done() // Cancel only asks
	s.requests.Wait()
}

func (s *shop) shutDown(ctx context.Context) {
	client, hangUp := context.WithCancel(as(ctx, "emil"))
	defer hangUp()
	if lesson.Pause(ctx, 200*time.Millisecond) != nil {
		return
	}
	s.requests.Go(func() { s.shielded(client, 5, 1300*time.Millisecond) })
	if lesson.Pause(ctx, 500*time.Millisecond) != nil {
		return
	}
	s.log.Info("shuts down: all requests end", lesson.To("request 5"))
	hangUp()
	s.requests.Wait()
	s.log.Info("waits for the saves it owns", lesson.Waiting)
	s.saves.Wait() // 2 s at most, for each save has its limit
	if ctx.Err() == nil {
		s.log.Info("no save is left")
	}
}

type userKey struct{}

func as(ctx context.Context, user string) context.Context {
	return context.WithValue(ctx, userKey{}, user)
}

func (s *shop) task(kind string, n int) *slog.Logger {
	return s.log.With("task", fmt.Sprintf("%s %d", kind, n))
}
