package lesson_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestAStormCallsFromAllGoroutinesAtOnce(t *testing.T) {
	var calls [4]int
	began := time.Now()
	lesson.Storm(t, len(calls), func(goroutine int) { calls[goroutine]++ })
	assert.GreaterOrEqual(t, time.Since(began), 50*time.Millisecond)
	for i, n := range calls {
		assert.Positive(t, n, "goroutine %d", i)
	}
}

func TestRoundsFindWhatOneRoundInAThousandMeets(t *testing.T) {
	rounds, met := 0, 0
	lesson.Rounds(t, func(*testing.T) {
		rounds++
		var n atomic.Int32 // a look and an act that are two steps
		wait := lesson.Together(2, func(int) {
			if n.Load() == 0 {
				n.Add(1)
			}
		})
		wait()
		if n.Load() == 2 {
			met++
		}
	})
	assert.GreaterOrEqual(t, rounds, 100)
	t.Logf("two goroutines met in %d of %d rounds", met, rounds)
}

func TestTheRunOfATestIsWhatItsFakesSay(t *testing.T) {
	assert.NotPanics(t, func() { lesson.Log(t).Info("is dropped: there is no bubble") })
	lesson.Bubble(t, func(t *testing.T) {
		log := lesson.Log(t).With("task", "f")
		log.Info("is called", lesson.Waiting)
		time.Sleep(time.Second)
		log.Info("returns")
	})
	assert.Zero(t, lesson.Failures())
}
