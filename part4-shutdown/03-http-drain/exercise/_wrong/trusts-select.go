//wrong: leaves it to select whether it is still open: of two ready cases select picks one at random
//want:  there was room, and Submit returned no error, not ErrDraining
//kind:  race

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
	for {
		select {
		case job := <-p.queue:
			job.Run(p.ctx)
			continue
		default:
		}
		select {
		case job := <-p.queue:
			job.Run(p.ctx)
		case <-p.draining:
			return
		}
	}
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
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
	close(p.queue)
	var left []Job
	for job := range p.queue {
		left = append(left, job)
	}
	return left, context.Cause(ctx)
}
