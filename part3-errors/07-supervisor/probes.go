package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

// A child is a task that a probe adds; open is a group of such tasks, of any kind.
type (
	child func(context.Context) (string, error)
	open  struct {
		self any         // where to look for a method that stops it
		add  func(child) // does nothing when it refuses
		wait func()

		races bool // an add while the owner waits is a data race, so that no probe may try it: see the test
	}
)

// groups are the candidates. Each is made with a context, and passes what its owner gets to heard.
var groups = []struct {
	name string
	open func(ctx context.Context, heard func(string, error)) open
}{
	{"WaitGroup", func(ctx context.Context, _ func(string, error)) open {
		g := new(sync.WaitGroup)
		return open{g, func(c child) { g.Go(func() { _, _ = c(ctx) }) }, g.Wait, false}
	}},
	{"errgroup", func(ctx context.Context, heard func(string, error)) open {
		g, ctx := errgroup.WithContext(ctx)
		return open{g, func(c child) { g.Go(func() error { return second(c(ctx)) }) }, func() { heard("", g.Wait()) }, false}
	}},
	{"conc pool", func(ctx context.Context, heard func(string, error)) open {
		p := pool.NewWithResults[string]().WithContext(ctx)
		return open{p, func(c child) { p.Go(c) }, func() {
			values, err := p.Wait()
			for _, value := range values {
				heard(value, nil)
			}
			heard("", err)
		}, true}
	}},
	{"Group", func(ctx context.Context, heard func(string, error)) open {
		g, _ := tasks.NewGroup(ctx)
		add := func(c child) { _ = g.Go(func(ctx context.Context) error { return second(c(ctx)) }) }
		return open{g, add, func() { heard("", g.Wait()) }, false}
	}},
	{"supervisor", func(ctx context.Context, heard func(string, error)) open {
		s := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) { heard("", f.Err) }))
		add := func(c child) { _ = s.Go("child", func(ctx context.Context) error { return second(c(ctx)) }) }
		return open{s, add, func() { _ = s.Wait(context.WithoutCancel(ctx)) }, false}
	}},
}

func second(_ string, err error) error { return err }

// probes are the columns of the table, and what finds out each cell.
var probes = []struct {
	column string
	find   func(*lab) string
}{
	{"tidy", tidy}, {"late", late}, {"more", more}, {"sibl", siblings}, {"stop", stop}, {"results", results},
}

// table says a row for each group: all probes are run against it at once, and one group comes after the other.
func table(ctx context.Context, log *slog.Logger) {
	columns := make([]string, len(probes))
	for i, probe := range probes {
		columns[i] = probe.column
	}
	log.Info(row(columns))
	for _, g := range groups {
		cells := make([]string, len(probes))
		var all sync.WaitGroup
		for i, probe := range probes {
			all.Go(func() {
				ctx, cancel := context.WithCancel(ctx)
				l := &lab{ctx: ctx, cancel: cancel}
				l.group = g.open(ctx, l.hear)
				cells[i] = probe.find(l)
				cancel()
				l.children.Wait()
			})
		}
		all.Wait()
		if ctx.Err() != nil {
			return // Ctrl-C: what they found means nothing
		}
		log.With("task", g.name).Info(row(cells))
	}
}

func row(cells []string) string {
	return fmt.Sprintf("%-5s%-5s%-5s%-5s%-5s%s", cells[0], cells[1], cells[2], cells[3], cells[4], cells[5])
}

const tick = 100 * time.Millisecond

// A lab is where one probe tries one group.
type lab struct {
	ctx    context.Context //nolint:containedctx // it lasts as long as the probe
	cancel context.CancelFunc
	group  open

	children                  sync.WaitGroup
	begun, running, cancelled atomic.Int32
	errB                      atomic.Bool // the last error is there

	values, errorsA, errorsB, early atomic.Int32 // what was heard
}

var errA, errB = errors.New("a fails"), errors.New("b fails")

func (l *lab) hear(value string, err error) {
	add := func(n *atomic.Int32, heard bool) {
		if heard {
			n.Add(1)
		}
	}
	add(&l.values, value != "")
	add(&l.errorsA, errors.Is(err, errA))
	add(&l.errorsB, errors.Is(err, errB))
	add(&l.early, !l.errB.Load())
}

