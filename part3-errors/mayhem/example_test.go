package mayhem_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// rack is a restarter: web-1 is well, web-2 needs a second attempt, db-1 is gone for good.
type rack struct{ asked map[string]int }

func (r *rack) Restart(_ context.Context, host string) error {
	r.asked[host]++
	if host == "db-1" || host == "web-2" && r.asked[host] == 1 {
		return errors.New(host + " does not answer")
	}
	return nil
}

func Example() {
	ctx := context.Background()
	broker := mayhem.NewMemoryBroker(3*time.Second, 0)
	for _, host := range []string{"web-1", "web-2", "db-1"} {
		_ = broker.Publish(ctx, mayhem.Message{ID: "restart " + host, Host: host})
	}
	broker.Close() // no more come: Run ends when these are settled

	restarter := &rack{asked: map[string]int{}}
	service := mayhem.Service{
		Broker:      broker,
		Store:       new(mayhem.Chaos), // saves at once
		Restarter:   restarter,
		MaxInFlight: 1, // the rack is not made for more
		ExtendEvery: 2 * time.Second,
		MaxTries:    3,
		Backoff:     mayhem.Exponential(time.Millisecond, time.Minute),
	}
	fmt.Println("error:", service.Run(ctx))

	fmt.Println("asked:", restarter.asked)
	for _, letter := range broker.DeadLetters() {
		fmt.Printf("dead after %d tries: %v\n", letter.Tries, letter.Reason)
	}
	// Output:
	// error: <nil>
	// asked: map[db-1:3 web-1:1 web-2:2]
	// dead after 3 tries: restart: db-1 does not answer
}
