package primer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var errNoMenu = errors.New("no menu today")

func menu(day string) ([]string, error) {
	if day == "Sunday" {
		return nil, fmt.Errorf("menu of %s: %w", day, errNoMenu)
	}
	return []string{"soup", "bread"}, nil
}

func Example_errors() {
	dishes, err := menu("Monday")
	fmt.Println(dishes, err)

	_, err = menu("Sunday")
	fmt.Println(err)
	fmt.Println(errors.Is(err, errNoMenu))
	// Output:
	// [soup bread] <nil>
	// menu of Sunday: no menu today
	// true
}

func Example_closures() {
	served := 0
	serve := func(dish string) {
		served++ // the variable outside, not a copy
		fmt.Println(dish)
	}
	for _, dish := range []string{"soup", "bread"} {
		serve(dish)
	}
	fmt.Println(served)
	// Output:
	// soup
	// bread
	// 2
}

func size(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close() // runs when size returns, also after an error or a panic

	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func Example_defer() {
	if _, err := size("no such file"); errors.Is(err, os.ErrNotExist) {
		fmt.Println("there is no such file")
	}
	// Output:
	// there is no such file
}

func Example_goroutines() {
	var wg sync.WaitGroup
	results := make([]int, 3)
	for i := range results {
		wg.Go(func() { results[i] = i * i }) // each goroutine writes a place of its own
	}
	wg.Wait()
	fmt.Println(results)
	// Output:
	// [0 1 4]
}

func Example_unbuffered() {
	dishes := make(chan string)
	go func() {
		defer close(dishes)
		dishes <- "soup" // waits until main receives
		dishes <- "bread"
	}()
	for dish := range dishes { // until dishes is closed
		fmt.Println(dish)
	}
	dish, ok := <-dishes
	fmt.Printf("%q %v\n", dish, ok)
	// Output:
	// soup
	// bread
	// "" false
}

func Example_buffered() {
	tray := make(chan string, 2)
	tray <- "soup" // there is room: does not wait
	tray <- "bread"
	select {
	case tray <- "fish":
	default:
		fmt.Println("no room for fish")
	}
	// Output:
	// no room for fish
}

func Example_select() {
	answers := make(chan string)
	select {
	case answer := <-answers:
		fmt.Println(answer)
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timeout")
	}
	// Output:
	// timeout
}

func Example_nilChannel() {
	soups, breads := make(chan int), make(chan int)
	go func() { defer close(soups); soups <- 3 }()
	go func() { defer close(breads); breads <- 4 }()

	total := 0
	for soups != nil || breads != nil {
		select {
		case n, ok := <-soups:
			if !ok {
				soups = nil // closed: this case is off from now on
			}
			total += n // 0 if it is closed
		case n, ok := <-breads:
			if !ok {
				breads = nil
			}
			total += n
		}
	}
	fmt.Println(total)
	// Output:
	// 7
}

func work(ctx context.Context) error {
	select {
	case <-time.After(time.Hour):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func Example_context() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel() // always: it frees the timer

	err := work(ctx)
	fmt.Println(err)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// context deadline exceeded
	// true
}

func Example_atOnce() {
	var (
		mu    sync.Mutex // guards count
		count int
		wg    sync.WaitGroup
	)
	for range 1000 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			count++
		})
	}
	wg.Wait()
	fmt.Println(count)
	// Output:
	// 1000
}

func TestWorkEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()

		start := time.Now()
		err := work(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("work returned %v", err)
		}
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("work took %v", took)
		}
	})
}
