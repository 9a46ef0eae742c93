package queues_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// Histories of operations that ran in parallel, with random cancellation, are checked for linearizability: each has to
// be explained by some sequence in which every operation took effect at one instant between its call and its
// return, and those that returned the cause of their ctx not at all. More of them with -long.
func TestParallelHistoriesAreLinearizable(t *testing.T) {
	rounds := atLength(100, 20_000)
	for _, order := range orders() {
		t.Run(order.name, func(t *testing.T) {
			for seed := range rounds {
				maxSize := 1 + seed%3
				history := record(t, func() queue { return order.make(maxSize) }, uint64(seed))
				require.True(t, porcupine.CheckOperations(sequential(order, maxSize), history),
					"no sequence of operations explains this history:\n%s", describe(history))
			}
		})
	}
}

const (
	clients = 4
	each    = 12 // operations of a client
)

// A did is what one operation was and what came of it.
type did struct {
	op   string
	item int // what was put or got; what Len returned
	err  error
}

// A client does operations one after the other; others may end the ctx of the one that it is in.
type client struct {
	id     int
	rand   *rand.Rand
	q      queue
	clock  *atomic.Int64
	leave  atomic.Pointer[context.CancelCauseFunc]
	peers  []*client
	owes   int // how many items it has got and not marked done
	record []porcupine.Operation
}

// record lets the clients run in a bubble, in parallel as anywhere. Where all of them wait, one has to leave.
func record(t *testing.T, newQueue func() queue, seed uint64) (history []porcupine.Operation) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		parallel := int64(min(clients, runtime.GOMAXPROCS(0)))
		var clock, ready, busy atomic.Int64
		q := newQueue()
		peers := make([]*client, clients)
		for i := range peers {
			peers[i] = &client{id: i, rand: rand.New(rand.NewPCG(seed, uint64(i))), q: q, clock: &clock, peers: peers}
		}
		busy.Store(clients)
		for _, c := range peers {
			go func() {
				defer busy.Add(-1)
				ready.Add(1) // then spin a little, so that another processor takes the next one
				for spins := 0; spins < 30_000 && ready.Load() < parallel; {
					spins++
				}
				for n := range each {
					c.next(c.id*each + n)
				}
			}()
		}
		for synctest.Wait(); busy.Load() > 0; synctest.Wait() {
			for _, c := range peers {
				if leave := c.leave.Swap(nil); leave != nil {
					(*leave)(errLeft)
					break
				}
			}
		}
		q.CloseNow() // for the wrong ones, which may have left something behind
		for _, c := range peers {
			history = append(history, c.record...)
		}
	})
	return history
}

func (c *client) next(item int) {
	switch k := c.rand.IntN(40); {
	case k < 10:
		c.waiting("Put", func(ctx context.Context) (int, error) { return item, c.q.Put(ctx, item) })
	case k < 20:
		c.waiting("Get", c.q.Get)
	case k < 23:
		c.doing("Put", func() (int, error) { return item, c.q.TryPut(item) })
	case k < 26:
		c.doing("Get", c.q.TryGet)
	case k < 30:
		if leave := c.peers[c.rand.IntN(clients)].leave.Load(); leave != nil {
			(*leave)(errLeft)
		}
	case k < 35 && c.owes > 0:
		c.owes--
		c.doing("TaskDone", func() (int, error) { c.q.TaskDone(); return 0, nil })
	case k < 36:
		c.waiting("Join", func(ctx context.Context) (int, error) { return 0, c.q.Join(ctx) })
	case k < 39:
		c.doing("Len", func() (int, error) { return c.q.Len(), nil })
	case c.rand.IntN(4) > 0:
	case c.rand.IntN(2) == 0:
		c.doing("Close", func() (int, error) { c.q.Close(); return 0, nil })
	default:
		c.doing("CloseNow", func() (int, error) { c.q.CloseNow(); return 0, nil })
	}
}

// waiting does an operation whose ctx ends when another client wants it, or when all wait.
func (c *client) waiting(op string, do func(context.Context) (int, error)) {
	ctx, leave := context.WithCancelCause(context.Background())
	defer leave(nil)
	c.leave.Store(&leave)
	c.doing(op, func() (int, error) { return do(ctx) })
	c.leave.Store(nil)
}

func (c *client) doing(op string, do func() (int, error)) {
	call := c.clock.Add(1)
	item, err := do()
	back := c.clock.Add(1)
	if errors.Is(err, errLeft) {
		return // it had no effect
	}
	if op == "Get" && err == nil {
		c.owes++
	}
	c.record = append(c.record, porcupine.Operation{
		ClientId: c.id, Call: call, Return: back, Output: did{op: op, item: item, err: err},
	})
}

type state struct {
	items  []int
	open   int
	closed bool
}

// sequential is the queue as it is when one operation follows the other.
func sequential(order order, maxSize int) porcupine.Model {
	step := func(s state, d did) (bool, state) {
		full, empty := len(s.items) == maxSize, len(s.items) == 0
		switch d.op {
		case "Put":
			switch {
			case d.err == nil:
				return !s.closed && !full, state{append(slices.Clone(s.items), d.item), s.open, s.closed}
			case errors.Is(d.err, queues.ErrClosed):
				return s.closed, s
			default:
				return errors.Is(d.err, queues.ErrFull) && !s.closed && full, s
			}
		case "Get":
			switch {
			case d.err == nil:
				if empty {
					return false, s
				}
				first := order.first(s.items)
				rest := slices.Delete(slices.Clone(s.items), first, first+1)
				return s.items[first] == d.item, state{rest, s.open + 1, s.closed}
			case errors.Is(d.err, queues.ErrClosed):
				return s.closed && empty, s
			default:
				return errors.Is(d.err, queues.ErrEmpty) && !s.closed && empty, s
			}
		case "TaskDone":
			return s.open > 0, state{s.items, s.open - 1, s.closed}
		case "Join":
			return d.err == nil && empty && s.open == 0, s
		case "Len":
			return d.item == len(s.items), s
		case "Close":
			return true, state{s.items, s.open, true}
		default: // CloseNow
			return true, state{nil, s.open, true}
		}
	}
	return porcupine.Model{
		Init: func() any { return state{} },
		Step: func(s, _, output any) (bool, any) { return step(s.(state), output.(did)) },
		Equal: func(a, b any) bool {
			s, t := a.(state), b.(state)
			return slices.Equal(s.items, t.items) && s.open == t.open && s.closed == t.closed
		},
	}
}

func describe(history []porcupine.Operation) (lines string) {
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	for _, o := range history {
		lines += fmt.Sprintf("client %d, from %d to %d: %+v\n", o.ClientId, o.Call, o.Return, o.Output)
	}
	return lines
}
