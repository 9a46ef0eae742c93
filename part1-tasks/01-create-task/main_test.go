package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// A task that never waits does not stop the others, not even on one core. In
// asyncio it does.
func TestATaskThatNeverWaitsLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var tasks sync.WaitGroup
	var stop atomic.Bool
	turns := 0
	tasks.Go(func() {
		for !stop.Load() {
			turns++
		}
	})
	tasks.Go(func() { stop.Store(true) }) // spins forever unless this one runs
	tasks.Wait()
	assert.True(t, stop.Load())
}
