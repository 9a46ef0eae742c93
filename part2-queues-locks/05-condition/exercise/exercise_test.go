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

var (
	errStopped = errors.New("the server stops")
	errTooLong = errors.New("the test waits no longer")
)

const (
	lostForGet = "a Get waits although there is an item: its wake-up is lost"
	lostForPut = "a Put waits although there is room: its wake-up is lost"
)

// A rig is a Buffer and the calls on it.
type rig struct {
	*exercise.Buffer[string]
	t          *testing.T
	size       int
	start      time.Time
	puts, gets []*call
}

// newRig returns a rig whose Buffer holds some items.
func newRig(t *testing.T, size int, items ...string) *rig {
	t.Helper()
	r := &rig{Buffer: exercise.New[string](size), t: t, size: size, start: time.Now()}
	t.Cleanup(r.over) // when all ctxs have ended: they are made later
	for _, item := range items {
		r.putNow(item)
	}
	return r
}

// over fails the test if a call waits on although its ctx has ended.
func (r *rig) over() {
	synctest.Wait()
	for _, c := range slices.Concat(r.puts, r.gets) {
		if c.waits() && c.ctx.Err() != nil && !r.t.Failed() {
			r.t.Errorf("the ctx of %s was canceled, before its deadline, and %s still waits: each wait of a call ends when its ctx ends,"+
				" also one that follows a wake-up that was for another call", c.name, c.name)
		}
	}
}

// A call has a ctx of its own. Its outcome is known when ended is closed.
type call struct {
	name   string
	ctx    context.Context
	cancel context.CancelCauseFunc
	ended  chan struct{}
	item   string
	err    error
	at     time.Duration
}

// newCall makes a call with a ctx that ends after four hours: a test must end.
func (r *rig) newCall(name string) *call {
	alive, stop := context.WithTimeoutCause(r.t.Context(), 4*time.Hour, errTooLong)
	r.t.Cleanup(stop)
	ctx, cancel := context.WithCancelCause(alive)
	return &call{name: name, ctx: patient{ctx, new(atomic.Int32)}, cancel: cancel, ended: make(chan struct{})}
}

func (c *call) do(r *rig, what string, fn func(context.Context) (string, error)) {
	log := lesson.Log(r.t).With("task", c.name)
	log.Info(what, lesson.Waiting)
	defer func() {
		if reason := recover(); reason != nil {
			c.err = fmt.Errorf("panic: %v", reason)
		}
		c.at = time.Since(r.start)
		close(c.ended)
		log.Info(c.String())
	}()
	c.item, c.err = fn(c.ctx)
}

// put begins to put an item on a goroutine of its own, and get to get one.
func (r *rig) put(item string) *call {
	c := r.newCall(fmt.Sprintf("Put %d", len(r.puts)+1))
	r.puts = append(r.puts, c)
	go c.do(r, fmt.Sprintf("Put(ctx, %q)", item), func(ctx context.Context) (string, error) { return item, r.Put(ctx, item) })
	return c
}

func (r *rig) get() *call {
	c := r.newCall(fmt.Sprintf("Get %d", len(r.gets)+1))
	r.gets = append(r.gets, c)
	go c.do(r, "Get(ctx)", r.Get)
	return c
}

// putNow puts an item on the test's goroutine, before any other call can go on;
// there has to be room. getNow gets one; there has to be one.
func (r *rig) putNow(item string) {
	r.t.Helper()
	c := r.newCall("test")
	lost := lostForPut
	if n := r.inside(); n < r.size {
		lost = fmt.Sprintf("a Buffer of size %d held %d, and a Put that came then waited: a Put waits only while the Buffer is full", r.size, n)
	}
	r.puts = append(r.puts, c)
	c.do(r, fmt.Sprintf("Put(ctx, %q)", item), func(ctx context.Context) (string, error) { return item, r.Put(ctx, item) })
	r.mustBeOver(c, lost)
}

func (r *rig) getNow() string {
	r.t.Helper()
	c := r.newCall("test")
	r.gets = append(r.gets, c)
	c.do(r, "Get(ctx)", r.Get)
	r.mustBeOver(c, lostForGet)
	return c.item
}

