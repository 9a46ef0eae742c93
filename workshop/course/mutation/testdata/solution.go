// Package solution is what the mutants of the tests are made of.
package solution

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

var (
	ErrFull   = errors.New("full")
	ErrClosed = errors.New("closed")
)

type lostError struct{ lines []string }

func (e *lostError) Error() string { return fmt.Sprintf("%d lost", len(e.lines)) }

type Pool struct {
	mu     sync.Mutex
	closed bool
	places chan struct{}
	jobs   []func(context.Context) error
	idle   *sync.Cond
}

func New(size int) *Pool { return &Pool{places: make(chan struct{}, size)} }

// Do has a context, a select, a limit and an answer that nothing waits for.
func (p *Pool) Do(ctx context.Context, job func(context.Context) error) error {
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	default:
		return ErrFull
	}
	defer func() { <-p.places }()
	inner, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	answer := make(chan error, 1)
	go func() { answer <- job(inner) }()
	if err := <-answer; err != nil && ctx.Err() == nil {
		return fmt.Errorf("do: %w", err)
	}
	return nil
}

// Close has a mutex, a condition and a loop.
func (p *Pool) Close(ctx context.Context) (err error) {
	p.mu.Lock()
	p.closed = true
	jobs := p.jobs
	p.jobs = nil
	for len(p.jobs) > 0 {
		p.idle.Wait()
	}
	p.mu.Unlock()
	for _, job := range slices.Backward(jobs) {
		err = errors.Join(err, job(ctx))
	}
	return err
}

// All has a group, a tagless switch and a break.
func All(ctx context.Context, jobs []func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	errs := make([]error, len(jobs))
	var wg sync.WaitGroup
	for i, job := range jobs {
		wg.Go(func() { errs[i] = job(ctx) })
	}
	wg.Wait()
	stop(ErrClosed)
	n := 0
	for _, err := range errs {
		switch {
		case errors.Is(err, ErrFull):
			continue
		case err != nil:
			n++
		}
		if n >= 2 {
			break
		}
	}
	return errors.Join(errs...)
}

// Tick makes a timer that it need not stop.
func Tick(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	<-timer.C
}

// Room makes a slice with room.
func Room(n int) []int { return make([]int, 0, n) }
