//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/05-condition/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStopped = errors.New("the server stops")

// A rig is a Buffer and the calls on it.
type rig struct {
	*exercise.Buffer[string]
	t          *testing.T
	size       int
	start      time.Time
	puts, gets []*call
}

func newRig(t *testing.T, size int) *rig {
	t.Helper()
	return &rig{Buffer: exercise.New[string](size), t: t, size: size, start: time.Now()}
}

// A call has a ctx of its own. How it went is known when ended is closed.
type call struct {
	cancel context.CancelCauseFunc
	ended  chan struct{}
	item   string
	err    error
	at     time.Duration
}

// put begins to put an item, and get to get one.
func (r *rig) put(item string) *call {
	c := r.begin(func(ctx context.Context) (string, error) { return item, r.Put(ctx, item) })
	r.puts = append(r.puts, c)
	return c
}

func (r *rig) get() *call {
	c := r.begin(r.Get)
	r.gets = append(r.gets, c)
	return c
}

func (r *rig) begin(do func(context.Context) (string, error)) *call {
	alive, cancel := context.WithCancelCause(r.t.Context())
	ctx := patient{alive, new(atomic.Int32)}
	c := &call{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				c.err = fmt.Errorf("panic: %v", reason)
			}
			c.at = time.Since(r.start)
			close(c.ended)
		}()
		c.item, c.err = do(ctx)
	}()
	return c
}

// A patient ctx ends a call that never notices that its ctx has ended.
type patient struct {
	context.Context //nolint:containedctx // it is one
	asked           *atomic.Int32
}

func (p patient) Done() <-chan struct{} {
	if p.Err() != nil && p.asked.Add(1) > 50 {
		panic("ctx has ended, and the call goes round in circles")
	}
	return p.Context.Done()
}

func (c *call) waits() bool {
	select {
	case <-c.ended:
		return false
	default:
		return true
	}
}

func (c *call) String() string {
	switch {
	case c.waits():
		return "waits"
	case c.err != nil:
		return fmt.Sprintf("ended with %q", c.err)
	default:
		return fmt.Sprintf("ended well, with %q", c.item)
	}
}

// settle waits until nobody can go on, and then looks whether somebody should.
func (r *rig) settle() {
	r.t.Helper()
	synctest.Wait()
	putting, getting, inside := 0, 0, 0
	for _, c := range r.puts {
		if c.waits() {
			putting++
		} else if c.err == nil {
			inside++
		}
	}
	for _, c := range r.gets {
		if c.waits() {
			getting++
		} else if c.err == nil {
			inside--
		}
	}
	switch {
	case inside > r.size:
		r.t.Fatalf("the Buffer holds %d items, and its size is %d", inside, r.size)
	case inside < r.size && putting > 0:
		r.t.Fatalf("a Put waits although there is room, its wake-up is lost: %d of %d items are there, %d Puts and %d Gets wait",
			inside, r.size, putting, getting)
	case inside > 0 && getting > 0:
		r.t.Fatalf("a Get waits although there is an item, its wake-up is lost: %d of %d items are there, %d Puts and %d Gets wait",
			inside, r.size, putting, getting)
	}
}

func TestItemsLeaveInTheOrderInWhichTheyCame(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 3)
		for _, item := range []string{"a", "b", "c"} {
			r.put(item)
			r.settle()
		}
		var got []string
		for range 3 {
			c := r.get()
			r.settle()
			got = append(got, c.item)
		}
		if !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("a, b and c came in, and %q came out", got)
		}
	})
}

func TestGoesOnAsSoonAsItCan(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1)
		goesOn := func(c *call, begin func()) {
			t.Helper()
			r.settle()
			time.Sleep(1234567 * time.Microsecond)
			now := time.Since(r.start)
			begin()
			<-c.ended
			if c.at != now {
				t.Fatalf("a call that waited could go on at %v and went on at %v: does it poll?", now, c.at)
			}
		}
		goesOn(r.get(), func() { r.put("a") })
		r.put("b")
		r.settle()
		goesOn(r.put("c"), func() { r.get() })
	})
}

// Whoever is woken for nothing must notice.
func TestAWakeUpIsNoItem(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1)
		one, other := r.get(), r.get()
		synctest.Wait()
		r.put("a")
		synctest.Wait()
		if one.item == "" {
			one, other = other, one
		}
		if !other.waits() {
			t.Fatalf("two Gets waited and one item came: one Get %v, and the other, which should wait on, %v", one, other)
		}
		r.settle()
	})
}

func TestAWakeUpIsNoRoom(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.put("a")
		r.settle()
		one, other := r.put("b"), r.put("c")
		synctest.Wait()
		r.get()
		synctest.Wait()
		if !one.waits() && !other.waits() {
			t.Fatalf("two Puts waited and there was room for one item: one Put %v, and the other, too, %v", one, other)
		}
		r.settle()
	})
}

// Often, for the late one has to come before the one who was woken gets to run.
func TestALateGetTakesTheItem(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 300 && !t.Failed(); n++ {
			r := newRig(t, 1)
			early := r.get()
			r.settle()
			_ = r.Put(t.Context(), "a")
			late := r.get()
			synctest.Wait()
			if !early.waits() && !late.waits() {
				t.Fatalf("a Get waited, an item came, and so did another Get: the one %v, and the other %v", early, late)
			}
		}
	})
}

