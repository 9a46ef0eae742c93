package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// The test binary stands for the lesson's program, and for parents and workers that only the tests need.
func TestMain(m *testing.M) {
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or a process under -race takes a second to end
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		os.Exit(beProgram(os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

// forTests are programs that only a test starts, by name: arguments in, exit status out.
var forTests = make(map[string]func(args []string) int)

func beProgram(args []string) int {
	if args[0] == "story" {
		os.Args = os.Args[:1]
		main()
		return 0
	}
	name := args[0]
	if name == "worker" {
		name, _, _ = strings.Cut(args[1], " ")
	}
	if run := forTests[name]; run != nil {
		return run(args)
	}
	return program(args)
}

func TestStory(t *testing.T) {
	lesson.Golden(t, func(ctx context.Context, log *slog.Logger) error {
		var s standIns
		err := story(s.start)(ctx, log)
		s.afterlife.Wait()
		return cmp.Or(err, context.Cause(ctx))
	}, lesson.Drains(3500*time.Millisecond))
}

// standIns are goroutines in place of processes: neither a process nor a signal can live in virtual time.
type standIns struct {
	afterlife sync.WaitGroup // of the killed: a goroutine cannot be killed

	mu      sync.Mutex // guards workers
	workers []*standIn // of the parent that was started last
}

func (s *standIns) start(ctx context.Context, log *slog.Logger, groups string, workers []string) (process, error) {
	s.workers = nil
	ctx, p := newStandIn(ctx, log)
	gone := make(chan struct{})
	s.afterlife.Go(func() {
		defer close(gone)
		run := func(ctx context.Context, name, _ string) string {
			return s.runWorker(ctx, log.With("task", name), name)
		}
		p.ended <- fmt.Sprint("exit status ", parent(ctx, log, groups, workers, run))
	})
	return process{
		interrupt: func() error {
			p.take(syscall.SIGINT)
			if groups == oneForAll {
				s.each(func(w *standIn) { w.take(syscall.SIGINT) })
			}
			return nil
		},
		signal: func(os.Signal) error { // kill -9
			p.take(syscall.SIGKILL)
			s.each(func(w *standIn) { w.ask(errOrphaned) })
			return nil
		},
		wait: func() string {
			<-gone // it has waited for all workers
			return <-p.ended
		},
	}, nil
}

func (s *standIns) each(f func(*standIn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workers {
		f(w)
	}
}

// runWorker is what runProcess does.
func (s *standIns) runWorker(asked context.Context, log *slog.Logger, name string) string {
	ctx, w := newStandIn(context.WithoutCancel(asked), log)
	s.mu.Lock()
	s.workers = append(s.workers, w)
	s.mu.Unlock()
	s.afterlife.Go(func() {
		status := 0
		if work(ctx, slog.New(w), name) != nil {
			status = 1
		}
		w.ended <- fmt.Sprint("exit status ", status)
	})
	select {
	case end := <-w.ended:
		return end
	case <-asked.Done():
		w.take(syscall.SIGTERM)
	}
	select {
	case end := <-w.ended:
		return end
	case <-time.After(patience):
		w.take(syscall.SIGKILL)
		return <-w.ended
	}
}

// A standIn takes signals as untilAsked does, and falls silent when it is killed.
type standIn struct {
	slog.Handler
	asked func() bool
	ask   context.CancelCauseFunc
	dead  atomic.Bool
	ended chan string // how; its own end and a kill
}

func newStandIn(ctx context.Context, log *slog.Logger) (context.Context, *standIn) {
	ctx, ask := context.WithCancelCause(ctx)
	return ctx, &standIn{Handler: log.Handler(), asked: func() bool { return ctx.Err() != nil }, ask: ask, ended: make(chan string, 2)}
}

func (p *standIn) take(sig syscall.Signal) {
	if sig != syscall.SIGKILL && !p.asked() {
		p.ask(cancellation(sig.String() + " signal received")) // the words of signal.NotifyContext
		return
	}
	p.dead.Store(true)
	p.ended <- "signal: " + sig.String()
}

func (p *standIn) Handle(ctx context.Context, r slog.Record) error {
	if p.dead.Load() {
		return nil
	}
	return p.Handler.Handle(ctx, r)
}
