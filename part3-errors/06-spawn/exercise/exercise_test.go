//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/06-spawn/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errUp    = errors.New("time is up")
	errDisk  = errors.New("disk full")
	errShort = errors.New("cut short")
)

// endsAfter is a context that ends after d, with errUp as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errUp)
	t.Cleanup(cancel)
	return ctx
}

// A disk takes a while for each line, and stops early when ctx ends. It fails on lines that begin with "bad".
type disk struct {
	t     *testing.T
	takes time.Duration
	deaf  bool // it never looks at its ctx
	start time.Time

	mu      sync.Mutex // guards what follows
	busy    int
	begun   []string // each line that write was called with, and when
	failed  []string
	overlap bool
	late    bool  // write was called on a ctx that had ended
	cause   error // of the ctx that ended in mid-write
}

func newDisk(t *testing.T, takes time.Duration) *disk {
	t.Helper()
	return &disk{t: t, takes: takes, start: time.Now()}
}

func (d *disk) write(ctx context.Context, line string) (err error) {
	log := lesson.Log(d.t).With("task", "line "+line)
	log.Info("is being written", lesson.Waiting)
	d.mu.Lock()
	d.busy++
	d.overlap = d.overlap || d.busy > 1
	d.late = d.late || ctx.Err() != nil
	d.begun = append(d.begun, fmt.Sprintf("%s at %v", line, time.Since(d.start)))
	d.mu.Unlock()
	defer func() {
		log.Info("leaves write with " + lesson.Quote(err))
		d.mu.Lock()
		d.busy--
		d.mu.Unlock()
	}()
	if d.takes > 0 {
		ended := ctx.Done()
		if d.deaf {
			ended = nil
		}
		select {
		case <-time.After(d.takes):
		case <-ended:
			time.Sleep(100 * time.Millisecond) // it has to put the disk in order
			d.mu.Lock()
			d.cause = context.Cause(ctx)
			d.mu.Unlock()
			return errShort
		}
	}
	if strings.HasPrefix(line, "bad") {
		return errDisk
	}
	return nil
}

func (d *disk) fail(line string, err error) {
	lesson.Log(d.t).With("task", "line "+line).Info("failed is told " + lesson.Quote(err))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = append(d.failed, fmt.Sprintf("%s: %v", line, err))
}

// post posts and says what is wrong with an answer that is not want. It waits until all have done what they can do.
func (d *disk) post(w *exercise.Writer, line string, want error) {
	d.t.Helper()
	start := time.Now()
	err := w.Post(line)
	lesson.Log(d.t).With("task", "Post").Info(fmt.Sprintf("returns %s for line %s", lesson.Quote(err), line))
	switch took := time.Since(start); {
	case took > 0:
		d.t.Fatalf("Post waited %v for room: its caller stands still", took)
	case err == nil && errors.Is(want, exercise.ErrFull):
		d.t.Errorf("Post took line %s although there was no room: the poster learns of it only by ErrFull", line)
	case want == nil && errors.Is(err, exercise.ErrFull):
		d.t.Errorf("Post refused line %s with ErrFull although fewer than size lines wait: a line waits no more once its write has begun", line)
	case !errors.Is(err, want):
		d.t.Errorf("Post(%q) returned %s, not %s", line, lesson.Quote(err), lesson.Quote(want))
	}
	synctest.Wait()
}

// calls says what is wrong with the calls of write.
func (d *disk) calls() (ok bool) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.overlap:
		d.t.Errorf("write was called while another call was under way: %q", d.begun)
	case d.busy > 0:
		d.t.Errorf("Close returned while a line was still being written")
	case d.late:
		d.t.Errorf("write was called on a ctx that had ended: %q", d.begun)
	default:
		return true
	}
	return false
}

// written is each line that write was called with, and when.
func (d *disk) written() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.begun)
}

