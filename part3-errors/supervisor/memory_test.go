package supervisor_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

// Failures are handed on, not kept, and tasks are forgotten: aiotools' PersistentTaskGroup kept its errors.
func TestAfterAMillionTasksTheHeapIsWhereItWas(t *testing.T) {
	tasks := atLength(5000, 1_000_000)
	for name, fn := range map[string]func(context.Context) error{
		"that succeed": nothing,
		"that fail":    func(context.Context) error { return fmt.Errorf("a new one: %w", errBoom) },
		"that panic":   func(context.Context) error { panic("kaboom") },
	} {
		t.Run(name, func(t *testing.T) {
			n := tasks
			if name == "that panic" {
				n /= 10 // a stack each
			}
			failed := 0
			s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) { failed++ }))
			run := func(n int) {
				for range n / 100 { // what the runtime keeps for goroutines depends on how many there are at once
					for range 100 {
						require.NoError(t, s.Go("task", fn))
					}
					require.NoError(t, s.Wait(t.Context()))
				}
			}
			run(1000)
			before := heap()
			run(n)
			require.Less(t, heap()-before, 64.0*1024, "bytes that the supervisor keeps of the tasks that it ran")
			if name != "that succeed" {
				require.Equal(t, n+1000, failed)
			}
			require.NoError(t, s.Stop(t.Context(), nil))
		})
	}
}

func TestAfterManyWaitersAtOnceTheHeapIsWhereItWas(t *testing.T) {
	run := func() (s *supervisor.Supervisor) {
		s, _ = collecting(t.Context())
		require.NoError(t, s.Go("runs", func(ctx context.Context) error { <-ctx.Done(); return nil }))
		ctx, leave := context.WithCancel(t.Context())
		var began, wg sync.WaitGroup
		for range atLength(6000, 100_000) {
			began.Add(1)
			wg.Go(func() {
				began.Done()
				_ = s.Wait(ctx)
			})
		}
		began.Wait()
		leave()
		wg.Wait()
		return s
	}
	first := run() // so that the runtime has what it needs for as many goroutines
	before := heap()
	second := run()
	require.Less(t, heap()-before, 64.0*1024, "bytes that the supervisor keeps of calls that waited")
	require.NoError(t, first.Stop(t.Context(), nil))
	require.NoError(t, second.Stop(t.Context(), nil))
}

func TestAfterABurstOfFailuresTheHeapIsWhereItWas(t *testing.T) {
	run := func(n int) *supervisor.Supervisor {
		begin := make(chan struct{})
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) { <-begin }))
		for range n / 100 {
			var wg sync.WaitGroup
			for range 100 {
				wg.Add(1)
				require.NoError(t, s.Go("fails", func(context.Context) error {
					defer wg.Done()
					return errBoom
				}))
			}
			wg.Wait()
		}
		close(begin)
		require.NoError(t, s.Wait(t.Context()))
		return s
	}
	first := run(1000) // so that the runtime has what it needs
	before := heap()
	second := run(atLength(5000, 500_000))
	require.Less(t, heap()-before, 64.0*1024, "bytes that the supervisor keeps of the failures that had to wait")
	require.NoError(t, first.Stop(t.Context(), nil))
	require.NoError(t, second.Stop(t.Context(), nil))
}

func TestFailureThatWasHandedOnIsForgottenWhileOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gone []weak.Pointer[bigError]
		handed := 0
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(context.Context, supervisor.Failure) {
			time.Sleep(time.Minute)
			runtime.GC()
			for _, err := range gone[:handed] {
				assert.Nil(t, err.Value(), "memory must not grow with the failures that were handed on")
			}
			handed++
		}))
		for i := range 10 {
			err := new(bigError)
			gone = append(gone, weak.Make(err))
			require.NoError(t, s.Go("fails", after(time.Duration(i+1)*time.Second, err)))
		}
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, 10, handed)
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

type bigError [1 << 16]byte

func (*bigError) Error() string { return "big" }

func TestEndedTaskIsForgottenWhileItsNeighboursRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type big [1 << 16]byte
		s, _ := collecting(t.Context())
		var gone []weak.Pointer[big]
		var left []context.Context // of an ended one: it must not lead to others
		end := make(chan struct{})
		for i := range 10 {
			item := new(big)
			gone = append(gone, weak.Make(item))
			require.NoError(t, s.Go("ends", func(ctx context.Context) error {
				<-end
				item[0]++
				if i == 5 {
					left = append(left, ctx)
				}
				return nil
			}))
			if i%4 == 3 {
				require.NoError(t, s.Go("stays", func(ctx context.Context) error { <-ctx.Done(); return nil }))
			}
		}
		close(end)
		synctest.Wait()
		require.Equal(t, []string{"stays", "stays"}, s.Running())
		runtime.GC()
		alive := 0
		for _, item := range gone {
			if item.Value() != nil {
				alive++
			}
		}
		require.LessOrEqual(t, alive, 1, "what ended must be collectable, but for the one whose context the test keeps")
		runtime.KeepAlive(left)
		require.NoError(t, s.Stop(t.Context(), nil))
	})
}

func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
