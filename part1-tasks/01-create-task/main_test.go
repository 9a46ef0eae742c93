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

// The page says that a task which never waits does not stop the others, not
// even on one core. In asyncio it does, for good.
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
	tasks.Go(func() { stop.Store(true) }) // spins for ever unless this one gets to run
	tasks.Wait()
	assert.True(t, stop.Load())
}
