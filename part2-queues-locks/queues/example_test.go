package queues_test

import (
	"context"
	"fmt"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// Two workers share a queue. Join tells when all is done, Close sends the workers home.
func Example() {
	ctx := context.Background()
	orders := queues.New[int](2)
	var mu sync.Mutex
	sum := 0

	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for n := range orders.All(ctx) {
				mu.Lock()
				sum += n
				mu.Unlock()
			}
		})
	}
	for n := range 10 {
		if err := orders.Put(ctx, n); err != nil { // waits while both workers are busy and two more are queued
			fmt.Println(err)
		}
	}
	if err := orders.Join(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println("sum", sum)
	orders.Close()
	workers.Wait()
	fmt.Println(orders.Put(ctx, 10))
	// Output:
	// sum 45
	// queues: the queue is closed
}

// The most urgent patient is next; of two equally urgent ones, the first to come.
func ExampleNewPriority() {
	type patient struct {
		name    string
		urgency int
	}
	room := queues.NewPriority(0, func(a, b patient) bool { return a.urgency > b.urgency })
	for _, p := range []patient{{"Ann", 1}, {"Bob", 3}, {"Cid", 1}, {"Dan", 3}} {
		if err := room.TryPut(p); err != nil {
			fmt.Println(err)
		}
	}
	room.Close()
	for p := range room.All(context.Background()) {
		fmt.Println(p.name)
	}
	// Output:
	// Bob
	// Dan
	// Ann
	// Cid
}
