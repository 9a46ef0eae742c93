//wrong: a hundred jobs wait at most, however long the queue
//want:  as many wait as New is told
//kind:  contract

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
	workers, queue int
	ctx            context.Context
	cancel         context.CancelCauseFunc
	all            sync.WaitGroup

	mu       sync.Mutex
	running  int
	waiting  []Job
	changed  chan struct{}
	draining bool
	end      context.Context
	idle     chan struct{}
}

// New makes a pool of so many workers, one at least: so many jobs run at once and no more.
func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, queue: min(queue, 100), changed: make(chan struct{}), end: context.Background(), idle: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

func (p *Pool) changes() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Submit has the pool accept job: it returns nil when a worker or the queue has it.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.mu.Lock()
		if p.draining {
			p.mu.Unlock()
			return ErrDraining
		}
		if p.running < p.workers {
			p.running++
			p.all.Go(func() { p.work(job) })
			p.mu.Unlock()
			return nil
		}
		if len(p.waiting) < p.queue {
			p.waiting = append(p.waiting, job)
			p.mu.Unlock()
			return nil
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (p *Pool) work(job Job) {
	for {
		job.Run(p.ctx)
		p.mu.Lock()
		if len(p.waiting) == 0 || p.end.Err() != nil {
			p.running--
			if p.running == 0 && p.draining {
				close(p.idle)
			}
			p.changes()
			p.mu.Unlock()
			return
		}
		job = p.waiting[0]
		p.waiting = p.waiting[1:]
		p.changes()
		p.mu.Unlock()
	}
}

// Drain is called once, and ends the pool.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.draining = true
	p.end = ctx
	p.changes()
	if p.running == 0 {
		close(p.idle)
	}
	p.mu.Unlock()
	defer p.cancel(nil)
	var err error
	select {
	case <-p.idle:
	case <-ctx.Done():
		err = context.Cause(ctx)
		p.cancel(err)
		<-p.idle
	}
	p.all.Wait()
	if len(p.waiting) > 0 {
		return p.waiting, context.Cause(ctx)
	}
	return nil, err
}