// check compares what was written and what failed.
func (d *disk) check(begun, failed string) {
	d.t.Helper()
	if !d.calls() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(d.begun) < len(strings.Split(begun, " at "))-1:
		d.t.Errorf("a line was lost in silence: write was called for %v, not for %v", d.begun, begun)
	case fmt.Sprint(d.begun) != begun:
		d.t.Errorf("write was called for %v, not for %v", d.begun, begun)
	case fmt.Sprint(d.failed) != failed:
		d.t.Errorf("failed was told of %v when Close returned, not of %v", d.failed, failed)
	}
}

func TestALineIsWrittenAtOnceWhenNoneIsUnderWay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(2, d.write, d.fail)
		time.Sleep(time.Second + time.Millisecond)
		d.post(w, "a", nil)
		if begun := fmt.Sprint(d.written()); begun != "[a at 1.001s]" {
			t.Errorf("line a was posted at 1.001s, when no other was under way, and write is not called at that instant: %v", begun)
		}
		d.post(w, "b", nil)
		_ = w.Close(t.Context())
		d.calls()
	})
}

func TestPostNeverWaitsAndRefusesWhatHasNoRoom(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(2, d.write, d.fail)
		d.post(w, "a", nil) // is being written
		d.post(w, "b", nil)
		d.post(w, "c", nil)
		d.post(w, "d", exercise.ErrFull)
		time.Sleep(1500 * time.Millisecond)
		d.post(w, "e", nil) // there is room again
		d.post(w, "f", exercise.ErrFull)
		if err := w.Close(t.Context()); err != nil {
			t.Errorf("Close had time to write all, and returned %s", lesson.Quote(err))
		}
		d.check("[a at 0s b at 1s c at 2s e at 3s]", "[]")
		d.post(w, "g", exercise.ErrClosed)
	})
}

func TestAllThatFitsMayWait(t *testing.T) {
	const size = 1100
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(size, d.write, d.fail)
		for i := range size + 1 { // the first is being written
			if err := w.Post(fmt.Sprint(i)); err != nil {
				t.Fatalf("with a size of %d, %d lines wait, and Post returned %s for one more", size, max(0, i-1), lesson.Quote(err))
			}
			synctest.Wait()
		}
		_ = w.Close(t.Context())
	})
}

// In real time: virtual time does not know that a goroutine waits for a mutex, and would only say so.
func TestPostAnswersWhileCloseWaits(t *testing.T) {
	writing := make(chan struct{})
	w := exercise.New(1, func(context.Context, string) error { <-writing; return nil }, func(string, error) {})
	first := make(chan error, 1)
	go func() { first <- w.Post("a") }()
	select {
	case err := <-first:
		if err != nil {
			t.Fatalf("the first Post returned %s", lesson.Quote(err))
		}
	case <-time.After(5 * time.Second):
		close(writing)
		t.Fatal("a line is being written, and the Post that took it does not return meanwhile: it never waits, so it cannot write the line itself")
	}
	var callers sync.WaitGroup
	callers.Go(func() { _ = w.Close(t.Context()) })
	refused := make(chan struct{})
	var last atomic.Value // what Post returned
	var answers atomic.Int64
	callers.Go(func() {
		defer close(refused)
		for err := w.Post("b"); !errors.Is(err, exercise.ErrClosed); err = w.Post("b") {
			last.Store(lesson.Quote(err))
			answers.Add(1)
			runtime.Gosched()
		}
	})
	select {
	case <-refused:
	case <-time.After(5 * time.Second):
		before := answers.Load()
		<-time.After(100 * time.Millisecond)
		if answers.Load() > before {
			t.Errorf("Close was called 5s ago and waits for the line that is being written, and Post returns %v, not ErrClosed: it takes no line once Close has been called, not only when all is written", last.Load())
			break
		}
		t.Error("Close waits for the line that is being written, and Post does not return ErrClosed meanwhile: " +
			"it never waits, so neither Close nor the goroutine that writes may hold its lock while it waits")
	}
	close(writing)
	callers.Wait()
}

