package queues_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

var long = flag.Bool("long", false, "run the proofs and the memory tests at full length")

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "200")
	flag.Parse()
	if *long {
		_ = flag.Set("rapid.checks", "50000")
	}
	goleak.VerifyTestMain(m)
}

// atLength returns short, or full with -long.
func atLength(short, full int) int {
	if *long {
		return full
	}
	return short
}

// A call is a Put, Get or Join in a goroutine of its own.
type call struct {
	done chan struct{}
	item int
	err  error
}

func goPut(ctx context.Context, q queue, item int) *call {
	return start(func(c *call) { c.err = q.Put(ctx, item) })
}

func goGet(ctx context.Context, q queue) *call {
	return start(func(c *call) { c.item, c.err = q.Get(ctx) })
}

func goJoin(ctx context.Context, q queue) *call {
	return start(func(c *call) { c.err = q.Join(ctx) })
}

func start(do func(*call)) *call {
	c := &call{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		do(c)
	}()
	return c
}

// returned tells whether the call has returned; after synctest.Wait, whether it waits.
func (c *call) returned() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// A queue is what the proofs examine: a Queue, or one of the wrong ones in wrong_test.go.
type queue interface {
	Put(ctx context.Context, item int) error
	Get(ctx context.Context) (int, error)
	TryPut(item int) error
	TryGet() (int, error)
	TaskDone()
	Join(ctx context.Context) error
	Close()
	CloseNow()
	Len() int
}

// An order is one of the three, and what it does with the items.
type order struct {
	name  string
	make  func(maxSize int) *queues.Queue[int]
	first func(items []int) int // the index of the one that leaves first
}

// The items of the proofs are put once each, in ascending numbers for a sequence; their rank is the last digit.
func rank(item int) int { return item % 3 }

func orders() []order {
	byRank := func(a, b int) bool { return rank(a) < rank(b) }
	return []order{
		{"FIFO", queues.New[int], func([]int) int { return 0 }},
		{"LIFO", queues.NewLIFO[int], func(items []int) int { return len(items) - 1 }},
		{"Priority", func(n int) *queues.Queue[int] { return queues.NewPriority(n, byRank) }, func(items []int) int {
			least := 0
			for i := range items {
				if byRank(items[i], items[least]) {
					least = i
				}
			}
			return least
		}},
	}
}

// takeAll gets what is queued.
func takeAll(t *testing.T, q queue) []int {
	t.Helper()
	var items []int
	for {
		item, err := q.TryGet()
		if errors.Is(err, queues.ErrEmpty) || errors.Is(err, queues.ErrClosed) {
			return items
		}
		require.NoError(t, err)
		items = append(items, item)
	}
}

// requireFirst gets one item, which must be the first of the model by that order.
func requireFirst(t *testing.T, q queue, order order, model *[]int) {
	t.Helper()
	item, err := q.TryGet()
	require.NoError(t, err)
	first := order.first(*model)
	require.Equal(t, (*model)[first], item, "the wrong one of %v left", *model)
	*model = slices.Delete(*model, first, first+1)
}

// panicOf returns the message with which f panics.
func panicOf(f func()) (message string) {
	defer func() {
		if v := recover(); v != nil {
			message = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}
