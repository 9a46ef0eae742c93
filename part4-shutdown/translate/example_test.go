package translate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

func Example_cancelled() {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	fmt.Println(errors.Is(ctx.Err(), context.Canceled)) // a deadline is no cancellation

	ctx, stop := context.WithCancelCause(context.Background())
	stop(errors.New("fire drill"))
	fmt.Println(errors.Is(context.Cause(ctx), context.Canceled))

	ctx, stop = context.WithCancelCause(context.Background())
	stop(fmt.Errorf("fire drill: %w", context.Canceled))
	fmt.Println(errors.Is(context.Cause(ctx), context.Canceled))
	// Output:
	// false
	// false
	// true
}

//nolint:errorlint // that the error is wrapped is the point
func Example_join() {
	read := func() (err error) {
		defer func() { err = errors.Join(err, nil) }() // Close has succeeded
		return io.EOF
	}
	fmt.Println(read() == io.EOF)
	// Output: false
}

func Example_contextvars() {
	type requestID struct{} // a type of its own: no other package has this key
	handle := func(ctx context.Context) { fmt.Println("request", ctx.Value(requestID{})) }

	ctx := context.WithValue(context.Background(), requestID{}, 7)
	handle(ctx)
	// Output: request 7
}

func Example_threads() {
	results := make(chan string, 1)
	go func() { results <- "read" }() // any goroutine may send
	fmt.Println(<-results)
	// Output: read
}

func Example_callLater() {
	rang := make(chan string, 1)
	timer := time.AfterFunc(10*time.Millisecond, func() { rang <- "rings" })
	fmt.Println(<-rang)
	fmt.Println(timer.Stop()) // false: it was too late
	// Output:
	// rings
	// false
}

func Example_streams() {
	conn, _ := net.Pipe()
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()

	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	_, err := conn.Read(make([]byte, 1))
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
	// Output: true
}

func Example_http() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "soup") }))
	defer server.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		panic(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body), err)
	// Output: 200 soup <nil>
}

func TestAMinutePassesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		time.Sleep(time.Minute)
		if took := time.Since(start); took != time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func Example_exceptStar() {
	err := errors.Join(fs.ErrNotExist, &net.AddrError{Err: "no port", Addr: "here"})
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Println("a file is missing")
	}
	if wrong, ok := errors.AsType[*net.AddrError](err); ok {
		fmt.Println("an address is wrong:", wrong.Addr)
	}
	// Output:
	// a file is missing
	// an address is wrong: here
}

func Example_eager() {
	cache := map[string]string{"menu": "soup"}
	fetch := func() string { return "from far away" }

	answer := make(chan string, 1)
	if found, ok := cache["menu"]; ok { // what does not wait, before go
		answer <- found
	} else {
		go func() { answer <- fetch() }()
	}
	fmt.Println(<-answer)
	// Output: soup
}

func Example_uvloop() {
	var wg sync.WaitGroup
	var n atomic.Int64
	for range 10_000 {
		wg.Go(func() {
			time.Sleep(time.Millisecond)
			n.Add(1)
		})
	}
	wg.Wait()
	fmt.Println(n.Load())
	// Output: 10000
}

func Example_nursery() {
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return errors.New("database down") })
	g.Go(func() error { <-ctx.Done(); return ctx.Err() })
	fmt.Println(g.Wait()) // both have returned
	// Output: database down
}

func Example_pool() {
	jobs := make(chan int)
	var wg sync.WaitGroup
	var sum atomic.Int64
	for range 3 {
		wg.Go(func() {
			for job := range jobs {
				sum.Add(int64(job))
			}
		})
	}
	for job := range 10 {
		jobs <- job
	}
	close(jobs)
	wg.Wait()
	fmt.Println(sum.Load())
	// Output: 45
}

func TestOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for range 3 {
			select {
			case <-tick.C: // call the service
			case <-t.Context().Done():
				return
			}
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func Example_syncMap() {
	var seen sync.Map
	_, before := seen.LoadOrStore("web-1", true) // look and act in one step
	_, again := seen.LoadOrStore("web-1", true)
	fmt.Println(before, again)
	// Output: false true
}

func Example_rwMutex() {
	var mu sync.RWMutex // guards prices
	prices := map[string]int{"soup": 4}
	price := func(dish string) int {
		mu.RLock() // many at once
		defer mu.RUnlock()
		return prices[dish]
	}
	mu.Lock() // alone
	prices["soup"] = 5
	mu.Unlock()
	fmt.Println(price("soup"))
	// Output: 5
}

func Example_singleflight() {
	var g singleflight.Group
	value, err, _ := g.Do("menu", func() (any, error) { return "soup", nil }) // once for all calls at the same time
	fmt.Println(value, err)
	// Output: soup <nil>
}