func TestAClosedWriterThatIsFullSaysThatItIsClosed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(1, d.write, d.fail)
		d.post(w, "a", nil)
		d.post(w, "b", nil)
		var closing sync.WaitGroup
		closing.Go(func() { _ = w.Close(t.Context()) })
		synctest.Wait()
		if err := w.Post("c"); !errors.Is(err, exercise.ErrClosed) {
			t.Errorf("Close has been called and a line still waits: Post returned %s, not ErrClosed", lesson.Quote(err))
		}
		closing.Wait()
		d.check("[a at 0s b at 1s]", "[]")
	})
}

func TestCloseWritesWhatWaits(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(3, d.write, d.fail)
		for _, line := range []string{"a", "b", "c"} {
			d.post(w, line, nil)
		}
		if err := w.Close(endsAfter(t, time.Minute)); err != nil {
			t.Errorf("Close had time to write all, and returned %s", lesson.Quote(err))
		}
		took := time.Since(d.start)
		if d.check("[a at 0s b at 1s c at 2s]", "[]"); took != 3*time.Second && !t.Failed() {
			t.Errorf("three lines take 3s, and Close returned at %v", took)
		}
	})
}

func TestAFailureIsToldBeforeTheNextLineIsWritten(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(2, d.write, func(line string, err error) {
			time.Sleep(time.Second)
			d.fail(line, err)
			if line == "bad a" && len(d.written()) > 1 {
				t.Error("the next line was written while failed was still under way")
			}
		})
		d.post(w, "bad a", nil)
		d.post(w, "bad b", nil)
		_ = w.Close(t.Context())
		d.check("[bad a at 0s bad b at 2s]", "[bad a: disk full bad b: disk full]")
		time.Sleep(time.Minute)
	})
}

func TestAFailureIsToldAndTheWriterGoesOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(3, d.write, d.fail)
		for _, line := range []string{"bad a", "b", "bad c"} {
			d.post(w, line, nil)
		}
		time.Sleep(1500 * time.Millisecond)
		if begun := d.written(); len(begun) < 2 {
			t.Errorf("nothing was written after a line had failed: %q", begun)
		}
		_ = w.Close(t.Context())
		d.check("[bad a at 0s b at 1s bad c at 2s]", "[bad a: disk full bad c: disk full]")
	})
}

func TestNoNumberOfFailuresIsTooMany(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const failures = 120
		var told atomic.Int32
		w := exercise.New(failures, func(context.Context, string) error { time.Sleep(time.Second); return errDisk }, func(string, error) { told.Add(1) })
		for i := range failures {
			if err := w.Post("a"); err != nil {
				t.Fatalf("there is room for %d lines, no write has returned, and Post returned %s for line %d", failures, lesson.Quote(err), i+1)
			}
		}
		time.Sleep((failures + 1) * time.Second)
		again := w.Post("a")
		if err := w.Close(t.Context()); again != nil || err != nil || told.Load() != failures+1 {
			t.Errorf("%d writes failed one after the other, and the Writer goes on, however many fail: the next Post returned %s, failed was told of %d writes, Close returned %s",
				failures, lesson.Quote(again), told.Load(), lesson.Quote(err))
		}
	})
}

func TestEachErrorOfWriteIsToldOnceAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, own := range []error{errDisk, context.Canceled, context.DeadlineExceeded, exercise.ErrClosed} {
			d := newDisk(t, time.Second)
			var told []error
			w := exercise.New(1, func(ctx context.Context, line string) error {
				_ = d.write(ctx, line)
				return own
			}, func(_ string, err error) {
				d.mu.Lock()
				defer d.mu.Unlock()
				told = append(told, err)
			})
			d.post(w, "a", nil)
			_ = w.Close(t.Context())
			d.check("[a at 0s]", "[]")
			d.mu.Lock()
			if len(told) != 1 || told[0] != own { //nolint:errorlint // as it is
				t.Errorf("write returned %q, and failed was told of %q", own, told)
			}
			d.mu.Unlock()
		}
	})
}

