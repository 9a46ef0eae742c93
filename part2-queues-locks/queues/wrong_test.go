package queues_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// What examines the right queue has to find each of the wrong ones kept here.
func TestEveryWrongQueueIsFound(t *testing.T) {
	for _, wrong := range wrongQueues {
		for _, order := range orders() {
			t.Run(wrong.name+"/"+order.name, func(t *testing.T) {
				if wrong.by != histories {
					assert.True(t, foundByModel(t, order, wrong.make), "random sequences did not find it")
				}
				if wrong.by != sequences {
					assert.True(t, foundByHistory(t, order, wrong.make), "parallel histories did not find it")
				}
			})
		}
	}
}

func foundByModel(t *testing.T, order order, wrong func(order, int) queue) bool {
	t.Helper()
	for i := range 1000 {
		maxSize := 1 + i%3
		if playSteps(t, order, maxSize, func() queue { return wrong(order, maxSize) }, allSteps.Example(i)) != "" {
			return true
		}
	}
	return false
}

func foundByHistory(t *testing.T, order order, wrong func(order, int) queue) bool {
	t.Helper()
	for seed := range 50_000 {
		maxSize := 1 + seed%3
		history := record(t, func() queue { return wrong(order, maxSize) }, uint64(seed))
		if !porcupine.CheckOperations(sequential(order, maxSize), history) {
			return true
		}
	}
	return false
}

type finder int

const (
	both      finder = iota
	sequences        // no history tells who came first, or when a ctx ended: only the model knows
	histories        // it is right as long as one thing happens after the other has settled
)

var wrongQueues = []struct {
	name string
	by   finder
	make func(order, int) queue
}{
	{"a cancelled Get leaves a goroutine behind that gets", both, func(o order, n int) queue { return getsLater{o.make(n)} }},
	{"a cancelled Put leaves a goroutine behind that puts", both, func(o order, n int) queue { return putsLater{o.make(n)} }},
	{"an item that came too late is put back at the end", histories, func(o order, n int) queue { return putsBack{o.make(n)} }},
	{"a ctx that has ended is looked at too late", sequences, func(o order, n int) queue { return looksLate{o.make(n)} }},
	{"all are woken, and who runs first is served", sequences, func(o order, n int) queue { return &wakesAll{right: o.make(n)} }},
	{"there is one place too many", both, func(o order, n int) queue { return o.make(n + 1) }},
	{"the order is another", both, otherOrder},
	{"Close drops what is queued", both, func(o order, n int) queue { return closeDrops{o.make(n)} }},
	{"CloseNow keeps what is queued", both, func(o order, n int) queue { return closeNowKeeps{o.make(n)} }},
	{"Get returns ErrClosed though items are left", both, func(o order, n int) queue { return &deafGet{right: o.make(n)} }},
	{"Join does not wait for items in hand", both, func(o order, n int) queue { return hastyJoin{o.make(n)} }},
	{"Len counts after the fact", histories, func(o order, n int) queue { return &countsLate{right: o.make(n)} }},
	{"there is room when it looks, not when it puts", histories, func(o order, n int) queue { return &looksThenPuts{o.make(0), n} }},
	{"CloseNow takes items out one by one", histories, func(o order, n int) queue { return dropsOneByOne{o.make(n)} }},
}

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
