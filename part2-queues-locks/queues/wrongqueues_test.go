package queues_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// The wrong queues: each is the right one but for what stands here.
type right = *queues.Queue[int]

type getsLater struct{ right }

func (q getsLater) Get(ctx context.Context) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	get := goGet(context.WithoutCancel(ctx), q.right)
	select {
	case <-get.done:
		return get.item, get.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

type putsLater struct{ right }

func (q putsLater) Put(ctx context.Context, item int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	put := goPut(context.WithoutCancel(ctx), q.right, item)
	select {
	case <-put.done:
		return put.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

type putsBack struct{ right }

func (q putsBack) Get(ctx context.Context) (int, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	get := goGet(context.WithoutCancel(ctx), q.right)
	select {
	case <-get.done:
		return get.item, get.err
	case <-ctx.Done():
		go func() {
			if <-get.done; get.err == nil {
				_ = q.Put(context.WithoutCancel(ctx), get.item)
				q.TaskDone()
			}
		}()
		return 0, context.Cause(ctx)
	}
}

type looksLate struct{ right }

func (q looksLate) Get(ctx context.Context) (int, error) {
	if item, err := q.TryGet(); err == nil {
		return item, nil
	}
	return q.right.Get(ctx)
}

type wakesAll struct {
	right
	mu      sync.Mutex // guards changed
	changed chan struct{}
}

func (q *wakesAll) Put(ctx context.Context, item int) error {
	defer q.wake()
	return q.right.Put(ctx, item)
}

func (q *wakesAll) TryPut(item int) error {
	defer q.wake()
	return q.right.TryPut(item)
}

func (q *wakesAll) Close()    { q.right.Close(); q.wake() }
func (q *wakesAll) CloseNow() { q.right.CloseNow(); q.wake() }

func (q *wakesAll) Get(ctx context.Context) (int, error) {
	for ctx.Err() == nil {
		changed := q.change()
		if item, err := q.TryGet(); !errors.Is(err, queues.ErrEmpty) {
			return item, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return 0, context.Cause(ctx)
}

func (q *wakesAll) change() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.changed == nil {
		q.changed = make(chan struct{})
	}
	return q.changed
}

func (q *wakesAll) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.changed != nil {
		close(q.changed)
		q.changed = nil
	}
}

func otherOrder(o order, n int) queue {
	switch o.name {
	case "FIFO":
		return queues.NewLIFO[int](n)
	case "LIFO":
		return queues.New[int](n)
	default: // of equal items the latest first
		return queues.NewPriority(n, func(a, b int) bool { return rank(a) < rank(b) || rank(a) == rank(b) && a > b })
	}
}

type closeDrops struct{ right }

func (q closeDrops) Close() { q.CloseNow() }

type closeNowKeeps struct{ right }

func (q closeNowKeeps) CloseNow() { q.Close() }

type deafGet struct {
	right
	closed atomic.Bool
}

func (q *deafGet) Close() { q.closed.Store(true); q.right.Close() }

func (q *deafGet) TryGet() (int, error) {
	if q.closed.Load() {
		return 0, queues.ErrClosed
	}
	return q.right.TryGet()
}

type hastyJoin struct{ right }

func (q hastyJoin) Join(ctx context.Context) error {
	if q.Len() == 0 {
		return nil
	}
	return q.right.Join(ctx)
}

type countsLate struct {
	right
	n atomic.Int64
}

func (q *countsLate) Len() int { return int(q.n.Load()) }

func (q *countsLate) Put(ctx context.Context, item int) error {
	err := q.right.Put(ctx, item)
	if err == nil {
		q.n.Add(1)
	}
	return err
}

func (q *countsLate) Get(ctx context.Context) (int, error) {
	item, err := q.right.Get(ctx)
	if err == nil {
		q.n.Add(-1)
	}
	return item, err
}

type looksThenPuts struct {
	right
	maxSize int
}

func (q *looksThenPuts) TryPut(item int) error {
	if q.Len() >= q.maxSize {
		return queues.ErrFull
	}
	return q.right.TryPut(item)
}

func (q *looksThenPuts) Put(ctx context.Context, item int) error {
	if err := q.TryPut(item); !errors.Is(err, queues.ErrFull) {
		return err
	}
	<-ctx.Done() // that it is never served is not what is wrong here
	return context.Cause(ctx)
}

type dropsOneByOne struct{ right }

func (q dropsOneByOne) CloseNow() {
	for {
		if _, err := q.TryGet(); err != nil {
			q.Close()
			return
		}
		q.TaskDone()
	}
}
