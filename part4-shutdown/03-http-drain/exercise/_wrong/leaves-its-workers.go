//wrong: waits for the jobs, not for the workers, which wait for more without end
//want:  leak: the test is over, but what it started still waits
//kind:  leak

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
	queue    chan Job
	draining chan struct{}
	ctx      context.Context
	cancel   context.CancelCauseFunc

	mu   sync.Mutex // guards jobs against an Add beside Wait
	jobs sync.WaitGroup
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{queue: make(chan Job, queue), draining: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	for range workers {
		go func() {
			for job := range p.queue {
				job.Run(p.ctx)
				p.jobs.Done()
			}
		}()
	}
	return p
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	p.mu.Lock()
	select {
	case <-p.draining:
		p.mu.Unlock()
		return ErrDraining
	default:
		p.jobs.Add(1)
		p.mu.Unlock()
	}
	select {
	case p.queue <- job:
		return nil
	case <-p.draining:
		p.jobs.Done()
		return ErrDraining
	case <-ctx.Done():
		p.jobs.Done()
		return context.Cause(ctx)
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	close(p.draining)
	p.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { p.cancel(context.Cause(ctx)) })
	p.jobs.Wait()
	if stop() {
		return nil, nil
	}
	return nil, context.Cause(ctx)
}
