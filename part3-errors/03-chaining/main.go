// Five parcels are weighed and get a label: the first by a chain of callbacks, the others by a plain sequence. Some steps fail, and main must learn of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/workshop/lesson"
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	deliver := func(order context.Context, chain chain, p parcel) {
		if ctx.Err() != nil { // Ctrl-C
			return
		}
		next := time.After(1200 * time.Millisecond)
		log.Info(fmt.Sprint("ships parcel ", p.number), lesson.Waiting)
		if label, err := chain(order, log, p); err != nil {
			log.Error(fmt.Sprintf("parcel %d: %v", p.number, err))
		} else {
			log.Info(fmt.Sprintf("parcel %d: label %s", p.number, label))
		}
		select {
		case <-next:
		case <-ctx.Done():
		}
	}
	deliver(ctx, byCallbacks, parcel{number: 1})
	deliver(ctx, ship, parcel{number: 2, scale: errors.New("the scale is stuck")})
	deliver(ctx, ship, parcel{number: 3, printer: errors.New("no paper")})

	order, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	customer := time.AfterFunc(600*time.Millisecond, func() {
		log.With("task", "customer").Warn("cancels parcel 4", lesson.To("printer"))
		cancel(errors.New("not wanted"))
	})
	defer customer.Stop()
	deliver(order, ship, parcel{number: 4})

	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	log.Info("ships parcel 5 and sweeps")
	task := tasks.Go(ctx, func(ctx context.Context) (string, error) { return ship(ctx, log, parcel{number: 5}) })
	shown := make(chan struct{})
	task.OnDone(func(label string, err error) { // a display: it waits for nothing, and nothing comes after it
		text := "shows label " + label
		if err != nil {
			text = "shows no label: " + err.Error()
		}
		log.With("task", "display").Info(text)
		close(shown)
	})
	if lesson.Pause(ctx, time.Second) == nil {
		log.Info("has swept")
	}
	<-shown
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	_, err := task.Result()
	return err
}

type chain func(context.Context, *slog.Logger, parcel) (label string, err error)

// byCallbacks chains the steps as the chapter does: main, task 1, callback 1, task 2, callback 2, main.
func byCallbacks(ctx context.Context, log *slog.Logger, p parcel) (label string, err error) {
	done := make(chan struct{}) // the chapter's event: closed when label and err are set
	first := tasks.Go(ctx, func(ctx context.Context) (int, error) { return weigh(ctx, log.With("task", "scale"), p) })
	first.OnDone(func(kg int, failure error) {
		if failure != nil {
			err = failure // the chapter forgets this branch
			close(done)
			return
		}
		log.With("task", "callback 1").Info("starts the printer", lesson.Waiting)
		second := tasks.Go(ctx, func(ctx context.Context) (string, error) { return printLabel(ctx, log.With("task", "printer"), p, kg) })
		second.OnDone(func(printed string, failure error) {
			if failure == nil {
				log.With("task", "callback 2").Info("sets the event", lesson.Waiting)
			}
			label, err = printed, failure // and this
			close(done)
		})
	})
	<-done
	return label, err
}

// ship is the same as a sequence: two steps in a row, and the first error ends it.
func ship(ctx context.Context, log *slog.Logger, p parcel) (label string, err error) {
	kg, err := weigh(ctx, log.With("task", "scale"), p)
	if err != nil {
		return "", err
	}
	return printLabel(ctx, log.With("task", "printer"), p, kg)
}

type parcel struct {
	number         int
	scale, printer error // how they fail
}

func weigh(ctx context.Context, log *slog.Logger, p parcel) (kg int, err error) {
	log.Info(fmt.Sprint("weighs parcel ", p.number))
	if err := work(ctx, log, p.scale); err != nil {
		return 0, err
	}
	log.Info("3 kg", lesson.Waiting)
	return 3, nil
}

func printLabel(ctx context.Context, log *slog.Logger, p parcel, kg int) (label string, err error) {
	log.Info(fmt.Sprintf("prints for %d kg", kg))
	if err := work(ctx, log, p.printer); err != nil {
		return "", err
	}
	log.Info("the label is out", lesson.Waiting)
	return fmt.Sprintf("P%d, %d kg", p.number, kg), nil
}

func work(ctx context.Context, log *slog.Logger, fails error) error {
	select {
	case <-time.After(400 * time.Millisecond):
	case <-ctx.Done():
		log.Warn("is cancelled", lesson.Waiting)
		return context.Cause(ctx)
	}
	if fails != nil {
		log.Error("fails: "+fails.Error(), lesson.Waiting)
	}
	return fails
}
