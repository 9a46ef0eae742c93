// Leak has two goroutines that wait: one that main can still wake up, by its ctx, and one that no code can wake up any more.
package main

import (
	"context"
	"os"
	"runtime/pprof"
	"time"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go hangs(ctx)
	go leaks(make(chan bool))
	time.Sleep(50 * time.Millisecond)
	_ = pprof.Lookup("goroutineleak").WriteTo(os.Stdout, 1)
}

func hangs(ctx context.Context) { <-ctx.Done() }

func leaks(c chan bool) { c <- true }
