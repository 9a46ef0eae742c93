//wrong: gives the job the context of Submit, which ends when its request has its answer
//want:  cut off because the ctx of its Submit ended
//kind:  lost cancellation

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

type task struct {
	ctx context.Context
	Job
}

// A Pool runs jobs, some at once.
type Pool struct {
	queue    chan task
	workers  sync.WaitGroup
	draining chan struct{}
	ctx      context.Context
	cancel   context.CancelCauseFunc
	senders  sync.RWMutex
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{queue: make(chan task, queue), draining: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	for range workers {
		p.workers.Go(p.work)
	}
	return p
}

func (p *Pool) work() {
	for job := range p.queue {
		ctx, cancel := context.WithCancelCause(job.ctx)
		stop := context.AfterFunc(p.ctx, func() { cancel(context.Cause(p.ctx)) })
		job.Run(ctx)
		stop()
		cancel(nil)
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
	case p.queue <- task{ctx, job}:
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
	<-done
	var left []Job
	for job := range p.queue {
		left = append(left, job.Job)
	}
	return left, context.Cause(ctx)
}
