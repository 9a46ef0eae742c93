//wrong: looks whether there is room, and then takes it without a look at ctx: another Submit may have taken it
//want:  between the look and the act of one the other got in
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

// A Pool runs jobs, some at once. What it has accepted it does, or hands back.
type Pool struct {
	workers  int
	places   chan struct{} // one for each job that was accepted and has not returned
	draining chan struct{} // closed when Drain begins
	ctx      context.Context
	cancel   context.CancelCauseFunc
	idle     chan struct{} // closed when it is drained and the last worker has ended

	mu      sync.Mutex // guards the below
	drained bool
	busy    int // workers
	queue   []Job
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, places: make(chan struct{}, workers+queue), draining: make(chan struct{}), idle: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(p.places) < cap(p.places) {
		p.places <- struct{}{}
	} else {
		select {
		case p.places <- struct{}{}:
		case <-p.draining:
			return ErrDraining
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	p.mu.Lock() // to look whether it is open and to accept are one step
	defer p.mu.Unlock()
	switch {
	case p.drained:
		<-p.places
		return ErrDraining
	case p.busy < p.workers:
		p.busy++
		go p.work(job) // until idle is closed
	default:
		p.queue = append(p.queue, job)
	}
	return nil
}

// work runs job, and then the queue.
func (p *Pool) work(job Job) {
	for more := true; more; {
		job.Run(p.ctx)
		<-p.places
		p.mu.Lock()
		if more = len(p.queue) > 0; more {
			job, p.queue = p.queue[0], p.queue[1:]
		} else if p.busy--; p.drained && p.busy == 0 {
			close(p.idle)
		}
		p.mu.Unlock()
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.drained = true
	if p.busy == 0 {
		close(p.idle)
	}
	p.mu.Unlock()
	close(p.draining)
	defer p.cancel(nil)
	select {
	case <-p.idle:
		return nil, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	left := p.queue
	p.queue = nil
	p.mu.Unlock()
	p.cancel(context.Cause(ctx))
	<-p.idle
	return left, context.Cause(ctx)
}