func (r *rig) mustBeOver(c *call, lost string) {
	r.t.Helper()
	if errors.Is(c.err, errTooLong) {
		r.t.Fatal(lost)
	} else if c.err != nil {
		r.t.Fatalf("a call that can go on %v", c)
	}
}

// A patient ctx ends a call that does not notice that its ctx has ended.
type patient struct {
	context.Context
	asked *atomic.Int32
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
		return fmt.Sprintf("has ended with %q", c.err)
	default:
		return fmt.Sprintf("has succeeded, with %q", c.item)
	}
}

// inside is how many items the calls that have returned have left in the Buffer.
func (r *rig) inside() int {
	n := 0
	for _, c := range r.puts {
		if !c.waits() && c.err == nil {
			n++
		}
	}
	for _, c := range r.gets {
		if !c.waits() && c.err == nil {
			n--
		}
	}
	return n
}

// settle waits until no goroutine can go on, and then looks whether a call should.
func (r *rig) settle() {
	r.t.Helper()
	synctest.Wait()
	putting, getting, inside := 0, 0, r.inside()
	for _, c := range r.puts {
		if c.waits() {
			putting++
		}
	}
	for _, c := range r.gets {
		if c.waits() {
			getting++
		}
	}
	switch {
	case inside > r.size:
		r.t.Fatalf("the Buffer holds %d items, and its size is %d", inside, r.size)
	case inside < r.size && putting > 0:
		r.t.Fatalf("%s. %d of %d places are taken, %d Puts and %d Gets wait", lostForPut, inside, r.size, putting, getting)
	case inside > 0 && getting > 0:
		r.t.Fatalf("%s. %d of %d places are taken, %d Puts and %d Gets wait", lostForGet, inside, r.size, putting, getting)
	}
}

func (c *call) endsAtLook(n int, seen bool) {
	c.ctx = lesson.EndsAtLook(c.ctx, n, seen, func() { c.cancel(errStopped) })
}

func TestABufferHasNoGoroutineOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1, "a")
		r.getNow()
		lesson.NothingLeft(t, "New, a Put and a Get have returned")
	})
}

func TestItemsLeaveInTheOrderInWhichTheyCame(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 3)
		var got []string
		for range 2 { // so that it has to begin anew
			for _, item := range []string{"a", "b", "c"} {
				r.putNow(item)
			}
			for range 3 {
				got = append(got, r.getNow())
			}
		}
		if !slices.Equal(got, []string{"a", "b", "c", "a", "b", "c"}) {
			t.Errorf("a, b and c came in twice, and %q came out: items leave in the order in which they came", got)
		}
	})
}

func TestTheZeroValueIsAnItem(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1, "")
		get := r.get()
		synctest.Wait()
		if get.waits() {
			t.Fatalf("Put has added %q, and a Get waits: the zero value is an item like any other", "")
		}
	})
}

func TestNothingIsTakenOnACtxThatHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		r := newRig(t, 100, "a")
		for range 30 { // often, because select picks one of two ready cases at random
			if err := r.Put(ended, "b"); err != errStopped { //nolint:errorlint // unchanged
				t.Fatalf("there was room, but ctx had ended with the cause %q, and Put returned %s", errStopped, lesson.Quote(err))
			}
			if item, err := r.Get(ended); err != errStopped || item != "" { //nolint:errorlint // unchanged
				t.Fatalf("there was an item, but ctx had ended with the cause %q, and Get returned %q and %s", errStopped, item, lesson.Quote(err))
			}
		}
		first, second := r.getNow(), r.get()
		synctest.Wait()
		if first != "a" || !second.waits() {
			t.Fatalf("a came, and then Puts and Gets with a ctx that had ended; %q came out, and the next Get, which should wait, %v", first, second)
		}
	})
}