func TestAWriteTakesAsLongAsItTakes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, 10*time.Minute)
		w := exercise.New(1, d.write, d.fail)
		d.post(w, "a", nil)
		d.post(w, "b", nil)
		err := w.Close(t.Context())
		d.mu.Lock()
		cause := d.cause
		d.mu.Unlock()
		if took := time.Since(d.start); cause != nil {
			t.Errorf("Close's ctx has no end, and the ctx of a write that takes 10m ended with %q: it ends with Close's ctx and not before", cause)
		} else if err != nil || took != 20*time.Minute {
			t.Errorf("lines a and b take 10m each, Close's ctx has no end, and Close returned %s after %v", lesson.Quote(err), took)
		}
	})
}

func TestALineIsWrittenWhateverItSays(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(4, d.write, d.fail)
		for _, line := range []string{"a", "b", "b", "", " c "} { // the same line twice, an empty one, and one with spaces
			d.post(w, line, nil)
		}
		_ = w.Close(t.Context())
		d.check("[a at 0s b at 1s b at 2s  at 3s  c  at 4s]", "[]")
	})
}

func TestCloseNamesWhatItHadNoTimeFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, c := range []struct {
			limit, takes time.Duration
			begun, fails string
			lost         string
		}{
			{1500 * time.Millisecond, 1600 * time.Millisecond, "[a at 0s b at 1s]", "[b: cut short]", "[c d]"},
			{0, 100 * time.Millisecond, "[a at 0s]", "[a: cut short]", "[b c d]"},
			{3500 * time.Millisecond, 3600 * time.Millisecond, "[a at 0s b at 1s c at 2s d at 3s]", "[d: cut short]", "[]"},
		} {
			d := newDisk(t, time.Second)
			w := exercise.New(3, d.write, d.fail)
			for _, line := range []string{"a", "b", "c", "d"} {
				d.post(w, line, nil)
			}
			err := w.Close(endsAfter(t, c.limit))
			took := time.Since(d.start)
			if !d.calls() {
				return
			}
			lost, ok := errors.AsType[*exercise.LostError](err)
			d.mu.Lock()
			cause := d.cause
			d.mu.Unlock()
			switch {
			case cause == nil:
				t.Errorf("Close's ctx ended at %v, and the ctx of the write under way did not end", c.limit)
			case !errors.Is(cause, errUp):
				t.Errorf("the ctx of write ended with %q, not with the cause of Close's ctx, %q", cause, errUp)
			case c.lost == "[]" && err != nil:
				t.Errorf("write was called for every line, also when ctx ended: Close returns nil, and it returned %s", lesson.Quote(err))
			case c.lost != "[]" && !ok:
				t.Errorf("write was never called for %s, and Close returned %s, not a *LostError", c.lost, lesson.Quote(err))
			case ok && fmt.Sprint(lost.Lines) != c.lost:
				t.Errorf("write was never called for %s, and Close's *LostError names %v", c.lost, lost.Lines)
			case ok && !errors.Is(err, errUp):
				t.Errorf("the Cause of the *LostError is %s, not the cause of Close's ctx, %q", lesson.Quote(lost.Cause), errUp)
			default:
				if d.check(c.begun, c.fails); took != c.takes && !t.Failed() {
					t.Errorf("ctx ended at %v, the write under way needs 100ms more, and Close returned at %v", c.limit, took)
				}
			}
			if t.Failed() {
				return
			}
		}
	})
}

