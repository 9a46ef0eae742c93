package lesson

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stormLasts is long enough for some ten thousand calls, and short enough for
// every exercise.
const stormLasts = 50 * time.Millisecond

// Storm calls fn again and again from n goroutines at once, for 50 ms of real
// time, and waits until the last call has returned. It finds what virtual time
// cannot: two goroutines that get between the look and the act of an answer.
// fn gets the number of its goroutine, from 0. It notes what it sees in its own
// place, and the test compares afterwards: a lock around the notes would order
// the calls that should meet.
//
// Storm fails t at once, with the place of each goroutine, if the calls have not
// returned 5 s later.
func Storm(t *testing.T, n int, fn func(goroutine int)) {
	t.Helper()
	var over atomic.Bool
	var callers sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		callers.Go(func() {
			<-begin
			for again := true; again; again = !over.Load() { // once at least: on a busy machine a goroutine may begin when all is over
				fn(i)
				if runtime.GOOS == "js" { // its one thread goes to others only where a goroutine waits
					runtime.Gosched()
				}
			}
		})
	}
	close(begin)
	time.AfterFunc(stormLasts, func() { over.Store(true) })
	returned := make(chan struct{})
	go func() {
		callers.Wait()
		close(returned)
	}()
	select {
	case <-returned:
	case <-time.After(stormLasts + 5*time.Second):
		t.Fatalf("hang: %d goroutines call at once, and some calls have not returned 5 s later:\n%s", n, describe(answerStacks(0)))
	}
}

// Rounds runs fn in one [Bubble] after the other, some hundred times. It finds
// what a single round meets now and then, where the test has to know when all
// goroutines are at rest, which no storm can tell. It ends at the first round
// that fails.
func Rounds(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	for range rounds {
		Bubble(t, fn)
	}
}

// Together calls fn from n goroutines, which begin as close to one instant as the
// machine can: each spins until all are there. Two goroutines meet best: a machine
// of two cores runs no more at once. Together does not wait for the calls; the
// function that it returns does.
func Together(n int, fn func(goroutine int)) (wait func()) {
	var callers sync.WaitGroup
	var there atomic.Int32
	for i := range n {
		callers.Go(func() {
			there.Add(1)
			for spins := 0; int(there.Load()) < n; spins++ {
				if spins > 1000 { // there may be fewer processors than goroutines
					runtime.Gosched()
				}
			}
			fn(i)
		})
	}
	return callers.Wait
}
