//wrong: gives up without waiting for the jobs that it has told to end
//want:  when 2 jobs were still under way
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
	workers  sync.WaitGroup
	draining chan struct{}
	ctx      context.Context
	cancel   context.CancelCauseFunc
	senders  sync.RWMutex
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{queue: make(chan Job, queue), draining: make(chan struct{})}
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
	p.senders.RLock()
	defer p.senders.RUnlock()
	select {
	case <-p.draining:
		return ErrDraining
	default:
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case p.queue <- job:
		return nil
	case <-p.draining:
		return ErrDraining
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	close(p.draining)
	p.senders.Lock()
	close(p.queue)
	p.senders.Unlock()
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
	var left []Job
	for job := range p.queue {
		left = append(left, job)
	}
	return left, context.Cause(ctx)
}