// child lasts that long. When it is cancelled it needs one tick more to clean up, or, if it is stubborn, goes on.
func (l *lab) child(lasts time.Duration, value string, err error, stubborn bool) child {
	return func(ctx context.Context) (string, error) {
		l.children.Add(1)
		defer l.children.Done()
		l.begun.Add(1)
		l.running.Add(1)
		defer l.running.Add(-1)
		if stubborn {
			ctx = context.WithoutCancel(ctx)
		}
		if cause := lesson.Pause(ctx, lasts); cause != nil {
			l.cancelled.Add(1)
			_ = lesson.Pause(context.WithoutCancel(ctx), tick)
			return "", cause
		}
		if err == errB { //nolint:errorlint // itself
			l.errB.Store(true)
		}
		return value, err
	}
}

func (l *lab) works(lasts time.Duration) child            { return l.child(lasts, "", nil, false) }
func (l *lab) fails(lasts time.Duration, err error) child { return l.child(lasts, "", err, true) }

// tidy: have all children ended when their owner has? Once it is cancelled while it waits; once it returns before it waits.
func tidy(l *lab) string {
	owner := func(group open, waits bool) (gone bool) {
		group.add(l.works(9 * tick))
		_ = lesson.Pause(l.ctx, tick)
		if waits {
			l.cancel()
			group.wait()
		}
		return l.running.Load() == 0
	}
	leaves := owner(l.group, false)
	return grade(owner(l.group, true), leaves)
}

// late: is a child taken, and waited for, that comes while the owner waits?
func late(l *lab) string {
	if l.group.races {
		return "race"
	}
	l.group.add(l.works(2 * tick))
	time.AfterFunc(tick, func() {
		if l.ctx.Err() != nil { // Ctrl-C: the owner waits no longer
			return
		}
		l.group.add(l.works(3 * tick))
	})
	l.group.wait()
	return grade(l.begun.Load() == 2 && l.running.Load() == 0)
}

// more: is a child taken that comes when another has failed?
func more(l *lab) string {
	l.group.add(l.fails(tick, errA))
	l.group.add(l.fails(4*tick, nil))
	_ = lesson.Pause(l.ctx, 2*tick)
	l.group.add(l.works(tick))
	l.group.wait()
	return grade(l.begun.Load() == 3)
}

// siblings: does a failure cancel the others?
func siblings(l *lab) string {
	l.group.add(l.fails(tick, errA))
	l.group.add(l.works(3 * tick))
	l.group.wait()
	return grade(l.cancelled.Load() > 0)
}

// stop: can other code end it? If it has no method for that, the context with which it was made is left.
func stop(l *lab) string {
	l.group.add(l.works(9 * tick))
	gone := make(chan bool)
	time.AfterFunc(tick, func() {
		if s, ok := l.group.self.(interface {
			Stop(context.Context, error) error
		}); ok {
			_ = s.Stop(context.WithoutCancel(l.ctx), nil)
		} else {
			l.cancel()
		}
		gone <- l.running.Load() == 0
	})
	waited := <-gone
	l.group.wait()
	return grade(l.cancelled.Load() > 0, waited)
}

// results: what does the owner get of a failure, a value and one more failure, and when?
func results(l *lab) string {
	l.group.add(l.fails(tick, errA))
	l.group.add(l.child(2*tick, "value", nil, true))
	l.group.add(l.fails(3*tick, errB))
	l.group.wait()
	what := "nothing"
	switch errs := l.errorsA.Load() + l.errorsB.Load(); {
	case errs == 2 && l.values.Load() > 0:
		what = "values and errors"
	case errs == 2:
		what = "errors"
	case l.errorsA.Load() == 1:
		what = "the first error"
	}
	if l.early.Load() > 0 {
		what += ", at once"
	}
	return what
}

// grade is yes if all that was asked is so, half if only the first is, else no.
func grade(oks ...bool) string {
	switch {
	case !oks[0]:
		return "no"
	case !oks[len(oks)-1]:
		return "half"
	}
	return "yes"
}
