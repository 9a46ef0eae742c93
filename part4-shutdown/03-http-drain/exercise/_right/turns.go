//right: under one mutex: the queue, and a channel that is closed at each change, on which Submit and Drain wait

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
	workers, room int
	ctx           context.Context
	cancel        context.CancelCauseFunc

	mu      sync.Mutex // guards the below
	drained bool
	busy    int // workers
	queue   []Job
	turn    chan struct{} // closed at the next change
}

// New makes a pool of so many workers.
func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, room: queue, turn: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

func (p *Pool) changedLocked() {
	close(p.turn)
	p.turn = make(chan struct{})
}

// accept reports whether it has accepted job; if not, it returns when to try again.
func (p *Pool) accept(ctx context.Context, job Job) (bool, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.drained:
		return false, nil, ErrDraining
	case ctx.Err() != nil:
		return false, nil, context.Cause(ctx)
	case p.busy < p.workers:
		p.busy++
		go p.work(job)
		return true, nil, nil
	case len(p.queue) < p.room:
		p.queue = append(p.queue, job)
		return true, nil, nil
	}
	return false, p.turn, nil
}

// Submit has the pool accept job.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	for {
		done, again, err := p.accept(ctx, job)
		if done || err != nil {
			return err
		}
		select {
		case <-again:
		case <-ctx.Done():
		}
	}
}

func (p *Pool) work(job Job) {
	for {
		job.Run(p.ctx)
		p.mu.Lock()
		if len(p.queue) == 0 {
			p.busy--
			p.changedLocked()
			p.mu.Unlock()
			return
		}
		job = p.queue[0]
		p.queue = p.queue[1:]
		p.changedLocked()
		p.mu.Unlock()
	}
}

// idle waits until no worker is busy, or until ended.
func (p *Pool) idle(ended <-chan struct{}) bool {
	for {
		p.mu.Lock()
		busy, again := p.busy, p.turn
		p.mu.Unlock()
		if busy == 0 {
			return true
		}
		select {
		case <-again:
		case <-ended:
			return false
		}
	}
}

// Drain ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.drained = true
	p.changedLocked()
	p.mu.Unlock()
	defer p.cancel(nil)
	if p.idle(ctx.Done()) {
		return nil, nil
	}
	p.mu.Lock()
	left := p.queue
	p.queue = nil
	p.mu.Unlock()
	p.cancel(context.Cause(ctx))
	p.idle(nil)
	return left, context.Cause(ctx)
}
