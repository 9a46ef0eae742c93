package queues_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// Random sequences of operations, each compared with a model that says exactly which call waits, which is served with what, and
// what everybody returns. More of them with -long.
func TestAQueueDoesWhatItsModelDoes(t *testing.T) {
	for _, order := range orders() {
		t.Run(order.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				maxSize := rapid.IntRange(1, 3).Draw(rt, "maxSize")
				steps := allSteps.Draw(rt, "steps")
				require.Empty(rt, playSteps(t, order, maxSize, func() queue { return order.make(maxSize) }, steps))
			})
		})
	}
}

// A step is one operation; Which picks the call to cancel. After a step in a hurry the next one follows before the woken
// calls have run, but only in the first-in-first-out order: in the other orders a waiting Get takes the item that is first
// when it runs, so the outcome would not be certain.
type step struct {
	Do    string
	Which int
	Hurry bool
}

// To close is rare, or there would be little else to see.
var operations = append(strings.Fields(strings.Repeat(
	"Put Put Get Get TryPut TryPut TryGet TryGet Put(ended) Get(ended) TaskDone TaskDone Join cancel cancel ", 4)),
	"Close", "CloseNow")

var oneStep = rapid.Custom(func(t *rapid.T) step {
	return step{
		Do:    rapid.SampledFrom(operations).Draw(t, "do"),
		Which: rapid.IntRange(0, 5).Draw(t, "which"),
		Hurry: rapid.Bool().Draw(t, "hurry"),
	}
})

var allSteps = rapid.OneOf(rapid.SliceOfN(oneStep, 1, 10), rapid.SliceOfN(oneStep, 30, 60))

// playSteps returns what q did otherwise than the model, or nothing.
func playSteps(t *testing.T, order order, maxSize int, newQueue func() queue, steps []step) (difference string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		q, m := newQueue(), &model{order: order, maxSize: maxSize}
		var flights []*flight
		defer func() {
			for _, f := range flights {
				f.cancel(errLeft)
			}
			q.CloseNow() // for the wrong ones, which do not always heed their ctx
			synctest.Wait()
		}()
		launch := func(line *[]*flight, item int, do func(context.Context) *call) {
			ctx, cancel := context.WithCancelCause(t.Context())
			f := &flight{call: do(ctx), cancel: cancel, put: item}
			flights, *line = append(flights, f), append(*line, f)
		}
		for n, s := range steps {
			wait, said := m.step(q, s, n, launch)
			if said == "" && (wait || !s.Hurry || order.name != "FIFO" || n+1 == len(steps) || mustWait(steps[n+1])) {
				synctest.Wait()
				said = m.compare(q, flights)
			}
			if said != "" {
				difference = fmt.Sprintf("after %v: %s", steps[:n+1], said)
				return
			}
		}
	})
	return difference
}

// mustWait tells whether the outcome of s is only certain when all woken calls have run.
func mustWait(s step) bool {
	return s.Do != "TryPut" && s.Do != "TryGet" && s.Do != "Put(ended)" && s.Do != "Get(ended)"
}

// step does s to both. It reports whether all started calls have to run next, and what differed.
func (m *model) step(q queue, s step, n int, launch func(*[]*flight, int, func(context.Context) *call)) (wait bool, said string) {
	defer m.settle()
	switch s.Do {
	case "Put":
		launch(&m.puts, n, func(ctx context.Context) *call { return goPut(ctx, q, n) })
		return true, ""
	case "Get":
		launch(&m.gets, 0, func(ctx context.Context) *call { return goGet(ctx, q) })
		return true, ""
	case "Join":
		launch(&m.joins, 0, func(ctx context.Context) *call { return goJoin(ctx, q) })
		return true, ""
	case "cancel":
		if line := slices.Concat(m.puts, m.gets, m.joins); len(line) > 0 {
			m.cancel(line[s.Which%len(line)])
		}
	case "Put(ended)":
		return false, differs("Put", q.Put(ended, n), errLeft)
	case "Get(ended)":
		_, err := q.Get(ended)
		return false, differs("Get", err, errLeft)
	case "TryPut":
		var want error
		switch {
		case m.closed:
			want = queues.ErrClosed
		case len(m.items) == m.maxSize:
			want = queues.ErrFull
		default:
			m.items = append(m.items, n)
		}
		return false, differs("TryPut", q.TryPut(n), want)
	case "TryGet":
		item, err := q.TryGet()
		switch {
		case len(m.items) > 0:
			if want := m.pop(); item != want {
				return false, fmt.Sprintf("TryGet returned %d, %v, not %d", item, err, want)
			}
			return false, differs("TryGet", err, nil)
		case m.closed:
			return false, differs("TryGet", err, queues.ErrClosed)
		default:
			return false, differs("TryGet", err, queues.ErrEmpty)
		}
	case "TaskDone":
		if m.open > 0 {
			m.open--
			return false, panicOf(q.TaskDone)
		}
		if panicOf(q.TaskDone) == "" {
			return false, "TaskDone for nothing did not panic"
		}
	case "Close":
		q.Close()
		m.closed = true
	case "CloseNow":
		q.CloseNow()
		m.closed, m.items = true, nil
	}
	return false, ""
}

func differs(what string, err, want error) string {
	if errors.Is(err, want) {
		return ""
	}
	return fmt.Sprintf("%s returned %v, not %v", what, err, want)
}

var ended = func() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errLeft)
	return ctx
}()
