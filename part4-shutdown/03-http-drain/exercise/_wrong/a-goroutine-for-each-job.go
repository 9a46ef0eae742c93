//wrong: starts each job at once: nothing bounds how many run
//want:  7 jobs ran at once, and the pool has 3 workers
//kind:  unbounded

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

// A Pool runs jobs.
type Pool struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu      sync.Mutex // guards drained
	drained bool
	jobs    sync.WaitGroup
}

// New makes a pool.
func New(int, int) *Pool {
	p := &Pool{}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
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
	p.jobs.Go(func() { job.Run(p.ctx) })
	return nil
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.drained = true
	p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { p.cancel(context.Cause(ctx)) })
	p.jobs.Wait()
	if stop() {
		return nil, nil
	}
	return nil, context.Cause(ctx)
}
