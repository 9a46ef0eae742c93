// A function asks two mirrors and returns the first answer. One test passes, a better one finds what it leaves behind.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	m := mirrors{log: log}
	defer m.all.Wait()

	log.Info("test 1: is it the fast answer?", lesson.Waiting)
	got := first(ctx, &m)
	if ctx.Err() == nil {
		log.Info("test 1 passes: the answer is " + got)
	}
	if err := lesson.Pause(ctx, time.Second); err != nil { // Ctrl-C, here and below
		return err
	}

	log.Info("test 2: is anything left?", lesson.Waiting)
	first(ctx, &m)
	if ctx.Err() == nil {
		log.Error(fmt.Sprintf("test 2 fails: %d mirror still runs", m.running.Load()))
	}
	if err := lesson.Pause(ctx, time.Second); err != nil {
		return err
	}

	log.Info("mends first, and tests again", lesson.Waiting)
	mended(ctx, &m)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info(fmt.Sprintf("test 2 passes: %d mirrors run", m.running.Load()))
	return nil
}

// mirrors are what the function under test calls: fakes that take their time, count how many run, and say what they do.
type mirrors struct {
	log     *slog.Logger
	all     sync.WaitGroup
	running atomic.Int32
}

// ask starts a call of a mirror, which sends its answer to answers.
func (m *mirrors) ask(ctx context.Context, name string, takes time.Duration, answers chan<- string) {
	m.running.Add(1)
	m.all.Go(func() {
		log := m.log.With("task", "mirror "+name)
		log.Info("is asked")
		err := lesson.Pause(ctx, takes)
		m.running.Add(-1) // before it answers: then the test looks
		if err != nil {
			log.Warn("is cancelled")
			return
		}
		log.Info("answers")
		answers <- name
	})
}

// first returns the first answer. It is wrong: the slower call runs on.
func first(ctx context.Context, m *mirrors) string {
	answers := make(chan string, 2) // room for both: no mirror waits for a receiver
	m.ask(ctx, "A", 500*time.Millisecond, answers)
	m.ask(ctx, "B", 900*time.Millisecond, answers)
	select {
	case answer := <-answers:
		return answer
	case <-ctx.Done():
		return ""
	}
}

// mended cancels the slower call and waits until it has ended.
func mended(ctx context.Context, m *mirrors) string {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		m.all.Wait()
	}()
	return first(ctx, m)
}
