//wrong: workers and Submits wait on one condition, and Signal may wake the wrong kind
//want:  a wake-up was lost
//kind:  deadlock

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
	ctx    context.Context // of the jobs
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	mu       sync.Mutex // guards what follows
	changed  *sync.Cond
	size     int
	queue    []Job
	idle     int // workers that wait and have not been told of a job yet
	draining bool
	given    bool // up
}

func New(workers, queue int) *Pool {
	p := &Pool{size: queue}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	p.changed = sync.NewCond(&p.mu)
	p.idle = workers
	for range workers {
		p.wg.Go(p.worker)
	}
	return p
}

func (p *Pool) worker() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for len(p.queue) == 0 && !p.draining {
			p.changed.Wait()
		}
		if len(p.queue) == 0 || p.given {
			return
		}
		job := p.queue[0]
		p.queue = p.queue[1:]
		p.idle--
		p.changed.Signal()
		p.mu.Unlock()
		job.Run(p.ctx)
		p.mu.Lock()
		p.idle++
		p.changed.Signal()
	}
}

func (p *Pool) Submit(ctx context.Context, job Job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})()
	for {
		if p.draining {
			return ErrDraining
		}
		if ctx.Err() != nil {
			p.changed.Signal()
			return context.Cause(ctx)
		}
		if len(p.queue) < p.size+p.idle {
			break
		}
		p.changed.Wait()
	}
	p.queue = append(p.queue, job)
	p.changed.Signal()
	return nil
}

func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.draining = true
	p.changed.Broadcast()
	p.mu.Unlock()
	over := make(chan struct{})
	go func() {
		p.wg.Wait()
		close(over)
	}()
	defer p.cancel(nil)
	select {
	case <-over:
		return nil, nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	p.given = true
	rest := p.queue
	p.queue = nil
	p.mu.Unlock()
	p.cancel(context.Cause(ctx))
	<-over
	return rest, context.Cause(ctx)
}