func TestAPutThatGaveUpAddsNothingLater(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1, "a")
		put := r.put("b")
		synctest.Wait()
		time.Sleep(time.Second)
		put.cancel(errStopped)
		synctest.Wait()
		if put.waits() {
			r.getNow() // so that it ends
			t.Fatalf("a Put waited for room, its ctx ended, and the Put waits on: the end of ctx wakes the call whose ctx it is, a Put as well as a Get")
		}
		r.getNow() // makes room
		probe := r.get()
		synctest.Wait()
		if !probe.waits() {
			t.Fatalf("a Put waited for room and %v. Then there was room, and a Get %v: what a Put has started must not add its item when the Put has returned", put, probe)
		}
	})
}

func TestACallThatGaveUpGetsNoWakeUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		goesOn := func(what string, first, second *call, happens string, act func()) {
			t.Helper()
			time.Sleep(time.Second)
			first.cancel(errStopped)
			<-first.ended
			act()
			synctest.Wait()
			if second.waits() {
				t.Fatalf("two %ss waited, and the first one gave up at 1s. Then %s, and the second one still waits: the wake-up went to the one that gave up", what, happens)
			}
		}
		r := newRig(t, 1)
		first := r.get()
		synctest.Wait()
		goesOn("Get", first, r.get(), "an item came", func() { r.putNow("a") })

		r = newRig(t, 1, "a")
		first = r.put("b")
		synctest.Wait()
		goesOn("Put", first, r.put("c"), "there was room", func() { r.getNow() })
	})
}

func TestADeadlineEndsAWaitAsACancelDoes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("%v: its deadline has passed while Get waits, so that ctx.Err() is context.DeadlineExceeded, and not context.Canceled", v)
			}
		}()
		_, err := exercise.New[string](1).Get(patient{ctx, new(atomic.Int32)})
		if err != errStopped { //nolint:errorlint // unchanged
			t.Errorf("ctx's deadline has passed while Get waits, and Get returned %s, not context.Cause(ctx): %q", lesson.Quote(err), errStopped)
		}
	})
}

func TestACallThatCanGoOnDoesSoAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 1)
		goesOn := func(c *call, late time.Duration, what string, act func()) {
			t.Helper()
			r.settle()
			time.Sleep(late + 1234567*time.Microsecond)
			now := time.Since(r.start)
			act()
			<-c.ended
			if errors.Is(c.err, errTooLong) {
				t.Fatalf("%s at %v, and %s, which waited, does not go on: its wake-up is lost", what, now, c.name)
			}
			if c.err != nil {
				t.Fatalf("%s waited, its ctx was alive, and it %v at %v: a call waits until it can go on, or until its ctx ends", c.name, c, c.at)
			}
			if c.at != now {
				t.Fatalf("%s at %v, and %s, which waited, %v at %v: does it poll?", what, now, c.name, c, c.at)
			}
		}
		for _, late := range []time.Duration{0, 3 * time.Hour} { // a call waits as long as it takes
			goesOn(r.get(), late, "an item came", func() { r.put("a") })
			r.put("b")
			r.settle()
			goesOn(r.put("c"), late, "there was room", func() { r.get() })
			r.getNow()
		}
	})
}

func TestTheSizeIsWhatNewWasGiven(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b, start := exercise.New[int](1000), time.Now()
		soon, cancel := context.WithTimeoutCause(t.Context(), time.Nanosecond, errTooLong) // not over yet
		defer cancel()
		for i := range 1000 {
			if err := b.Put(soon, i); err != nil || time.Since(start) > 0 {
				t.Fatalf("New(1000) has room for a thousand items, and the ctx of Put has not ended; Put number %d returned %s after %v", i+1, lesson.Quote(err), time.Since(start))
			}
		}
		late, cancel := context.WithTimeoutCause(t.Context(), time.Nanosecond, errTooLong)
		defer cancel()
		if err := b.Put(late, 1000); err == nil {
			t.Fatal("New(1000) has room for a thousand items, and Put number 1001 did not wait: the size is rounded up, or not looked at")
		}
		soon, cancel = context.WithTimeoutCause(t.Context(), time.Nanosecond, errTooLong)
		defer cancel()
		for i := range 1000 {
			if got, err := b.Get(soon); err != nil || got != i {
				t.Fatalf("the items 0 to 999 are in the Buffer; Get number %d returned %d and %s", i+1, got, lesson.Quote(err))
			}
		}
	})
}

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
		r := newRig(t, 1, "a")
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

