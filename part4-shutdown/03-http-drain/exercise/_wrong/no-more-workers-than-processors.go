//wrong: has no more workers than the machine has processors
//want:  as many jobs run at once as New is told, whatever the machine
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"runtime"
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
	work     *sync.Cond // for the workers
	room     *sync.Cond // for Submits
	size     int
	queue    []Job
	idle     int // workers that wait and have not been told of a job yet
	draining bool
	given    bool // up
}

func New(workers, queue int) *Pool {
	p := &Pool{size: queue}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	p.work, p.room = sync.NewCond(&p.mu), sync.NewCond(&p.mu)
	workers = min(workers, runtime.NumCPU())
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
			p.work.Wait()
		}
		if len(p.queue) == 0 || p.given {
			return
		}
		job := p.queue[0]
		p.queue = p.queue[1:]
		p.idle--
		p.room.Signal()
		p.mu.Unlock()
		job.Run(p.ctx)
		p.mu.Lock()
		p.idle++
		p.room.Signal()
	}
}

func (p *Pool) Submit(ctx context.Context, job Job) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.room.Broadcast()
	})()
	for {
		if p.draining {
			return ErrDraining
		}
		if ctx.Err() != nil {
			p.room.Signal()
			return context.Cause(ctx)
		}
		if len(p.queue) < p.size+p.idle {
			break
		}
		p.room.Wait()
	}
	p.queue = append(p.queue, job)
	p.work.Signal()
	return nil
}

func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	p.mu.Lock()
	p.draining = true
	p.work.Broadcast()
	p.room.Broadcast()
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
