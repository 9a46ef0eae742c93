// A bakery: customers wait until there is a loaf. Main is the baker.
package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

type bakery struct {
	log       *slog.Logger
	customers sync.WaitGroup

	shop   *locks.Condition
	loaves int // guarded by shop.L
}

func story(ctx context.Context, log *slog.Logger) error {
	b := &bakery{log: log, shop: locks.NewCondition(nil)}
	defer b.customers.Wait()
	log.Info("puts out 1 loaf, before a customer", lesson.Waiting)
	b.inside(ctx, func() { b.loaves++; b.shop.Notify(1) })
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "anna")

	eve, callEve := context.WithCancel(ctx)
	defer callEve()
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "ben")
	if err := lesson.Pause(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "carl")
	if err := lesson.Pause(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "dora")
	if err := lesson.Pause(ctx, 100*time.Millisecond); err != nil {
		return err
	}
	b.comes(eve, "eve")
	if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	log.Info("puts out 2 and wakes two", lesson.Waiting, lesson.To("ben", "carl"))
	b.inside(ctx, func() { b.loaves += 2; b.shop.Notify(2) })
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Info("puts out 1 and wakes all", lesson.Waiting, lesson.To("dora", "eve"))
	b.inside(ctx, func() { b.loaves++; b.shop.NotifyAll() })

	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "finn")
	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
		return err
	}
	log.Info("puts out 1, wakes eve, calls her away", lesson.Waiting, lesson.To("eve"))
	b.inside(ctx, func() { b.loaves++; b.shop.Notify(1); callEve() })

	if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	b.customers.Go(func() { b.hurries(ctx, log.With("task", "gina")) })
	if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	log.Info("sweeps the floor, with the lock")
	b.inside(ctx, func() { _ = lesson.Pause(ctx, 700*time.Millisecond) })
	if ctx.Err() != nil { // Ctrl-C
		return context.Cause(ctx)
	}
	log.Info("has swept", lesson.Waiting)

	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		return err
	}
	b.comes(ctx, "hugo")
	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
		return err
	}
	log.Info("puts out 1, wakes one, wants it back", lesson.Waiting, lesson.To("hugo"))
	b.inside(ctx, func() { b.loaves++; b.shop.Notify(1) })
	b.inside(ctx, func() {
		if b.loaves == 0 {
			log.Info("is too late to take it back", lesson.Waiting)
			return
		}
		b.loaves--
		log.Info("takes it back", lesson.Waiting)
	})
	if err := lesson.Pause(ctx, 400*time.Millisecond); err != nil {
		return err
	}
	log.Info("puts out 1 more")
	b.inside(ctx, func() { b.loaves++; b.shop.Notify(1) })
	b.customers.Wait()
	return context.Cause(ctx)
}

// inside does something while it has the lock.
func (b *bakery) inside(ctx context.Context, do func()) {
	if b.shop.L.Acquire(ctx) == nil {
		defer b.shop.L.Release()
		do()
	}
}

// comes starts a customer that waits for a loaf and takes it.
func (b *bakery) comes(ctx context.Context, name string) {
	b.customers.Go(func() { b.inside(ctx, func() { b.buy(ctx, b.log.With("task", name)) }) })
}

func (b *bakery) buy(ctx context.Context, log *slog.Logger) {
	if b.loaves == 0 {
		log.Info("waits for a loaf", lesson.Waiting)
	}
	for b.loaves == 0 {
		if b.shop.Wait(ctx) != nil {
			log.Warn("is called away")
			return
		}
		if b.loaves == 0 {
			log.Info("finds none left, waits again", lesson.Waiting)
		}
	}
	b.loaves--
	log.Info("takes a loaf")
}

// hurries waits for a loaf, half a second at most.
func (b *bakery) hurries(ctx context.Context, log *slog.Logger) {
	b.inside(ctx, func() {
		ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		defer cancel()
		log.Info("waits for a loaf, 0.5 s at most", lesson.Waiting)
		if b.shop.WaitFor(ctx, func() bool { return b.loaves > 0 }) != nil {
			log.Warn("gives up, now that she has the lock")
			return
		}
		b.loaves--
		log.Info("takes a loaf")
	})
}