func TestNilAndEqualValuesAreItems(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errTooLong)
		defer cancel()
		a := new(int)
		b := exercise.New[*int](4)
		var got []*int
		came := []*int{nil, a, a, nil}
		for _, item := range came {
			_ = b.Put(ctx, item)
		}
		for range came {
			item, err := b.Get(ctx)
			if err != nil {
				t.Fatalf("nil, a, a and nil came in, and Get %d returned %q: each value is an item, also nil and one that came before", len(got)+1, err)
			}
			got = append(got, item)
		}
		if !slices.Equal(got, came) {
			t.Errorf("nil, a, a and nil came in, where a is %p, and %v came out", a, got)
		}
	})
}

func TestAnErrorIsAnItem(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := exercise.New[error](1)
		_ = b.Put(t.Context(), errStopped)
		if item, err := b.Get(t.Context()); err != nil || item != errStopped { //nolint:errorlint // it is the item
			t.Errorf("an item came that is an error, %q, and Get returned %s and the error %s: any value is an item", errStopped, lesson.Quote(item), lesson.Quote(err))
		}
	})
}

func TestACauseMayBeOfATypeThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := exercise.New[string](1)
		for range 2 { // an answer may compare it with the one before
			ctx, cancel := context.WithCancelCause(t.Context())
			timer := time.AfterFunc(time.Second, func() { cancel(lesson.ListError{"the server stops", "the line is down"}) })
			_, while := b.Get(ctx)
			_, before := b.Get(ctx)
			timer.Stop()
			for _, err := range []error{while, before, b.Put(ctx, "a")} {
				if its, ok := err.(lesson.ListError); !ok || len(its) != 2 { //nolint:errorlint // unchanged
					t.Errorf("ctx ended with the cause %q, and a Get or a Put returned %s", context.Cause(ctx), lesson.Quote(err))
				}
			}
		}
	})
}

func TestOnePlaceIsRoom(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		r := newRig(t, 100)
		for range r.size {
			r.putNow("a")
		}
		put := r.put("b")
		synctest.Wait()
		if !put.waits() {
			t.Fatalf("a Buffer of 100 holds 100 items, and a Put, which should wait, %v", put)
		}
		r.getNow()
		synctest.Wait()
		if put.waits() {
			t.Error("100 items were in a Buffer of 100, a Put waited, a Get took one item, and the Put still waits: a Put waits only while the Buffer is full, and one free place is room")
		}
	})
}

// In rounds: the late call has to come before the one that was woken runs.
func TestALateGetTakesTheItem(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 1)
		early := r.get()
		r.settle()
		r.putNow("a")
		late := r.get()
		synctest.Wait()
		if !early.waits() && !late.waits() {
			t.Fatalf("a Get waited, one item came, and then another Get: the first Get %v, and the second %v", early, late)
		}
		r.settle()
	})
}

func TestALatePutTakesThePlace(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 1, "a")
		early := r.put("b")
		r.settle()
		r.getNow()
		late := r.put("c")
		synctest.Wait()
		if !early.waits() && !late.waits() {
			t.Fatalf("a Put waited, there was room for one item, and then another Put came: the first Put %v, and the second %v", early, late)
		}
		r.settle()
	})
}

// In rounds: the second call has to come before those that were woken run.
func TestNoWakeUpIsLost(t *testing.T) {
	n := 0
	lesson.Rounds(t, func(t *testing.T) {
		n++
		size := 1 + n%2
		if n%4 < 2 {
			r := newRig(t, size)
			r.get()
			r.get()
			r.settle()
			r.putNow("a")
			r.putNow("b")
			r.settle()
			return
		}
		r := newRig(t, size, []string{"a", "b"}[:size]...)
		r.put("c")
		r.put("d")
		r.settle()
		r.getNow()
		r.getNow()
		r.settle()
	})
}

