//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/08-streams/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ms  = time.Millisecond
	sec = time.Second
)

var (
	errStopped = errors.New("the reader stops")
	errPower   = errors.New("no power")
)

// A value says from which source it comes; only its number counts for the order.
type value struct {
	number int
	source string
}

func compare(a, b value) int { return a.number - b.number } // any number, not only -1, 0 and 1

// A desk watches sources and a loop over their merged stream.
type desk struct {
	t     *testing.T
	start time.Time

	mu      sync.Mutex // guards the below
	calls   int        // of sources
	open    int        // sources that have not returned
	asked   []string   // when a source is asked for a value, such as "A 1s"
	stopped int        // sources whose ctx ended while they waited
	got     []string   // what the loop gets, such as "3A 2s"
}

func newDesk(t *testing.T) *desk { t.Helper(); return &desk{t: t, start: time.Now()} }

func (d *desk) now() time.Duration { return time.Since(d.start) }

// A step is a value of a source and how long the source takes for it.
type step struct {
	takes  time.Duration
	number int
	fails  error
}

// source makes a source of steps. When its ctx ends it cleans up for a while and yields the cause.
func (d *desk) source(name string, cleanUp time.Duration, steps ...step) exercise.Source[value] {
	return func(ctx context.Context) iter.Seq2[value, error] {
		return func(yield func(value, error) bool) {
			log := lesson.Log(d.t).With("task", "source "+name)
			d.note(func() { d.calls++; d.open++ })
			defer d.note(func() { d.open-- })
			defer log.Info("returns")
			for _, s := range steps {
				d.note(func() { d.asked = append(d.asked, fmt.Sprint(name, " ", d.now())) })
				log.Info(fmt.Sprint("is asked for ", s.number), lesson.Waiting)
				select {
				case <-time.After(s.takes):
				case <-ctx.Done():
					d.note(func() { d.stopped++ })
					time.Sleep(cleanUp)
					yield(value{s.number, name}, context.Cause(ctx))
					return
				}
				if s.fails != nil {
					yield(value{s.number, name}, s.fails) // what comes with an error is not for the loop
					return
				}
				log.Info(fmt.Sprint("has ", s.number), lesson.Waiting)
				if !yield(value{s.number, name}, nil) {
					time.Sleep(cleanUp)
					return
				}
			}
		}
	}
}

func (d *desk) note(what func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	what()
}

// stillOpen is how many sources have not returned.
func (d *desk) stillOpen() (n int) {
	d.note(func() { n = d.open })
	return n
}

// called is how often a source was called.
func (d *desk) called() (n int) {
	d.note(func() { n = d.calls })
	return n
}

// loop ranges over the merged stream; body says whether the loop goes on. It returns the error of the stream.
func (d *desk) loop(ctx context.Context, body func(value) bool, sources ...exercise.Source[value]) (err error) {
	d.t.Helper()
	log := lesson.Log(d.t).With("task", "loop")
	for v, failed := range exercise.Merge(ctx, compare, sources...) {
		if err != nil {
			d.complain("the stream ended with %q, and then the loop's body ran once more", err)
			break
		}
		if failed != nil {
			log.Info("gets " + lesson.Quote(failed))
			if err = failed; v != (value{}) {
				d.complain("with the error %q comes the value %v, not the zero value", failed, v)
			}
			continue
		}
		log.Info(fmt.Sprint("gets ", v.number, v.source), lesson.Waiting)
		var sofar int
		d.note(func() {
			d.got = append(d.got, fmt.Sprint(v.number, v.source, " ", d.now()))
			sofar = len(d.got)
		})
		if sofar > 1000 {
			d.t.Fatal("the stream does not end: the loop has got 1000 values")
		}
		if body != nil && !body(v) {
			break
		}
	}
	log.Info("is over")
	if n := d.stillOpen(); n > 0 {
		d.complain("the loop was over at %v while %d sources had not returned: Merge must wait for them", d.now(), n)
	}
	return err
}

func (d *desk) complain(format string, args ...any) {
	d.t.Helper()
	if !d.t.Failed() {
		d.t.Errorf(format, args...)
	}
}

// expect compares what the loop got, "1A 1s, 2B 1s".
func (d *desk) expect(why, want string) {
	d.t.Helper()
	if got := strings.Join(d.got, ", "); got != want {
		d.complain("%s: so the loop gets [%s], not [%s]", why, want, got)
	}
}

func every(takes time.Duration, numbers ...int) []step {
	var steps []step
	for _, n := range numbers {
		steps = append(steps, step{takes: takes, number: n})
	}
	return steps
}

func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

func TestASourceThatHasEndedEndsNoOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		_ = d.loop(endsAfter(t, time.Hour), nil, d.source("A", 0), d.source("B", 0, every(sec, 1, 2)...))
		if d.stopped > 0 {
			d.complain("source A had ended, and the context of B ended while B waited for its next value: it ends only when ctx or the stream does")
		}
		d.expect("source A has nothing, and source B takes 1s for a value", "1B 1s, 2B 2s")
	})
}

func TestYieldsTheValuesOfAllSourcesInOrder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		err := d.loop(t.Context(), nil, d.source("A", 0, every(0, 1, 4, 4, 9)...), d.source("B", 0), d.source("C", 0, every(0, 2, 4, 5)...))
		d.expect("A has 1 4 4 9, B has nothing, C has 2 4 5, and of equal values the one of the earlier source comes first",
			"1A 0s, 2C 0s, 4A 0s, 4A 0s, 4C 0s, 5C 0s, 9A 0s")
		if err != nil {
			d.complain("all sources ended without an error, and Merge yielded %q", err)
		}
	})
}

func TestTheSourcesAreReadSideBySide(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		_ = d.loop(t.Context(), nil, d.source("A", 0, every(sec, 1, 4)...), d.source("B", 0, every(sec, 2, 5)...), d.source("C", 0, every(sec, 3)...))
		if len(d.got) > 0 && d.got[0] != "1A 1s" {
			d.complain("three sources take 1s each for their first value: read side by side, the first value comes as %q, but it came as %q", "1A 1s", d.got[0])
		}
		d.expect("each source takes 1s for a value", "1A 1s, 2B 2s, 3C 3s, 4A 3s, 5B 3s")
	})
}

func TestASourceGoesOnWhileTheLoopsBodyRuns(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		_ = d.loop(t.Context(), func(value) bool { time.Sleep(sec); return true }, d.source("A", 0, every(sec, 1, 2, 3)...))
		d.expect("the source takes 1s for a value, the loop's body takes 1s, and both go on at the same time", "1A 1s, 2A 2s, 3A 3s")
	})
}

func TestHoldsOneValueOfEachSourceAtMost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		_ = d.loop(t.Context(), func(value) bool { time.Sleep(10 * sec); return true }, d.source("A", 0, every(0, 1, 2, 3)...), d.source("B", 0, every(0, 4, 5)...))
		want := "A 0s, A 0s, A 10s, B 0s, B 30s"
		var got string
		d.note(func() { got = sorted(d.asked) })
		if got != want {
			d.complain("Merge asks a source for its next value when it yields the one that it holds; the loop's body takes 10s,"+
				" so that it asks at [%s], not at [%s]", want, got)
		}
	})
}

func sorted(s []string) string {
	var a, b []string
	for _, x := range s {
		if x[0] == 'A' {
			a = append(a, x)
		} else {
			b = append(b, x)
		}
	}
	return strings.Join(append(a, b...), ", ")
}

// A quiet is an error also if it is a nil pointer.
type quiet struct{}

func (*quiet) Error() string { return "a nil pointer" }

func TestAnErrorEndsTheStreamAtOnce(t *testing.T) {
	for _, fails := range []error{errPower, context.Canceled, context.DeadlineExceeded, io.EOF, fmt.Errorf("station C: %w", errPower), errors.New(""), (*quiet)(nil)} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDesk(t)
			err := d.loop(endsAfter(t, time.Hour), nil, d.source("A", 500*ms, every(10*sec, 1)...), d.source("B", 0, every(0, 2)...),
				d.source("C", 0, step{takes: sec, fails: fails}))
			if err != fails { //nolint:errorlint // unchanged is what the contract says
				d.complain("source C failed with %q, and Merge yielded %s, not that error, unchanged", fails, lesson.Quote(err))
			}
			d.expect("source C failed while Merge waited for the value of A", "")
			if d.now() != 1500*ms {
				d.complain("source C failed at 1s, source A had cleaned up at 1.5s, and the loop was over at %v:"+
					" an error ends the stream at once, although A still waits, and the contexts of the other sources", d.now())
			}
		})
	}
}

func TestTheEndOfCtxEndsTheStreamAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		err := d.loop(endsAfter(t, 2500*ms), nil, d.source("A", 500*ms, every(sec, 1, 2, 3)...), d.source("B", 0, every(0, 5)...))
		if !errors.Is(err, errStopped) {
			d.complain("ctx ended at 2.5s, and Merge yielded %s, not its cause, %q", lesson.Quote(err), errStopped)
		}
		d.expect("ctx ended at 2.5s", "1A 1s, 2A 2s")
		if d.now() != 3*sec {
			d.complain("ctx ended at 2.5s, source A had cleaned up at 3s, and the loop was over at %v", d.now())
		}
	})
}