func TestReturnsNilWhenAllIsWrittenThoughCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Minute)
		d.deaf = true
		w := exercise.New(1, d.write, d.fail)
		d.post(w, "a", nil)
		if err := w.Close(endsAfter(t, 500*time.Millisecond)); err != nil {
			t.Errorf("ctx ended at 500ms, the last line was written after 1m, none is lost, and Close returned %s, not nil", lesson.Quote(err))
		}
		d.check("[a at 0s]", "[]")
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errUp)
		if err := exercise.New(1, d.write, d.fail).Close(ended); err != nil {
			t.Errorf("no line was posted, and Close returned %s on a ctx that had ended, not nil", lesson.Quote(err))
		}
	})
}

func TestNoWriteBeginsOnceCtxHasEnded(t *testing.T) {
	for range 30 { // often, because select picks one of two ready cases at random
		lesson.Bubble(t, func(t *testing.T) {
			d := newDisk(t, time.Second)
			d.deaf = true
			w := exercise.New(4, d.write, d.fail)
			for _, line := range []string{"a", "b", "a", "d", "e"} {
				d.post(w, line, nil)
			}
			err := w.Close(endsAfter(t, 500*time.Millisecond))
			if begun := d.written(); len(begun) > 1 {
				t.Fatalf("ctx ended at 500ms, and write was called once more afterwards: %q", begun)
			}
			if lost, ok := errors.AsType[*exercise.LostError](err); !ok {
				t.Fatalf("write was never called for [b a d e], and Close returned %s, not a *LostError", lesson.Quote(err))
			} else if got := fmt.Sprint(lost.Lines); got != "[b a d e]" {
				t.Fatalf("write was called for a, never for [b a d e], whose second line is another one with the same text, and Close's *LostError names %s", got)
			}
		})
	}
}

func TestWriteAndFailedMayPost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		var w *exercise.Writer
		again := func(line string) { _ = w.Post(line) }
		w = exercise.New(3, func(ctx context.Context, line string) error {
			if line == "bad a" {
				again("from write")
			}
			return d.write(ctx, line)
		}, func(line string, err error) {
			d.fail(line, err)
			again("from failed")
		})
		d.post(w, "bad a", nil)
		time.Sleep(time.Minute)
		_ = w.Close(t.Context())
		d.check("[bad a at 0s from write at 1s from failed at 2s]", "[bad a: disk full]")
	})
}

func TestALostErrorNamesEachLine(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(4, d.write, d.fail)
		for _, line := range []string{"a", "b", "b", "c", "b"} {
			d.post(w, line, nil)
		}
		d.post(w, "refused", exercise.ErrFull)
		err := w.Close(endsAfter(t, 0))
		if lost, ok := errors.AsType[*exercise.LostError](err); !ok {
			t.Errorf("write was never called for four lines, and Close returned %s, not a *LostError", lesson.Quote(err))
		} else if slices.Contains(lost.Lines, "refused") {
			t.Error("Post returned ErrFull for a line, which is its caller's then, and Close's *LostError names that line as well")
		} else if got, want := fmt.Sprint(lost.Lines), "[b b c b]"; got != want {
			t.Errorf("write was never called for %s, three of which are equal, and Close's *LostError names %s", want, got)
		}
	})
}

func TestTwoWritersDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		second := make(chan struct{})
		failed := func(string, error) {}
		a := exercise.New(1, func(context.Context, string) error {
			lesson.Log(t).With("task", "writer a").Info("waits for the write of writer b", lesson.Waiting)
			<-second
			return nil
		}, failed)
		b := exercise.New(1, func(context.Context, string) error {
			lesson.Log(t).With("task", "writer b").Info("writes")
			close(second)
			return nil
		}, failed)
		if err := a.Post("line"); err != nil {
			t.Fatalf("Post returned %s", lesson.Quote(err))
		}
		synctest.Wait()
		if err := b.Post("line"); err != nil {
			t.Fatalf("Post returned %s", lesson.Quote(err))
		}
		_, _ = a.Close(t.Context()), b.Close(t.Context())
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx := lesson.Context(t)
		d := newDisk(t, time.Second)
		w := exercise.New(1, d.write, d.fail)
		d.post(w, "a", nil)
		_ = w.Close(ctx)
		lesson.NothingLeft(t, "Close has returned")
	})
}

