// Dump asks a Desk three times and prints which goroutines are left:
//
//	go run -trimpath ./part1-tasks/09-running/exercise/dump > part1-tasks/09-running/exercise/dump.txt
//
// With -race in the place of -trimpath, and without the file, it shows data races.
//
// This file is given: change it as you like, it is no part of your answer.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"example.com/asyncio-to-go/part1-tasks/09-running/exercise"
)

func main() {
	late := make(chan struct{})
	desk := exercise.New(200*time.Millisecond, map[string]exercise.Station{
		"roof":   func(context.Context) (float64, error) { return 18.5, nil },
		"harbor": after(late),
		"tower":  after(nil), // never answers
	})
	for range 3 {
		if _, err := desk.Poll(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	close(late)
	time.Sleep(200 * time.Millisecond) // what is left then does not end by itself
	fmt.Printf("%+v\n\n", desk.Stats())
	_ = pprof.Lookup("goroutine").WriteTo(os.Stdout, 2) // as SIGQUIT does
}

// after is a station that answers after an event.
func after(event <-chan struct{}) exercise.Station {
	return func(ctx context.Context) (float64, error) {
		select {
		case <-event:
			return 17.5, nil
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}
