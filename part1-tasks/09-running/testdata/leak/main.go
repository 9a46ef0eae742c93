// Leak has two goroutines that wait: one that main could still wake up, and one that no code can wake up any more.
package main

import (
	"os"
	"runtime/pprof"
	"time"
)

func main() {
	wake, lost := make(chan bool), make(chan bool)
	go hangs(wake)
	go leaks(lost)
	time.Sleep(50 * time.Millisecond)
	_ = pprof.Lookup("goroutineleak").WriteTo(os.Stdout, 1)
	wake <- true
}

func hangs(c chan bool) { <-c }

func leaks(c chan bool) { c <- true }