func TestAWaiterThatGivesUpPassesItsWakeUpOn(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 1)
		first, second := r.get(), r.get()
		r.settle()
		r.putNow("a")
		first.cancel(errStopped) // before it runs
		synctest.Wait()
		if first.err != nil && second.waits() {
			t.Fatalf("two Gets waited and one item came. The first one was woken and %v, and the second one %v: the wake-up is lost", first, second)
		}

		r = newRig(t, 1, "a")
		first, second = r.put("b"), r.put("c")
		r.settle()
		r.getNow()
		first.cancel(errStopped)
		synctest.Wait()
		if first.err != nil && second.waits() {
			t.Fatalf("two Puts waited and there was room for one. The first one was woken and %v, and the second one %v: the wake-up is lost",
				first, second)
		}
		r.settle()
	})
}

func TestOnACtxThatNeverEndsACallWaitsOn(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 1)
		early := r.newCall("Get 1")
		early.ctx = context.Background() // it never ends
		r.gets = append(r.gets, early)
		go early.do(r, "Get(ctx)", r.Get)
		r.settle()
		r.putNow("a")
		late := r.get() // before the Get that was woken runs
		synctest.Wait()
		if !early.waits() && !late.waits() {
			t.Fatalf("a Get with context.Background() waited, one item came, and then another Get: the first Get %v, and the second %v", early, late)
		}
		r.settle()
		r.putNow("b") // so that both end
		synctest.Wait()
	})
}

func TestAnItemThatAGetLeavesIsStillTheFirst(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 2)
		get := r.get()
		r.settle()
		r.putNow("a")
		r.putNow("b")
		get.cancel(errStopped) // before it runs
		synctest.Wait()
		want := "a"
		if get.err == nil {
			want = "b"
		}
		if next := r.getNow(); next != want {
			t.Fatalf("a Get waited, a and b came, and its ctx ended: the Get %v, and the next one got %q, not %q", get, next, want)
		}
	})
}

func TestCallsMayShareACtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		shared := func(what string, r *rig, begin func(*call), goOn func()) {
			t.Helper()
			calls := [2]*call{r.newCall(what + " 1"), r.newCall(what + " 2")}
			alive, cancel := context.WithCancelCause(t.Context())
			ctx := patient{alive, new(atomic.Int32)}
			calls[0].ctx, calls[1].ctx = ctx, ctx
			for _, c := range calls {
				go begin(c)
				synctest.Wait()
			}
			goOn() // one of them
			synctest.Wait()
			cancel(errStopped)
			synctest.Wait()
			if calls[0].waits() || calls[1].waits() {
				goOn() // so that it ends
				t.Fatalf("two %ss with the same ctx waited, and one of them went on. Then ctx ended, and the other %s waits", what, what)
			}
		}
		gets := newRig(t, 2)
		shared("Get", gets, func(c *call) { c.do(gets, "Get(ctx)", gets.Get) }, func() { gets.putNow("a") })
		puts := newRig(t, 1, "a")
		shared("Put", puts, func(c *call) {
			c.do(puts, `Put(ctx, "b")`, func(ctx context.Context) (string, error) { return "b", puts.Put(ctx, "b") })
		}, func() { puts.getNow() })
	})
}

func TestACallGivesUpWhenItsCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		givesUp := func(what string, r *rig, begin func() *call) {
			t.Helper()
			var calls [3]*call
			for i := range calls {
				calls[i] = begin()
				r.settle()
			}
			time.Sleep(time.Second)
			calls[1].cancel(errStopped)
			synctest.Wait()
			if c := calls[1]; c.waits() || c.err != errStopped { //nolint:errorlint // unchanged
				t.Fatalf("three %ss waited. The ctx of the second one ended with the cause %q, which it should return, but it %v", what, errStopped, c)
			}
			if calls[1].item != "" && what == "Get" {
				t.Fatalf("a Get gave up, and returned the item %q besides the error", calls[1].item)
			}
			if !calls[0].waits() || !calls[2].waits() {
				t.Fatalf("three %ss waited, the second one gave up, and another one with it", what)
			}
			r.settle()
		}
		gets := newRig(t, 1)
		givesUp("Get", gets, gets.get)
		puts := newRig(t, 1, "a")
		givesUp("Put", puts, func() *call { return puts.put("b") })
		puts.getNow()
		puts.settle() // one of the others goes on
	})
}

