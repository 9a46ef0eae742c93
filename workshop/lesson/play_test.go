package lesson_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestLineShowsTimeTaskAndText(t *testing.T) {
	said := lesson.Play(t, func(_ context.Context, log *slog.Logger) error {
		log.Info("starts")
		time.Sleep(1090 * time.Millisecond)
		log = log.With("task", "worker 0")
		log.Info("has the lock", "for", 2*time.Second, lesson.Waiting)
		log.Warn("is cancelled")
		return nil
	})
	assert.Equal(t, ""+
		"   0.0s  main        starts\n"+
		"   1.0s  worker 0    has the lock for=2s\n"+
		"   1.0s  worker 0    is cancelled\n", said.String())
	assert.Equal(t, lesson.Line{
		At: 1090 * time.Millisecond, Task: "worker 0", Text: "has the lock for=2s", Waiting: true,
	}, said[1])
	assert.Equal(t, slog.LevelWarn, said[2].Level)
}

func TestCauseStandsBeforeEffect(t *testing.T) {
	for range 100 {
		said := lesson.Play(t, func(_ context.Context, log *slog.Logger) error {
			ask, answer := make(chan int), make(chan int)
			var tasks sync.WaitGroup
			tasks.Go(func() {
				log := log.With("task", "a")
				log.Info("is ready")
				<-ask
				log.Info("was asked")
				answer <- 1
			})
			log.Info("asks")
			ask <- 1
			log.Info("waits")
			<-answer
			log.Info("has an answer")
			tasks.Wait()
			return nil
		})
		assert.Equal(t, ""+
			"   0.0s  main        asks\n"+
			"   0.0s  a           is ready\n"+
			"   0.0s  main        waits\n"+
			"   0.0s  a           was asked\n"+
			"   0.0s  main        has an answer\n", said.String())
	}
}

func TestTasksOfOneInstantSpeakInTheSameOrderOnEveryRun(t *testing.T) {
	for range 100 {
		said := lesson.Play(t, func(_ context.Context, log *slog.Logger) error {
			var tasks sync.WaitGroup
			for _, name := range []string{"worker 10", "worker 2", "early"} {
				tasks.Go(func() {
					if name == "early" {
						log.Info("is first", "task", name)
					}
					time.Sleep(time.Second)
					log.Info("is there", "task", name)
				})
			}
			tasks.Wait()
			return nil
		})
		assert.Equal(t, ""+
			"   0.0s  early       is first\n"+
			"   1.0s  early       is there\n"+
			"   1.0s  worker 2    is there\n"+
			"   1.0s  worker 10   is there\n", said.String())
	}
}