// Often, for the second call has to come before those who were woken get to run.
func TestNoWakeUpIsLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 400 && !t.Failed(); n++ {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
			ctx = patient{ctx, new(atomic.Int32)}
			size := 1 + n%2
			r := newRig(t, size)
			one, other := r.get(), r.get()
			r.settle()
			for range 2 {
				if r.Put(ctx, "a") != nil {
					t.Fatal("two Gets waited and two Puts came: a Put waits although there is room, its wake-up is lost")
				}
			}
			if synctest.Wait(); one.waits() || other.waits() {
				t.Fatal("two Gets waited and two Puts came: a Get waits although there is an item, its wake-up is lost")
			}

			r = newRig(t, size)
			for range size {
				r.put("a")
			}
			r.settle()
			one, other = r.put("b"), r.put("c")
			r.settle()
			for range 2 {
				if _, err := r.Get(ctx); err != nil {
					t.Fatal("two Puts waited and two Gets came: a Get waits although there is an item, its wake-up is lost")
				}
			}
			if synctest.Wait(); one.waits() || other.waits() {
				t.Fatal("two Puts waited and two Gets came: a Put waits although there is room, its wake-up is lost")
			}
			cancel()
		}
	})
}

func TestTheWakeUpOfOneWhoGivesUpIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 300 && !t.Failed(); n++ {
			r := newRig(t, 1)
			first, second := r.get(), r.get()
			r.settle()
			_ = r.Put(t.Context(), "a")
			first.cancel(errStopped) // before it gets to run
			synctest.Wait()
			if first.item == "" && second.waits() {
				t.Fatalf("two Gets waited and one item came; the first one was woken and %v, and the second one %v:"+
					" the wake-up is lost", first, second)
			}
		}
	})
}

func TestGivesUpWhenItsCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1)
		givesUp := func(what string, begin func() *call) {
			t.Helper()
			var calls [3]*call
			for i := range calls {
				calls[i] = begin()
				r.settle()
			}
			time.Sleep(time.Second)
			calls[1].cancel(errStopped)
			synctest.Wait()
			if c := calls[1]; c.waits() || !errors.Is(c.err, errStopped) {
				t.Fatalf("three %ss waited, the ctx of the second one ended because %q, and it %v", what, errStopped, c)
			}
			if !calls[0].waits() || !calls[2].waits() {
				t.Fatalf("three %ss waited, the second one gave up, and another one with it", what)
			}
			r.settle()
		}
		givesUp("Get", r.get)
		for _, item := range []string{"a", "b", "c"} { // two of them for those who still wait
			r.put(item)
		}
		r.settle()
		givesUp("Put", func() *call { return r.put("d") })
	})
}

func TestTakesNothingOnACtxThatHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		r := newRig(t, 2)
		r.put("a")
		r.settle()
		for n := 0; n < 30 && !t.Failed(); n++ {
			if err := r.Put(ended, "b"); !errors.Is(err, errStopped) {
				t.Errorf("there was room, but ctx had ended, and Put returned %v", err)
			}
			if item, err := r.Get(ended); !errors.Is(err, errStopped) {
				t.Errorf("there was an item, but ctx had ended, and Get returned %q, %v", item, err)
			}
		}
	})
}

func TestLeavesNothingBehind(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := exercise.New[string](1)
		ctx := context.WithoutCancel(t.Context()) // never ends
		time.AfterFunc(time.Second, func() { _ = b.Put(ctx, "a") })
		if item, err := b.Get(ctx); item != "a" || err != nil {
			t.Errorf("a was put, and Get returned %q, %v", item, err)
		}
	})
}

func TestManyAtTheSameTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const each, size = 300, 2
		b := exercise.New[int](size)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("nobody can go on"))
		defer cancel()
		ctx = patient{ctx, new(atomic.Int32)}
		var all sync.WaitGroup
		var inside, most atomic.Int64 // at least as many are inside
		var failed atomic.Value
		run := func(do func(n int) error) {
			all.Go(func() {
				defer func() {
					if reason := recover(); reason != nil {
						failed.CompareAndSwap(nil, fmt.Sprint("panic: ", reason))
						cancel()
					}
				}()
				for n := range each {
					if err := do(n); err != nil {
						failed.CompareAndSwap(nil, err.Error())
						return
					}
				}
			})
		}
		var got [4][]int
		for i := range got {
			run(func(n int) error {
				err := b.Put(ctx, i*each+n)
				most.Store(max(most.Load(), inside.Add(1)))
				return err
			})
			run(func(int) error {
				inside.Add(-1)
				item, err := b.Get(ctx)
				got[i] = append(got[i], item)
				return err
			})
		}
		all.Wait()
		if reason := failed.Load(); reason != nil {
			t.Fatalf("four put and four get, as fast as they can: %v", reason)
		}
		if m := most.Load(); m > size {
			t.Errorf("four put and four get, as fast as they can: the Buffer held %d items, and its size is %d", m, size)
		}
		items := slices.Concat(got[:]...)
		slices.Sort(items)
		if items = slices.Compact(items); len(items) != len(got)*each {
			t.Errorf("four put %d items, all different, and four got %d different ones", len(got)*each, len(items))
		}
	})
}