// It is woken, and its ctx ends before it has looked.
func TestAWaiterWhoseCtxEndsWhenItLooksPassesItsWakeUpOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			r := newRig(t, 1)
			first := r.newCall("Get 1")
			first.endsAtLook(n+1, true)
			r.gets = append(r.gets, first)
			go first.do(r, "Get(ctx)", r.Get)
			synctest.Wait()
			second := r.get()
			r.settle()
			r.putNow("a")
			synctest.Wait()
			if first.err != nil && second.waits() {
				t.Fatalf("two Gets waited and one item came. The first one was woken when its ctx ended, and %v, and the second one %v:"+
					" the wake-up is lost", first, second)
			}

			r = newRig(t, 1, "a")
			first = r.newCall("Put 1")
			first.endsAtLook(n+1, true)
			r.puts = append(r.puts, first)
			go first.do(r, `Put(ctx, "b")`, func(ctx context.Context) (string, error) { return "b", r.Put(ctx, "b") })
			synctest.Wait()
			second = r.put("c")
			r.settle()
			r.getNow()
			synctest.Wait()
			if first.err != nil && second.waits() {
				t.Fatalf("two Puts waited and there was room for one. The first one was woken when its ctx ended, and %v, and the second one %v:"+
					" the wake-up is lost", first, second)
			}
			r.settle()
		}
	})
}

func TestACtxThatEndsBetweenTheLookAndTheWaitIsNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			r := newRig(t, 1)
			get := r.newCall("Get 1")
			get.endsAtLook(n+1, false)
			go get.do(r, "Get(ctx)", r.Get)
			synctest.Wait()
			get.cancel(errStopped) // an answer that does not look so often
			synctest.Wait()
			if get.waits() {
				r.putNow("a") // so that it ends
				t.Fatal("ctx ended after Get had looked at it and before Get waited: Get missed that and waits on." +
					" Send this wake-up with the lock held")
			}
		}
	})
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx := lesson.Context(t)
		r := newRig(t, 1, "a")
		go func() { _ = r.Put(ctx, "b") }() // waits
		synctest.Wait()
		r.getNow()
		r.getNow()
		go func() { _, _ = r.Get(ctx) }() // waits
		synctest.Wait()
		r.putNow("c")
		lesson.NothingLeft(t, "each Put and Get has returned")
	})
}

func TestManyPutAndGetAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const each, size = 100, 2
		b := exercise.New[int](size)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("no call can go on: a wake-up is lost"))
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
			t.Fatalf("four goroutines put and four get, as fast as they can: %v", reason)
		}
		if m := most.Load(); m > size {
			t.Errorf("four goroutines put and four get, as fast as they can: the Buffer held %d items, and its size is %d", m, size)
		}
		items := slices.Concat(got[:]...)
		slices.Sort(items)
		if items = slices.Compact(items); len(items) != len(got)*each {
			t.Errorf("four goroutines put %d items, all different, and four got %d different ones", len(got)*each, len(items))
		}
	})
}

func TestAGetThatWaitsIsNoRoom(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		r := newRig(t, 1)
		get := r.get()
		r.settle()
		get.cancel(errStopped) // it takes an item or gives up, and the Puts come before it runs
		r.putNow("a")
		r.put("b")
		r.settle()
	})
}

func TestAPutThatReturnsTheCauseHasAddedNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 40 && !t.Failed(); n++ { // often, because select picks one of two ready cases at random
			r := newRig(t, 1, "a")
			put := r.put("b")
			r.settle()
			if n%2 == 0 { // both at one instant, in either order
				put.cancel(errStopped)
				r.getNow()
			} else {
				r.getNow()
				put.cancel(errStopped)
			}
			<-put.ended
			probe := r.get()
			synctest.Wait()
			switch there := !probe.waits(); {
			case put.err != nil && there:
				t.Errorf("there was room at the instant at which the ctx of a Put ended: the Put %v, and yet its item is in the Buffer", put)
			case put.err == nil && !there:
				t.Errorf("there was room at the instant at which the ctx of a Put ended: the Put %v, and yet its item is not in the Buffer", put)
			}
			probe.cancel(nil)
			<-probe.ended
		}
	})
}
