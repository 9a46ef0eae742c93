//wrong: a Submit that is woken for the room at the instant at which its ctx ends returns the cause, and wakes no other
//want:  the first was refused because its ctx ended at 1s
//kind:  lost cancellation

package exercise

import (
	"context"
	"errors"
	"sync"
)

var ErrDraining = errors.New("the pool is draining")

type Job struct {
	Name string
	Run  func(ctx context.Context)
}

type Pool struct {
	mu      sync.Mutex
	changed chan struct{} // closed and made anew at each change
	workers int
	size    int
	running int
	queue   []Job
	closed  bool
	ctx     context.Context
	cancel  context.CancelCauseFunc
	wg      sync.WaitGroup
}

func New(workers, queue int) *Pool {
	p := &Pool{workers: workers, size: queue, changed: make(chan struct{}, workers+queue)}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p
}

func (p *Pool) tellLocked() {
	if p.closed {
		return
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *Pool) Submit(ctx context.Context, job Job) error {
	for {
		p.mu.Lock()
		changed := p.changed
		switch {
		case p.closed:
			p.mu.Unlock()
			return ErrDraining
		case ctx.Err() != nil:
			p.mu.Unlock()
			return context.Cause(ctx)
		case p.running < p.workers:
			p.running++
			p.wg.Add(1)
			go p.run(job)
			p.mu.Unlock()
			return nil
		case len(p.queue) < p.size:
			p.queue = append(p.queue, job)
			p.mu.Unlock()
			return nil
		}
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

func (p *Pool) run(job Job) {
	defer p.wg.Done()
	for {
		job.Run(p.ctx)
		p.mu.Lock()
		if len(p.queue) == 0 {
			p.running--
			p.tellLocked()
			p.mu.Unlock()
			return
		}
		job = p.queue[0]
		p.queue = p.queue[1:]
		p.tellLocked()
		p.mu.Unlock()
	}
}

func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.closed = true
	close(p.changed)
	p.mu.Unlock()
	var left []Job
	giveUp := func() {
		p.mu.Lock()
		left, p.queue = append(left, p.queue...), nil
		p.mu.Unlock()
		p.cancel(context.Cause(ctx))
	}
	if ctx.Err() != nil {
		giveUp()
		p.wg.Wait()
		return left, context.Cause(ctx)
	}
	gaveUp := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { giveUp(); close(gaveUp) })
	p.wg.Wait()
	if !stop() {
		<-gaveUp
		return left, context.Cause(ctx)
	}
	return nil, nil
}
