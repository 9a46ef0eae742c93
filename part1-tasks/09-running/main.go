// A shop looks at what is running in it: it finds a payment that hangs, and mails that leak.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

const ms = time.Millisecond

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	s := shop{log: log}
	defer s.tasks.Wait()
	ctx, closes := context.WithCancel(ctx)
	defer closes()

	log.Info("takes orders 1 and 2", lesson.Waiting)
	s.start(ctx, "order 1", func(ctx context.Context) { s.order(ctx, 1) })
	slow, cancel := context.WithCancel(ctx)
	defer cancel()
	s.start(slow, "order 2", func(ctx context.Context) { s.order(ctx, 2) })
	if err := lesson.Pause(ctx, 1000*ms); err != nil { // Ctrl-C, here and below
		return err
	}
	log.Info(fmt.Sprintf("%d of 2 is paid: what is running?", s.paid.Load()))
	for _, task := range running() {
		log.Info(task)
	}
	log.Info("order 2 hangs: cancels it", lesson.To("order 2"))
	cancel()
	if err := lesson.Pause(ctx, 500*ms); err != nil {
		return err
	}

	log.Info("takes order 3", lesson.Waiting)
	s.start(ctx, "order 3", func(ctx context.Context) { s.order(ctx, 3) })
	if err := lesson.Pause(ctx, 1000*ms); err != nil {
		return err
	}
	log.Info("all is paid: what is running?")
	for _, task := range running() {
		log.Info(task)
	}
	log.Info("one more with each order is a leak")

	log.Info("computes for 0.3 s, and waits for nothing")
	if err := lesson.Pause(ctx, 300*ms); err != nil {
		return err
	}
	log.Info("closes", lesson.To("mail 1", "mail 3"))
	closes()
	s.tasks.Wait()
	return nil
}

// A shop starts a task for each order, and a task for each mail.
type shop struct {
	log   *slog.Logger
	tasks sync.WaitGroup
	paid  atomic.Int64 // orders write it, main reads it
}

// start runs f in a goroutine that has a name: a label, which each dump shows.
func (s *shop) start(ctx context.Context, name string, f func(ctx context.Context)) {
	s.tasks.Go(func() {
		pprof.Do(ctx, pprof.Labels("task", name), f)
	})
}

func (s *shop) order(ctx context.Context, n int) {
	log := s.log.With("task", fmt.Sprint("order ", n))
	log.Info("asks the bank", lesson.Waiting)
	if err := askBank(ctx, n); err != nil {
		log.Warn("is cancelled")
		return
	}
	s.paid.Add(1)
	log.Info("is paid")
	s.start(ctx, fmt.Sprint("mail ", n), func(ctx context.Context) { s.mail(ctx, n) })
}

// askBank has no limit, and the bank loses the request of order 2.
func askBank(ctx context.Context, n int) error {
	if n == 2 {
		return wait(ctx, nil)
	}
	return wait(ctx, time.After(400*ms))
}

func wait(ctx context.Context, answer <-chan time.Time) error {
	select {
	case <-answer:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// mail waits for a mail server that never greets. No task waits for mail.
func (s *shop) mail(ctx context.Context, n int) {
	log := s.log.With("task", fmt.Sprint("mail ", n))
	log.Info("calls the mail server", lesson.Waiting)
	if wait(ctx, nil) != nil {
		log.Warn("is cancelled")
	}
}

var (
	label = regexp.MustCompile(`# labels: \{"task":"(.*)"\}`)
	frame = regexp.MustCompile(`(?m)^#\t0x[0-9a-f]+\t(\S+)\+0x[0-9a-f]+\s+\S*/main\.go:`)
)

// running lists the goroutines that have a label, each with its functions in this file, the outermost first.
func running() []string {
	var profile bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1) // a Buffer takes all
	var found []string
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		name := label.FindStringSubmatch(stack)
		if name == nil {
			continue
		}
		var calls []string
		for _, call := range frame.FindAllStringSubmatch(stack, -1) {
			if function := path.Ext(call[1]); !strings.HasPrefix(function, ".func") {
				calls = append(calls, function[1:])
			}
		}
		slices.Reverse(calls)
		found = append(found, name[1]+" is in "+strings.Join(calls, ", "))
	}
	slices.Sort(found)
	return found
}
