// Six invoices are sent. Some fail, one trips over a bug, and no code ever reads the error of one.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	start := func(i invoice) *tasks.Task[int] {
		return tasks.Go(ctx, func(ctx context.Context) (int, error) { return i.send(ctx, log) })
	}
	log.Info("sends three invoices", lesson.Waiting)
	seven := start(invoice{number: 7, pages: 1, takes: 1000 * time.Millisecond, fails: errors.New("no customer")})
	eight := start(invoice{number: 8, pages: 2, takes: 2000 * time.Millisecond})
	nine := start(invoice{number: 9, pages: 3, takes: 1500 * time.Millisecond})
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil { // Ctrl-C, here and below
		for _, sent := range []*tasks.Task[int]{seven, eight, nine} {
			<-sent.Done()
		}
		return err
	}
	if _, err := seven.Result(); errors.Is(err, tasks.ErrNotDone) {
		log.Warn("asks for 7 too early: not done")
	}

	log.Info("waits for 8", lesson.Waiting)
	pages, err := eight.Wait(context.WithoutCancel(ctx)) // Ctrl-C ends 8 by itself
	if err != nil {
		return err
	}
	log.Info(fmt.Sprintf("8 has %d pages", pages))
	_, err = seven.Result()
	log.Info(fmt.Sprint("asks for 7: ", err))
	_, err = nine.Result()
	log.Info(fmt.Sprint("asks for 9: ", err))

	log.Info("sends three more and waits", lesson.Waiting)
	var both [2]error
	var more sync.WaitGroup
	more.Go(func() { _, both[0] = invoice{10, 1, 500 * time.Millisecond, errors.New("no street")}.send(ctx, log) })
	more.Go(func() { _, both[1] = invoice{11, 1, 1000 * time.Millisecond, errors.New("no town")}.send(ctx, log) })
	more.Go(func() { invoice{12, 1, 1500 * time.Millisecond, errors.New("no stamp")}.send(ctx, log) }) //nolint:errcheck // on purpose
	more.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info(fmt.Sprintf("10 and 11, joined: %q", errors.Join(both[:]...)))
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	log.Info("knows nothing of 12 and ends")
	return nil
}

type invoice struct {
	number, pages int
	takes         time.Duration
	fails         error
}

// send returns how many pages it has sent. A panic in it becomes an error.
func (i invoice) send(ctx context.Context, log *slog.Logger) (pages int, err error) {
	log = log.With("task", fmt.Sprint("invoice ", i.number))
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("a bug, %v", bug)
		}
		if err != nil {
			log.Error("fails: " + err.Error())
		}
	}()
	log.Info("begins")
	if err := lesson.Pause(ctx, i.takes); err != nil {
		return 0, err
	}
	if i.pages > 2 {
		panic("page 3 of 2")
	}
	if i.fails == nil {
		log.Info("is sent")
	}
	return i.pages, i.fails
}
