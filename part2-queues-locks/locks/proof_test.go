package locks_test

import (
	"context"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

type lock interface {
	Acquire(ctx context.Context) error
	TryAcquire() bool
	Release()
	Locked() bool
}

type condition interface {
	Wait(ctx context.Context) error
	Notify(n int)
}

type event interface {
	Set()
	Clear()
	IsSet() bool
	Wait(ctx context.Context) error
	Done() <-chan struct{}
}

type barrier interface {
	Wait(ctx context.Context) (int, error)
	Reset()
	Abort()
}

// A proof is that the model explains every scenario of these actions. The subject is the package's own implementation, or a
// plain one that has the given bug.
type proof struct {
	name      string
	scenarios *rapid.Generator[scenario]
	model     porcupine.Model
	subject   func(bug string) subject
	bugs      []string
}

const (
	right = ""     // not a bug: the package's own implementation
	plain = "none" // not a bug: the plain implementation
)

var proofs = []proof{
	{
		name:      "Lock",
		scenarios: scenarios("acquire", "acquire", "release", "try", "locked", "cancel", "cancel, release"),
		model:     lockModel(),
		subject: func(bug string) subject {
			return func(h *history, over <-chan struct{}) func(action) {
				if bug == right {
					return lockSubject(h, new(locks.Lock), nil)
				}
				return lockSubject(h, &plainLock{bug: bug, over: over}, nil)
			}
		},
		bugs: lockBugs,
	},
	{
		name: "Condition",
		scenarios: scenarios("acquire", "acquire, wait", "acquire, wait", "acquire, wait", "release", "notify", "cancel",
			"cancel, notify, release", "acquire, notify, cancel, yield, release", "acquire, notify, release, cancel"),
		model: lockModel(),
		subject: func(bug string) subject {
			return func(h *history, over <-chan struct{}) func(action) {
				if bug == right {
					c := locks.NewCondition(nil)
					return lockSubject(h, c.L, c)
				}
				l := &plainLock{bug: bug, over: over}
				return lockSubject(h, l, &plainCondition{plainLock: l})
			}
		},
		bugs: conditionBugs,
	},
	{
		name:      "Event",
		scenarios: scenarios("wait", "wait", "set", "clear", "is set", "done", "cancel", "cancel, set", "set, clear"),
		model:     eventModel(),
		subject: func(bug string) subject {
			return func(h *history, over <-chan struct{}) func(action) {
				if bug == right {
					return eventSubject(h, new(locks.Event))
				}
				return eventSubject(h, &plainEvent{bug: bug, over: over, done: make(chan struct{})})
			}
		},
		bugs: eventBugs,
	},
	{
		name: "Barrier",
		scenarios: scenarios("arrive", "arrive", "arrive", "arrive", "cancel", "reset", "abort",
			"cancel, arrive", "cancel, abort"),
		model: barrierModel(3),
		subject: func(bug string) subject {
			return func(h *history, over <-chan struct{}) func(action) {
				if bug == right {
					return barrierSubject(h, locks.NewBarrier(3))
				}
				return barrierSubject(h, &plainBarrier{bug: bug, over: over, parties: 3})
			}
		},
		bugs: barrierBugs,
	},
}

func lockSubject(h *history, l lock, c condition) func(action) {
	none := struct{}{}
	return func(a action) {
		switch a.do {
		case "acquire":
			if h.waits("acquire", func(ctx context.Context) (int, error) { return 0, l.Acquire(ctx) }) == nil {
				h.holds <- none
			}
		case "try":
			if h.does(step{do: "try", call: h.newCall()}, func() answer { return answer{yes: l.TryAcquire()} }).yes {
				h.holds <- none
			}
		case "locked":
			h.does(step{do: "locked"}, func() answer { return answer{yes: l.Locked()} })
		}
		select { // the rest is for the holder of the lock
		case <-h.holds:
		default:
			return
		}
		switch a.do {
		case "release":
			h.does(step{do: "release"}, func() answer { l.Release(); return answer{} })
			return
		case "notify":
			n := a.n % 3
			h.does(step{do: "notify", n: n}, func() answer { c.Notify(n); return answer{} })
		case "wait":
			_ = h.waits("wait", func(ctx context.Context) (int, error) { return 0, c.Wait(ctx) })
		}
		h.holds <- none
	}
}

func eventSubject(h *history, e event) func(action) {
	return func(a action) {
		s := step{do: a.do}
		switch a.do {
		case "wait":
			_ = h.waits("wait", func(ctx context.Context) (int, error) { return 0, e.Wait(ctx) })
		case "set":
			h.does(s, func() answer { e.Set(); return answer{} })
		case "clear":
			h.does(s, func() answer { e.Clear(); return answer{} })
		case "is set":
			h.does(s, func() answer { return answer{yes: e.IsSet()} })
		case "done":
			h.does(s, func() answer {
				select {
				case <-e.Done():
					return answer{yes: true}
				default:
					return answer{}
				}
			})
		}
	}
}

func barrierSubject(h *history, b barrier) func(action) {
	return func(a action) {
		s := step{do: a.do}
		switch a.do {
		case "arrive":
			_ = h.waits("arrive", b.Wait)
		case "reset":
			h.does(s, func() answer { b.Reset(); return answer{} })
		case "abort":
			h.does(s, func() answer { b.Abort(); return answer{} })
		}
	}
}

func TestEveryHistoryIsOneThatTheModelExplains(t *testing.T) {
	for _, p := range proofs {
		t.Run(p.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				if wrong := play(t, p.scenarios.Draw(rt, "scenario"), p.model, p.subject(right)); wrong != "" {
					rt.Fatal(wrong)
				}
			})
		})
	}
}

func TestEachSeededBugIsFound(t *testing.T) {
	for _, p := range proofs {
		for _, bug := range p.bugs {
			t.Run(p.name+" "+bug, func(t *testing.T) {
				for seed := range 20_000 {
					if play(t, p.scenarios.Example(seed), p.model, p.subject(bug)) != "" {
						t.Logf("found by scenario %d", seed)
						return
					}
				}
				require.Fail(t, "the proof does not see this bug")
			})
		}
	}
}

// What is found in a plain implementation must be its bug, not that it is plain.
func TestPlainImplementationsWithoutABugAreRight(t *testing.T) {
	for _, p := range proofs {
		t.Run(p.name, func(t *testing.T) {
			for seed := range 50 {
				require.Empty(t, play(t, p.scenarios.Example(seed), p.model, p.subject(plain)))
			}
		})
	}
}
