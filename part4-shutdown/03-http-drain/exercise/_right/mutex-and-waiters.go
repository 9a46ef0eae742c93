//right: one mutex guards everything; each Submit that waits has a channel in a line, and whatever makes room hands it to the first

// Package exercise is yours: write New, Submit and Drain.
package exercise

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrDraining is what Submit returns once Drain has been called.
var ErrDraining = errors.New("the pool is draining")

// A Job is something to do.
type Job struct {
	Name string
	Run  func(ctx context.Context)
}

type waiter struct {
	job   Job
	reply chan error // has room for one
}

// A Pool runs jobs, some at once. What it has accepted it does, or hands back.
type Pool struct {
	workers, room int
	ctx           context.Context
	cancel        context.CancelCauseFunc

	mu      sync.Mutex // guards the below
	closed  bool
	running int
	queue   []Job
	line    []*waiter
	rest    chan struct{} // made by Drain; closed when nothing runs
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, room: queue}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrDraining
	}
	if p.acceptLocked(job) {
		p.mu.Unlock()
		return nil
	}
	w := &waiter{job, make(chan error, 1)}
	p.line = append(p.line, w)
	p.mu.Unlock()
	select {
	case err := <-w.reply:
		return err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.line, w); i >= 0 {
		p.line = slices.Delete(p.line, i, i+1)
		return context.Cause(ctx)
	}
	return <-w.reply // it was faster
}

func (p *Pool) acceptLocked(job Job) bool {
	switch {
	case p.running < p.workers:
		p.running++
		go p.run(job)
	case len(p.queue) < p.room:
		p.queue = append(p.queue, job)
	default:
		return false
	}
	return true
}

func (p *Pool) run(job Job) {
	for {
		job.Run(p.ctx)
		p.mu.Lock()
		if len(p.queue) == 0 {
			p.running--
			if p.rest != nil && p.running == 0 {
				close(p.rest)
			}
			p.mu.Unlock()
			return
		}
		job, p.queue = p.queue[0], p.queue[1:]
		if len(p.line) > 0 && p.acceptLocked(p.line[0].job) {
			p.line[0].reply <- nil
			p.line = p.line[1:]
		}
		p.mu.Unlock()
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.closed, p.rest = true, make(chan struct{})
	for _, w := range p.line {
		w.reply <- ErrDraining
	}
	p.line = nil
	if p.running == 0 {
		close(p.rest)
	}
	p.mu.Unlock()
	defer p.cancel(nil)
	select {
	case <-p.rest:
		return nil, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	left := p.queue
	p.queue = nil
	p.mu.Unlock()
	p.cancel(context.Cause(ctx))
	<-p.rest
	return left, context.Cause(ctx)
}