// Often, because select picks one of two ready cases at random.
func TestNoValueIsYieldedOnceCtxHasEnded(t *testing.T) {
	for n := 0; n < 30 && !t.Failed(); n++ {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDesk(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			err := d.loop(ctx, func(value) bool {
				time.Sleep(sec) // the source has its next value
				synctest.Wait()
				cancel(errStopped)
				return true
			}, d.source("A", 0, every(0, 1, 2, 3)...))
			d.expect("ctx ended while the loop's body had the first value", "1A 0s")
			if !errors.Is(err, errStopped) {
				d.complain("ctx ended while the loop's body ran, and Merge yielded %s, not the cause, %q", lesson.Quote(err), errStopped)
			}
		})
	}
}

func TestAnErrorAfterTheEndOfCtxDoesNotHideTheCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		deaf := func(context.Context) iter.Seq2[value, error] {
			return func(yield func(value, error) bool) {
				if yield(value{1, "A"}, nil) {
					time.Sleep(2 * sec)
					yield(value{}, errPower)
				}
			}
		}
		err := d.loop(endsAfter(t, sec), func(value) bool { time.Sleep(3 * sec); return true }, deaf)
		if err != errStopped { //nolint:errorlint // the very cause
			d.complain("the loop's body ran until 3s, ctx ended at 1s, and the source failed at 2s: Merge yields the cause, %q, and it yielded %s", errStopped, lesson.Quote(err))
		}
	})
}

func TestOnAnEndedCtxNoSourceIsCalled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		ctx := endsAfter(t, 0)
		synctest.Wait()
		for n := 0; n < 30 && !t.Failed(); n++ {
			if err := d.loop(ctx, nil, d.source("A", 0, every(0, 1)...)); !errors.Is(err, errStopped) {
				d.complain("ctx had ended before the loop, and Merge yielded %s, not its cause, %q", lesson.Quote(err), errStopped)
			}
			if d.called() > 0 {
				d.complain("ctx had ended before the loop, and a source was called")
			}
			d.expect("ctx had ended before the loop", "")
		}
	})
}

func TestWithoutSourcesTheStreamEndsAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		if err := d.loop(endsAfter(t, sec), nil); err != nil || d.now() > 0 {
			d.complain("there are no sources, so the loop is over at once, without an error; it was over at %v, with %s", d.now(), lesson.Quote(err))
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		if err := d.loop(ctx, nil); err != errStopped { //nolint:errorlint // the very cause
			d.complain("ctx had ended before the loop, and Merge yields context.Cause(ctx), %q, also without sources; it yielded %s", errStopped, lesson.Quote(err))
		}
	})
}

func TestMergeLooksAtCtxWhenTheLoopBegins(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		stream := exercise.Merge(ctx, compare, d.source("A", 0, every(time.Second, 1, 2)...))
		cancel(errStopped)
		var got error
		for _, err := range stream {
			got = err
		}
		if n := d.called(); n > 0 {
			d.complain("ctx ended after Merge was called and before the loop began: no source is called, and %d was", n)
		}
		if got != errStopped { //nolint:errorlint // it is the cause
			d.complain("ctx ended before the loop began, and the loop got %s, not the cause, %q", lesson.Quote(got), errStopped)
		}
	})
}

func TestNilIsAValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		source := func(context.Context) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) { _ = yield(nil, nil) && yield("a", nil) }
		}
		n := 0
		for _, err := range exercise.Merge(t.Context(), func(_, _ any) int { return 0 }, source, source) {
			if err != nil {
				t.Fatalf("no source failed, and Merge yielded %q", err)
			}
			n++
		}
		if n != 4 {
			t.Errorf("2 sources had 2 values each, of which the first is nil, and the loop got %d values: nil is a value like any other", n)
		}
	})
}