func TestTheContextOfWriteHasEndedWhenCloseReturns(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var given context.Context
		w := exercise.New(1, func(ctx context.Context, _ string) error {
			given = ctx //nolint:fatcontext // the test looks at it when Close has returned
			return nil
		}, func(string, error) {})
		_ = w.Post("a")
		_ = w.Close(t.Context())
		synctest.Wait()
		if given != nil && given.Err() == nil { // another test asks for the call
			t.Error("Close has returned, and the context that write had is still alive: cancel what New has derived")
		}
	})
}

func TestOneOfTwoPostsGetsTheLastRoom(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		d := newDisk(t, time.Second)
		w := exercise.New(1, d.write, d.fail)
		d.post(w, "a", nil) // is being written
		var errs [2]error
		lesson.Together(2, func(i int) { errs[i] = w.Post(fmt.Sprint("line ", i)) })()
		_ = w.Close(t.Context())
		switch refused := errors.Join(errs[:]...); {
		case refused == nil:
			t.Fatal("there was room for one line, two goroutines called Post at once, and Post took both lines: between its look and its act another Post got in")
		case !errors.Is(refused, exercise.ErrFull) || errs[0] != nil && errs[1] != nil:
			t.Fatalf("there was room for one line, and two goroutines called Post at once: it returned %s and %s, not nil and ErrFull", lesson.Quote(errs[0]), lesson.Quote(errs[1]))
		}
	})
}

func TestALineThatComesAsTheGoroutineComesToRestIsWritten(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		var begun atomic.Int64
		w := exercise.New(1, func(context.Context, string) error { begun.Add(1); return nil }, func(string, error) {})
		for lines := int64(2); lines <= 40; lines += 2 {
			_ = w.Post("the first")
			for spins := 0; begun.Load() < lines-1 && spins < 1_000_000; spins++ {
				if spins > 1000 { // there may be one processor
					runtime.Gosched()
				}
			}
			_ = w.Post("the second")
			synctest.Wait()
			if n := begun.Load(); n < lines {
				t.Fatalf("a line was posted while the one before it was written, and all is at rest, but %d of %d lines were written: the goroutine looked before the line came,"+
					" and waits for a wake-up that came before it listened", n, lines)
			}
		}
		_ = w.Close(t.Context())
	})
}

// Several goroutines post while another closes: what Post took is written, the rest is refused.
func TestPostAndCloseAtTheSameTime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0)))) // on one alone they would hardly ever meet
	var over atomic.Bool
	time.AfterFunc(300*time.Millisecond, func() { over.Store(true) }) // outside of the bubble: real time
	lesson.Bubble(t, func(t *testing.T) {
		for round := 0; !over.Load(); round++ {
			d := newDisk(t, 0)
			w := exercise.New(4, d.write, d.fail)
			var posters sync.WaitGroup
			var posts atomic.Int64
			taken := make([][]string, 4)
			wrong := make([]any, len(taken))
			for p := range taken {
				posters.Go(func() {
					defer func() { wrong[p] = recover() }()
					for n := range 50 {
						line := fmt.Sprint(p, ".", n)
						err := w.Post(line)
						posts.Add(1)
						if errors.Is(err, exercise.ErrClosed) {
							return
						} else if err == nil {
							taken[p] = append(taken[p], line)
						}
					}
				})
			}
			for posts.Load() < int64(20+round%20) {
				runtime.Gosched()
			}
			_ = w.Close(t.Context())
			posters.Wait()
			begun := d.written()
			for p, v := range wrong {
				if v != nil {
					t.Fatalf("Post panicked while Close ran: %v", v)
				}
				for _, line := range taken[p] {
					if !slices.Contains(begun, line+" at 0s") {
						t.Fatalf("line %s was lost in silence: Post took it while Close ran, and it was never written", line)
					}
				}
			}
		}
	})
}
