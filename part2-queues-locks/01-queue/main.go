// A kitchen: lunch is over when its channel is closed and empty, dinner when its queue has nothing left to do.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	lunch(ctx, log)
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil { // Ctrl-C, here and below
		return err
	}
	if err := dinner(ctx, log); err != nil {
		return err
	}
	return delivery(ctx, log)
}

// lunch needs no more than a channel.
func lunch(ctx context.Context, log *slog.Logger) {
	log.Info("opens for lunch", lesson.Waiting)
	orders := make(chan int, 1) // a rail with room for one slip
	var staff sync.WaitGroup
	for _, name := range []string{"cook A", "cook B"} {
		staff.Go(func() { cook(ctx, log.With("task", name), orders) })
		if lesson.Pause(ctx, 100*time.Millisecond) != nil {
			break
		}
	}
	staff.Go(func() { waiter(ctx, log.With("task", "waiter"), orders) })
	staff.Wait()
	if ctx.Err() != nil {
		return
	}
	log.Info("lunch is over, all have gone home")
}

func cook(ctx context.Context, log *slog.Logger, orders <-chan int) {
	log.Info("is ready", lesson.Waiting)
	for n := range orders { // until it is closed and empty
		log.Info(fmt.Sprint("cooks order ", n))
		if lesson.Pause(ctx, 700*time.Millisecond) != nil {
			return
		}
	}
	if ctx.Err() == nil {
		log.Info("goes home")
	}
}

func waiter(ctx context.Context, log *slog.Logger, orders chan<- int) {
	defer close(orders)
	for n := 1; n <= 4; n++ {
		if lesson.Pause(ctx, 100*time.Millisecond) != nil {
			return
		}
		log.Info(fmt.Sprint("takes order ", n), lesson.Waiting)
		select {
		case orders <- n: // waits while the rail is full
		case <-ctx.Done():
			return
		}
	}
	log.Info("no more orders")
}

type order struct {
	number int
	urgent bool
}

// dinner needs what a channel does not have: no limit, an order of its own, and a wait until all is done while the cook stays.
func dinner(ctx context.Context, log *slog.Logger) error {
	orders := queues.NewPriority(0, func(a, b order) bool { return a.urgent && !b.urgent })
	var staff sync.WaitGroup
	defer staff.Wait()
	defer orders.Close() // sends the night cook home; to close it twice is harmless

	log.Info("orders 5 and 6, and 7 is urgent", lesson.Waiting)
	for _, o := range []order{{5, false}, {6, false}, {7, true}} {
		if err := orders.Put(ctx, o); err != nil {
			return err
		}
	}
	staff.Go(func() {
		log := log.With("task", "night cook")
		for o := range orders.All(ctx) { // marks each order done when the body has ended
			log.Info(fmt.Sprint("cooks order ", o.number))
			if lesson.Pause(ctx, 700*time.Millisecond) != nil {
				return
			}
		}
		if ctx.Err() == nil {
			log.Info("goes home")
		}
	})
	if err := served(ctx, orders); err != nil {
		return err
	}

	log.Info("all are served, order 8 comes late", lesson.Waiting, lesson.To("night cook"))
	if err := orders.Put(ctx, order{8, false}); err != nil {
		return err
	}
	if err := served(ctx, orders); err != nil {
		return err
	}
	log.Info("all are served, closes", lesson.To("night cook"))
	orders.Close()
	staff.Wait()
	return nil
}

// delivery is a send from another thread: the receiver wakes at once.
func delivery(ctx context.Context, log *slog.Logger) error {
	orders := make(chan int)
	var driver sync.WaitGroup
	defer driver.Wait()
	driver.Go(func() {
		runtime.LockOSThread() // a thread of its own
		defer runtime.UnlockOSThread()
		if lesson.Pause(ctx, 100*time.Millisecond) != nil {
			return
		}
		select {
		case orders <- 9:
		case <-ctx.Done():
		}
	})
	select {
	case n := <-orders:
		log.Info(fmt.Sprintf("a thread sends order %d: seen at once", n))
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// served waits until all orders are done. A cook that leaves early counts as done, too.
func served(ctx context.Context, orders *queues.Queue[order]) error {
	if err := orders.Join(ctx); err != nil {
		return err
	}
	return context.Cause(ctx)
}
