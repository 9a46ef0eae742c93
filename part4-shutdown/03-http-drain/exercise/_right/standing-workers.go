//right: the workers are started with the first job and wait for jobs on a sync.Cond; Submit waits for a place in a channel

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

// A Pool runs jobs, some at once. What it has accepted it does, or hands back.
type Pool struct {
	workers  int
	places   chan struct{} // one for each job that was accepted and has not returned
	draining chan struct{}
	ctx      context.Context
	cancel   context.CancelCauseFunc
	standing sync.WaitGroup

	mu      sync.Mutex // guards the below
	more    *sync.Cond // on mu
	started bool
	drained bool
	queue   []Job
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, places: make(chan struct{}, workers+queue), draining: make(chan struct{})}
	p.more = sync.NewCond(&p.mu)
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	default:
	}
	select {
	case <-p.draining:
		return ErrDraining
	case <-ctx.Done():
		return context.Cause(ctx)
	case p.places <- struct{}{}:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drained {
		return ErrDraining
	}
	p.queue = append(p.queue, job)
	if !p.started {
		p.started = true
		for range p.workers {
			p.standing.Go(p.work)
		}
	}
	p.more.Signal()
	return nil
}

func (p *Pool) work() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for len(p.queue) == 0 {
			if p.drained {
				return
			}
			p.more.Wait()
		}
		job := p.queue[0]
		p.queue = p.queue[1:]
		p.mu.Unlock()
		job.Run(p.ctx)
		<-p.places
		p.mu.Lock()
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.drained = true
	p.more.Broadcast()
	close(p.draining)
	p.mu.Unlock()
	defer p.cancel(nil)
	over := make(chan struct{})
	go func() {
		p.standing.Wait()
		close(over)
	}()
	select {
	case <-over:
		return nil, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	left := p.queue
	p.queue = nil
	p.mu.Unlock()
	p.cancel(context.Cause(ctx))
	<-over
	return left, context.Cause(ctx)
}
