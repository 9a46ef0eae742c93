package locks_test

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/anishathalye/porcupine"
	"pgregory.net/rapid"
)

// How the proofs work. rapid draws a scenario. It is played in a bubble, by goroutines that run in parallel, and what each
// call answered, and when, is recorded. porcupine then looks for an order of the calls in which a model, which does one
// thing at a time, gives the same answers.
//
// A call that waits is several steps for the model, all within the time of the call: it joins, it may give up, it ends.
// Between two phases of a scenario everything comes to rest, and the model is told which calls still wait: so it knows which
// came first, and sees which has been forgotten.

// A scenario has phases, one after the other; in each, goroutines, all at once; each of them does some actions.
type scenario = [][][]action

// An action may be several: "cancel, release" makes likely what seldom comes about by chance.
type action struct {
	do string
	n  int // whose ctx to cancel, how many to notify
}

func (a action) String() string { return fmt.Sprintf("%s %d", a.do, a.n) }

// In a play there are at most so many calls that wait or try: one bit for each in a set. A scenario has at most 30 actions,
// each of them with two such calls at most.
const maxCalls = 64

func scenarios(do ...string) *rapid.Generator[scenario] {
	act := rapid.Custom(func(t *rapid.T) action {
		return action{rapid.SampledFrom(do).Draw(t, "do"), rapid.IntRange(0, 5).Draw(t, "n")}
	})
	goroutines := rapid.SliceOfN(rapid.SliceOfN(act, 1, 2), 1, 3)
	return rapid.SliceOfN(goroutines, 1, 5)
}

// A step is what the model does; an answer is what came out of it.
type step struct {
	do      string
	call    int
	n       int
	pending set // at rest: the calls that have not returned
}

type answer struct {
	yes   bool
	index int
	err   string // its message; "" where there is none
}

// why is the cause with which the ctx of this call ends.
func why(call int) string { return fmt.Sprintf("the ctx of call %d has ended", call) }

type set uint64

func (s set) has(call int) bool { return s&(1<<call) != 0 }
func (s *set) add(call int)     { *s |= 1 << call }
func (s *set) remove(call int)  { *s &^= 1 << call }

// A history records one play of a scenario.
type history struct {
	ctx    [maxCalls]context.Context
	cancel [maxCalls]context.CancelCauseFunc
	holds  chan struct{} // one for each time that the lock is held
	clock  atomic.Int64
	calls  atomic.Int64

	mu      sync.Mutex // guards the rest
	pending set
	ops     []porcupine.Operation
}

// does records a call that does not wait: one step.
func (h *history) does(s step, fn func() answer) answer {
	begin := h.clock.Add(1)
	got := fn()
	end := h.clock.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: s.call, Input: s, Output: got, Call: begin, Return: end})
	return got
}

func (h *history) newCall() int { return int(h.calls.Add(1)) - 1 }

// waits records a call that waits: it joins, it may give up, it ends. Each of them is somewhere between call and return.
func (h *history) waits(kind string, fn func(context.Context) (int, error)) error {
	call := h.newCall()
	h.mu.Lock()
	h.pending.add(call)
	h.mu.Unlock()
	begin := h.clock.Add(1)
	index, err := fn(h.ctx[call])
	end := h.clock.Add(1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending.remove(call)
	got := answer{index: index}
	if err != nil {
		got.err = err.Error()
	}
	for _, part := range []string{"join ", "give up ", "end "} {
		if part != "give up " || err != nil {
			h.ops = append(h.ops, porcupine.Operation{
				ClientId: call, Input: step{do: part + kind, call: call}, Output: got, Call: begin, Return: end,
			})
		}
	}
	return err
}

// rest lets everything run until all that are left wait, and tells the model which they are.
func (h *history) rest() set {
	synctest.Wait()
	s := step{do: "rest", pending: h.pending}
	h.does(s, func() answer { return answer{} })
	return s.pending
}

// cancelsNth ends the ctx of the n-th call that waits; or, if fewer wait, of one that comes later.
func (h *history) cancelsNth(n int) {
	h.mu.Lock()
	pending := h.pending
	h.mu.Unlock()
	for ; pending != 0; pending &= pending - 1 {
		if n--; n < 0 {
			h.cancels(bits.TrailingZeros64(uint64(pending)))
			return
		}
	}
	h.cancels(min(int(h.calls.Load())+n, maxCalls-1))
}

func (h *history) cancels(call int) {
	h.does(step{do: "cancel", call: call}, func() answer { h.cancel[call](errors.New(why(call))); return answer{} })
}

// A subject makes what is to be proved, and returns how to perform an action on it. It may use over to end waits that will
// not end by themselves.
type subject func(h *history, over <-chan struct{}) (perform func(action))

// play plays a scenario, and returns what was wrong, or "".
func play(t *testing.T, s scenario, model porcupine.Model, subject subject) (wrong string) {
	t.Helper()
	h := new(history)
	synctest.Test(t, func(t *testing.T) {
		for i := range maxCalls {
			h.ctx[i], h.cancel[i] = context.WithCancelCause(t.Context()) //nolint:fatcontext // side by side, not nested
		}
		h.holds = make(chan struct{}, maxCalls) // room for all: a wrong lock may be held by several
		over := make(chan struct{})
		act := subject(h, over)
		perform := func(a action) {
			switch a.do {
			case "cancel":
				h.cancelsNth(a.n)
			case "yield":
				runtime.Gosched()
			default:
				act(a)
			}
		}
		for _, phase := range s {
			begin := make(chan struct{})
			for _, actions := range phase {
				go func() {
					<-begin
					for _, a := range actions {
						for do := range strings.SplitSeq(a.do, ", ") {
							perform(action{do, a.n})
						}
					}
				}()
			}
			synctest.Wait()
			close(begin)
			h.rest()
		}
		// Let all come to their end: the holder releases the lock, then the calls that still wait give up.
		for range 2 * maxCalls {
			pending := h.rest()
			if pending == 0 && len(h.holds) == 0 {
				break
			}
			switch {
			case len(h.holds) > 0:
				act(action{do: "release"})
			case pending != 0:
				h.cancels(bits.TrailingZeros64(uint64(pending))) // one at a time: else the model tries every order
			}
		}
		if h.pending != 0 {
			wrong = fmt.Sprintf("calls %b never return\n", h.pending)
		}
		close(over)
	})
	if !porcupine.CheckOperations(model, h.ops) {
		wrong += "no order of these calls explains their answers"
	}
	if wrong != "" {
		wrong += "\n" + h.String()
	}
	return wrong
}

func (h *history) String() string {
	slices.SortStableFunc(h.ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range h.ops {
		s, got := op.Input.(step), op.Output.(answer)
		fmt.Fprintf(&b, "%3d to %3d  call %2d  %-16s n=%d pending=%b: %v %d %q\n",
			op.Call, op.Return, s.call, s.do, s.n, s.pending, got.yes, got.index, got.err)
	}
	return b.String()
}
