package locks_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// A printer prints one job at a time; a job that has waited too long goes away.
func ExampleLock() {
	var printer locks.Lock
	ctx := context.Background()
	if err := printer.Acquire(ctx); err != nil {
		return
	}
	fmt.Println("the long job prints")

	patience, cancel := context.WithTimeoutCause(ctx, 10*time.Millisecond, errors.New("no patience left"))
	defer cancel()
	fmt.Println("the short job:", printer.Acquire(patience))

	printer.Release()
	fmt.Println("in use:", printer.Locked())
	// Output:
	// the long job prints
	// the short job: no patience left
	// in use: false
}

// Requests wait until a service is ready, and again after it has gone down.
func ExampleEvent() {
	var ready locks.Event
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = ready.Wait(context.Background())
		fmt.Println("request served")
	})
	fmt.Println("service up")
	ready.Set()
	wg.Wait()

	ready.Clear()
	select {
	case <-ready.Done():
		fmt.Println("request served")
	case <-time.After(time.Millisecond):
		fmt.Println("service down")
	}
	// Output:
	// service up
	// request served
	// service down
}

// A fridge from which several eat and into which one puts.
func ExampleCondition() {
	ctx := context.Background()
	fridge := locks.NewCondition(nil)
	meals := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_ = fridge.L.Acquire(ctx)
			defer fridge.L.Release()
			_ = fridge.WaitFor(ctx, func() bool { return meals > 0 })
			meals--
			fmt.Println("one meal eaten")
		})
	}
	_ = fridge.L.Acquire(ctx)
	meals += 3
	fmt.Println("three meals put in")
	fridge.NotifyAll()
	fridge.L.Release()
	wg.Wait()
	fmt.Println("meals left:", meals)
	// Output:
	// three meals put in
	// one meal eaten
	// one meal eaten
	// one meal eaten
	// meals left: 0
}

// No runner starts the second lap before all have finished the first. One of them, it does not matter which, announces it.
func ExampleBarrier() {
	const runners = 3
	lap := locks.NewBarrier(runners)
	var wg sync.WaitGroup
	for range runners {
		wg.Go(func() {
			for n := range 2 {
				if index, err := lap.Wait(context.Background()); err == nil && index == 0 {
					fmt.Println("all have finished lap", n+1)
				}
				_, _ = lap.Wait(context.Background()) // for the announcement
			}
		})
	}
	wg.Wait()
	// Output:
	// all have finished lap 1
	// all have finished lap 2
}
