package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// The test binary stands for the lesson's program: it tells the story and is a
// service when it is asked to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "story", "service":
			main()
			return
		case "without-stop":
			withoutStop()
			return
		}
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or a service under -race takes a second to end
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) {
	lesson.Golden(t, func(ctx context.Context, log *slog.Logger) error {
		var s standIns
		err := story(s.start)(ctx, log)
		s.afterlife.Wait()
		return cmp.Or(err, context.Cause(ctx))
	}, lesson.Drains(2*time.Second))
}

// standIns are services that run as goroutines: no process can live in virtual
// time. They take signals as service does.
type standIns struct {
	afterlife sync.WaitGroup
}

func (s *standIns) start(ctx context.Context, log *slog.Logger, name string) (process, error) {
	ctx, ask := context.WithCancelCause(ctx)
	var killed atomic.Bool
	ended := make(chan int, 2) // its own end and a kill
	s.afterlife.Go(func() {
		err := serve(ctx, slog.New(mortal{log.Handler(), &killed}), name)
		ask(nil)
		if err != nil {
			ended <- 1
			return
		}
		ended <- 0
	})
	take := func(sig os.Signal) error {
		if ctx.Err() == nil {
			ask(signalError(sig.String() + " signal received")) // the words of signal.NotifyContext
			return nil
		}
		killed.Store(true)
		ended <- 128 + int(sig.(syscall.Signal))
		return nil
	}
	return process{signal: take, wait: func() int { return <-ended }}, nil
}

// mortal falls silent with its process. The goroutine goes on: a goroutine cannot
// be killed.
type mortal struct {
	slog.Handler
	killed *atomic.Bool
}

func (m mortal) Handle(ctx context.Context, r slog.Record) error {
	if m.killed.Load() {
		return nil
	}
	return m.Handler.Handle(ctx, r)
}

// A signalError is for errors.Is a context.Canceled, as that of signal.NotifyContext.
type signalError string

func (s signalError) Error() string      { return string(s) }
func (signalError) Is(target error) bool { return target == context.Canceled }

// withoutStop is service without the line that calls stop.
func withoutStop() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	_ = serve(ctx, slog.New(slog.NewJSONHandler(os.Stdout, nil)), "backup")
}
