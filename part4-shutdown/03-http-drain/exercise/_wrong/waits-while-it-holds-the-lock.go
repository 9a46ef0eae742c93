//wrong: holds the lock that Drain needs while it waits for room
//want:  hang: the test does not come to an end
//kind:  deadlock

// Package exercise is yours: write New, Submit and Drain.
package exercise

import (
	"context"
	"errors"
	"sync"
)

// ErrDraining is what Submit returns once Drain has been called.
var ErrDraining = errors.New("the pool is draining")

// A Job is something to do.
type Job struct {
	Name string
	Run  func(ctx context.Context)
}

// A Pool runs jobs, some at once.
type Pool struct {
	queue   chan Job
	workers sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelCauseFunc

	mu      sync.Mutex // guards drained
	drained bool
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{queue: make(chan Job, queue)}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	for range workers {
		p.workers.Go(p.work)
	}
	return p
}

func (p *Pool) work() {
	for job := range p.queue {
		job.Run(p.ctx)
		if p.ctx.Err() != nil {
			return
		}
	}
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drained {
		return ErrDraining
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case p.queue <- job:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.drained = true
	close(p.queue)
	p.mu.Unlock()
	done := make(chan struct{})
	go func() {
		p.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil, nil
	case <-ctx.Done():
	}
	p.cancel(context.Cause(ctx))
	<-done
	var left []Job
	for job := range p.queue {
		left = append(left, job)
	}
	return left, context.Cause(ctx)
}