func TestALoopThatIsLeftStopsTheSources(t *testing.T) {
	for _, how := range []string{"by break", "by a panic"} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDesk(t)
			ctx := lesson.Context(t)
			func() {
				defer func() {
					if r := recover(); r != nil && r != "a bug in the body" {
						panic(r)
					}
				}()
				_ = d.loop(ctx, func(value) bool {
					time.Sleep(sec)
					if how == "by a panic" {
						panic("a bug in the body")
					}
					return false
				}, d.source("A", 500*ms, every(sec, 1, 2)...), d.source("B", 500*ms, step{number: 2}, step{takes: time.Minute, number: 3}),
					d.source("C", 500*ms, step{number: 0}, step{takes: 10 * sec, number: 4}))
			}()
			if n := d.stillOpen(); n > 0 {
				d.complain("the loop was left %s, and %d sources had not returned: Merge must wait for them", how, n)
			}
			if d.now() > 3500*ms {
				d.complain("the loop was left %s at 2s, each of three sources cleans up for 0.5s, and Merge returned at %v: their contexts have to end", how, d.now())
			}
			if !t.Failed() {
				lesson.NothingLeft(t, "the loop was left "+how)
			}
		})
	}
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	for _, c := range []struct {
		what string
		last step
	}{
		{"all sources have ended", step{number: 9}},
		{"a source failed", step{fails: errPower}},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDesk(t)
			ctx := lesson.Context(t)
			_ = d.loop(ctx, nil, d.source("A", 0, every(sec, 1, 2)...), d.source("B", 0, step{number: 1}, c.last))
			if !t.Failed() {
				lesson.NothingLeft(t, c.what+" and the loop is over")
			}
		})
	}
}

func TestEachRangeBeginsAnew(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		source := func(name string, steps ...step) exercise.Source[value] {
			is := d.source(name, 0, steps...)
			return func(ctx context.Context) iter.Seq2[value, error] {
				if ctx.Err() != nil {
					t.Errorf("source %s is called with a context that has ended, and ctx is alive: each range needs a context of its own", name)
				}
				return is(ctx)
			}
		}
		stream := exercise.Merge(t.Context(), compare, source("A", every(0, 1, 3)...), source("B", every(0, 2)...))
		synctest.Wait()
		if d.called() > 0 {
			t.Fatal("Merge called a source, although no loop has begun")
		}
		for round := 1; round <= 2; round++ {
			var got []int
			for v, err := range stream {
				if err != nil {
					t.Fatalf("loop %d over the same stream gets the error %q", round, err)
				}
				if got = append(got, v.number); len(got) == 10 {
					break
				}
			}
			if s := fmt.Sprint(got); s != "[1 2 3]" {
				t.Fatalf("loop %d over the same stream gets %s, not [1 2 3]: each range begins anew", round, s)
			}
		}
	})
}

type key struct{}

func TestTwoLoopsOverOneStreamShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		stream := exercise.Merge(endsAfter(t, time.Minute), compare, d.source("A", 0, every(sec, 1, 3)...), d.source("B", 0, every(sec, 2)...))
		var loops sync.WaitGroup
		for range 2 {
			loops.Go(func() {
				var got []int
				for v, err := range stream {
					if err != nil {
						d.complain("two loops range over the same stream at the same time, and one gets the error %q", err)
						return
					}
					got = append(got, v.number)
				}
				if s := fmt.Sprint(got); s != "[1 2 3]" {
					d.complain("two loops range over the same stream at the same time, and one gets %s, not [1 2 3]: each calls all sources anew", s)
				}
			})
		}
		loops.Wait()
	})
}

func TestThereMayBeAThousandSources(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		sources := make([]exercise.Source[int], 1000)
		for i := range sources {
			sources[i] = func(context.Context) iter.Seq2[int, error] {
				return func(yield func(int, error) bool) { yield(999-i, nil) }
			}
		}
		next := 0
		for v, err := range exercise.Merge(t.Context(), cmp.Compare[int], sources...) {
			if v != next || err != nil {
				t.Fatalf("a thousand sources give 999, 998, … 0, one each; value %d of the stream should be %d, and is %d with the error %s", next+1, next, v, lesson.Quote(err))
			}
			next++
		}
		if next != 1000 {
			t.Errorf("a thousand sources give one value each, and the stream ended after %d", next)
		}
	})
}

func TestASourceMayTakeADay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t)
		err := d.loop(t.Context(), nil, d.source("A", 0, every(24*time.Hour, 1, 2)...))
		if err != nil {
			d.complain("ctx is alive and the source takes a day for a value, but Merge yielded %q", err)
		}
		d.expect("the source takes a day for a value", "1A 24h0m0s, 2A 48h0m0s")
	})
}

func TestTheSourcesHaveTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var got any
		source := func(ctx context.Context) iter.Seq2[value, error] {
			got = ctx.Value(key{})
			return func(func(value, error) bool) {}
		}
		for range exercise.Merge[value](context.WithValue(t.Context(), key{}, "table 4"), compare, source) {
			t.Error("the source has no value, and the loop's body ran")
		}
		if got != "table 4" {
			t.Errorf("ctx has the value %q, and the context of the source has %v: make it from ctx", "table 4", got)
		}
	})
}
