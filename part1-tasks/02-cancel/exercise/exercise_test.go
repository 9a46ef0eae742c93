//go:build exercise

package exercise_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/02-cancel/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errStopped  = errors.New("the service stops")
	errDiskFull = errors.New("the disk is full")
	errGaveUp   = errors.New("the write was not finished")
	errRefused  = errors.New("the store refuses this call")
)

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(d, func() { cancel(errStopped) })
	t.Cleanup(func() { cancel(nil) })
	return ctx
}

// send returns a channel on which each line comes at its time, "1.5s a", as soon
// as it is taken. At "3s close" it is closed; without such a line after two
// hours, or a Run that never looks at ctx would not end.
func send(t *testing.T, script ...string) <-chan string {
	t.Helper()
	start := time.Now()
	lines := make(chan string)
	ended := t.Context().Done()
	go func() {
		defer close(lines)
		for _, entry := range append(script, "2h close") {
			at, line, _ := strings.Cut(entry, " ")
			wait, err := time.ParseDuration(at)
			if err != nil {
				panic(err)
			}
			select {
			case <-time.After(wait - time.Since(start)):
			case <-ended:
				return
			}
			if line == "close" {
				return
			}
			select {
			case lines <- line:
			case <-ended:
				return
			}
		}
	}()
	return lines
}

// aToF is a channel in which six lines wait to be taken.
func aToF() chan string {
	lines := make(chan string, 6)
	for line := range strings.FieldsSeq("a b c d e f") {
		lines <- line
	}
	return lines
}

// A store is where Write writes to. It notes what was written and when, and like
// any real one it gives up when its context ends.
type store struct {
	t     *testing.T
	takes time.Duration // how long a write takes
	fails int           // the write of this number fails; the first is 1
	with  error         // errDiskFull, if nil

	within time.Duration // of the Batcher, once run has been called

	start time.Time
	busy  atomic.Int32
	over  atomic.Bool // Run has returned
	late  atomic.Bool // and yet Write was called

	mu    sync.Mutex // guards what follows
	notes notes
}

// notes are what a store has noted.
type notes struct {
	calls   int
	began   time.Duration // when the last write did
	got     []string      // every line that Write was given
	written []string      // such as "1.5s: a b", when the write began
	kept    [][]string    // the very slices that Write was given
	cut     string        // the first write that was cut short before Within was over
}

// noted returns what the store has noted so far.
func (s *store) noted() notes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notes
}

func newStore(t *testing.T) *store {
	t.Helper()
	return &store{t: t, start: time.Now()}
}

// run calls Run and tells how long it took. A batch is full with two lines. Then
// it waits, for what Run may have left behind.
func (s *store) run(ctx context.Context, every, within time.Duration, lines <-chan string) (time.Duration, error) {
	log := lesson.Log(s.t).With("task", "Run")
	log.Info("is called", lesson.Waiting)
	s.within = within
	err := exercise.Batcher{Size: 2, Every: every, Within: within, Write: s.write}.Run(ctx, lines)
	log.Info("returns " + lesson.Quote(err))
	took := time.Since(s.start)
	s.over.Store(true)
	if s.busy.Load() > 0 {
		s.complain("Run returned while a Write was still under way")
	}
	time.Sleep(3 * time.Hour)
	if s.late.Load() {
		s.complain("Write was called after Run had returned")
	}
	return took, err
}

func (s *store) write(ctx context.Context, lines []string) error {
	if s.over.Load() {
		s.late.Store(true)
		return errRefused
	}
	if s.busy.Add(1) > 1 {
		s.complain("Write was called while another Write was under way: Run writes one batch at a time")
		s.busy.Add(-1)
		return errRefused
	}
	defer s.busy.Add(-1)
	at := time.Since(s.start)
	if len(lines) == 0 {
		s.complain("Write was called with an empty batch, %v after the start", at)
		return errRefused
	}
	if ctx.Err() != nil {
		s.complain("Write was given a context that had already ended, so that no store would write %v", lines)
		return errRefused
	}
	s.mu.Lock()
	n := &s.notes
	n.calls, n.began = n.calls+1, at
	n.got = append(n.got, lines...)
	n.kept = append(n.kept, lines)
	fails := n.calls == s.fails
	s.mu.Unlock()
	entry := fmt.Sprintf("%v: %s", at, strings.Join(lines, " "))
	log := lesson.Log(s.t).With("task", "Write")
	log.Info("begins with "+strings.Join(lines, " "), lesson.Waiting)
	defer log.Info("ends")
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if took := time.Since(s.start) - at; took < s.within && n.cut == "" {
			n.cut = fmt.Sprintf("the context of the Write that began at %v ended %v later, and Within is %v", at, took, s.within)
		}
		return fmt.Errorf("%w: %w", errGaveUp, ctx.Err())
	}
	if fails {
		return cmp.Or(s.with, errDiskFull)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n.written = append(n.written, entry)
	return nil
}

// complain fails the test, unless it has failed already.
func (s *store) complain(format string, args ...any) {
	s.t.Helper()
	if !s.t.Failed() {
		s.t.Errorf(format, args...)
	}
}

// expect compares what was written: "1.5s: a b, 3s: c".
func (s *store) expect(why, want string) {
	s.t.Helper()
	switch got := strings.Join(s.noted().written, ", "); {
	case got == want:
	case s.noted().cut != "":
		s.complain("%s", s.noted().cut)
	default:
		s.complain("%s, so it is [%s], but what was written is [%s]", why, want, got)
	}
}

func TestWritesABatchWhenItIsFull(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, _ = s.run(t.Context(), time.Hour, time.Second,
			send(t, "100ms a", "200ms b", "300ms c", "400ms d", "1s close"))
		s.expect("two lines make a batch full", "200ms: a b, 400ms: c d")
	})
}

func TestWritesABatchWhenItsFirstLineHasWaitedLongEnough(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, _ = s.run(t.Context(), time.Second, time.Second, send(t, "500ms a", "3.2s b", "6s close"))
		s.expect("a batch is due one second after its first line came", "1.5s: a, 4.2s: b")
	})
}

func TestEachBatchHasATimeOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, _ = s.run(t.Context(), time.Second, time.Second, send(t, "500ms a", "600ms b", "1.2s c", "6s close"))
		s.expect("a and b make a batch full, and c comes at 1.2s and is due one second later", "600ms: a b, 2.2s: c")
	})
}

func TestALineThatEqualsTheOneBeforeIsALine(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, _ = s.run(t.Context(), time.Hour, time.Second, send(t, "100ms a", "200ms a", "300ms b", "500ms close"))
		s.expect("a came twice, and both are lines like any other", "200ms: a a, 500ms: b")
	})
}

func TestABatchMayBeLarge(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const size = 3000
		lines := make(chan string, 2*size)
		for range cap(lines) {
			lines <- "a"
		}
		close(lines)
		var batches []int
		write := func(_ context.Context, lines []string) error {
			batches = append(batches, len(lines))
			return nil
		}
		_ = exercise.Batcher{Size: size, Every: time.Hour, Within: time.Second, Write: write}.Run(t.Context(), lines)
		if got := fmt.Sprint(batches); got != "[3000 3000]" {
			t.Errorf("6,000 lines were ready, a batch of 3,000 lines is full, and the batches that Run wrote have %v lines, not [3000 3000]: Size is the only size", batches[:min(len(batches), 10)])
		}
	})
}

func TestWritesTheRestWhenLinesIsClosed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, err := s.run(t.Context(), time.Hour, time.Second, send(t, "100ms a", "200ms b", "300ms c", "500ms close"))
		s.expect("lines was closed at 500ms and Run still held c", "200ms: a b, 500ms: c")
		if err != nil {
			s.complain("lines was closed and everything written, and yet Run returned an error: %q", err)
		}
	})
}

func TestNeverWritesAnEmptyBatch(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, _ = newStore(t).run(endsAfter(t, 3500*time.Millisecond), time.Second, time.Second, send(t, "100ms a"))
		_, _ = newStore(t).run(t.Context(), time.Second, time.Second, send(t, "100ms a", "3.5s close"))
	})
}

func TestWritesWhatItHoldsWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = 300 * time.Millisecond
		took, _ := s.run(endsAfter(t, 1500*time.Millisecond), time.Hour, time.Second, send(t, "100ms a"))
		if s.noted().calls == 0 {
			s.complain("Run held a when ctx ended, and a is lost: it was never written")
		}
		if took != 1800*time.Millisecond {
			s.complain("ctx ended at 1.5s and the last write took 0.3s, so that Run returns at 1.8s, but it returned at %v", took)
		}
		s.expect("ctx ended at 1.5s and Run still held a", "1.5s: a")
	})
}

func TestReturnsTheCauseOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		took, err := s.run(endsAfter(t, 1500*time.Millisecond), time.Hour, time.Second, send(t, "100ms a"))
		if !errors.Is(err, errStopped) {
			s.complain("the cause is lost: ctx ended because of %q, and Run returned %v", errStopped, err)
		}
		if took != 1500*time.Millisecond {
			s.complain("ctx ended at 1.5s and Run returned at %v", took)
		}

		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		if _, err := newStore(t).run(ended, time.Hour, time.Second, send(t)); !errors.Is(err, errStopped) {
			s.complain("on a ctx that had ended, Run returned %v, not the cause %q", err, errStopped)
		}
	})
}

func TestReturnsTheErrorOfTheLastWriteAsWell(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.fails = 1
		_, err := s.run(endsAfter(t, 1500*time.Millisecond), time.Hour, time.Second, send(t, "100ms a"))
		if !errors.Is(err, errDiskFull) {
			s.complain("the last Write failed with %q, and Run returned %s: errors.Is does not find that error", errDiskFull, lesson.Quote(err))
		}
		if !errors.Is(err, errStopped) {
			s.complain("the cause is lost: ctx ended because of %q, the last Write failed as well, and Run returned only %v", errStopped, err)
		}
	})
}

func TestErrorsThatCannotBeComparedAreReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(lesson.ListError{"the fan is broken", "the server is hot"}) })
		s := newStore(t)
		s.fails, s.with = 1, lesson.ListError{"the disk is full", "the other disk is full"}
		_, err := s.run(ctx, time.Hour, time.Second, send(t, "100ms a"))
		if _, ok := errors.AsType[lesson.ListError](err); !ok {
			s.complain("ctx ended with a cause of a type that cannot be compared by ==, the last Write failed with an error of this type as well, and Run returned %s", lesson.Quote(err))
		}
	})
}

func TestTheLastWriteHasALimit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = time.Hour
		took, err := s.run(endsAfter(t, 1500*time.Millisecond), time.Hour, time.Second, send(t, "100ms a"))
		if s.noted().calls == 0 {
			s.complain("Run held a when ctx ended, and a is lost: it was never written")
		}
		if n := s.noted().calls; n > 1 {
			s.complain("the last Write failed, and Run called Write %d times, not once", n)
		}
		if began := s.noted().began; began != 1500*time.Millisecond {
			s.complain("ctx ended at 1.5s and Run held a, but wrote it only at %v", began)
		}
		if took > 2500*time.Millisecond {
			s.complain("the last write has no limit, or another than Within: ctx ended at 1.5s, the store hung, Within is 1s, and Run returned at %v", took)
		}
		if took < 2500*time.Millisecond {
			s.complain("ctx ended at 1.5s and the last write may take 1s, but Run returned at %v", took)
		}
		if !errors.Is(err, errStopped) || !errors.Is(err, errGaveUp) {
			s.complain("Run returned %v, which is not both the cause, %q, and the error of the last Write, %q", err, errStopped, errGaveUp)
		}
	})
}

func TestEveryWriteHasALimit(t *testing.T) {
	for _, within := range []time.Duration{time.Second, 20 * time.Minute} {
		lesson.Bubble(t, func(t *testing.T) {
			s := newStore(t)
			s.takes = time.Hour
			took, err := s.run(t.Context(), time.Hour, within, send(t, "100ms a", "200ms b"))
			if want := 200*time.Millisecond + within; took != want {
				s.complain("Write was called at 0.2s and hung; its context ends Within later, %v after the call, so that Run returns at %v, but it returned at %v", within, want, took)
			}
			if !errors.Is(err, errGaveUp) {
				s.complain("a Write failed with %q and Run returned %v", errGaveUp, err)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestWaitsForAWriteThatDoesNotListen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var written atomic.Bool
		b := exercise.Batcher{Size: 2, Every: time.Hour, Within: time.Second, Write: func(context.Context, []string) error {
			time.Sleep(24 * time.Hour)
			written.Store(true)
			return nil
		}}
		_ = b.Run(endsAfter(t, time.Second), send(t, "100ms a", "200ms b"))
		if !written.Load() {
			t.Errorf("Write does not look at its context and takes a day, and Run returned at %v: it must wait for Write, however long that takes", time.Since(start))
		}
	})
}

func TestDoesNotCutAWriteShort(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = 2 * time.Second
		took, err := s.run(endsAfter(t, time.Second), time.Hour, 5*time.Second, send(t, "100ms a", "200ms b"))
		if errors.Is(err, errGaveUp) {
			s.complain("ctx ended while a write was under way and cut it short at %v", took)
		}
		s.expect("a write that began at 0.2s is finished, although ctx ended at 1s", "200ms: a b")
		if took != 2200*time.Millisecond || !errors.Is(err, errStopped) {
			s.complain("ctx ended at 1s, the write under way at 2.2s; then Run returns the cause, %q, but it returned %v at %v", errStopped, err, took)
		}
	})
}

func TestWriteSeesTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		var seen, want []any
		ctx := context.WithValue(endsAfter(t, time.Second), key{}, "trace 7")
		b := exercise.Batcher{Size: 2, Every: time.Hour, Within: time.Second, Write: func(ctx context.Context, _ []string) error {
			seen = append(seen, ctx.Value(key{}))
			want = append(want, "trace 7")
			return nil
		}}
		_ = b.Run(ctx, send(t, "100ms a", "200ms b", "300ms c"))
		if !slices.Equal(seen, want) {
			t.Errorf("ctx carries the value %v, and the writes saw %v: their context does not come from ctx", want[0], seen)
		}
	})
}

func TestABatchIsForWriteToKeep(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		_, _ = s.run(t.Context(), time.Hour, time.Second,
			send(t, "100ms a", "200ms b", "300ms c", "400ms d", "500ms e", "1s close"))
		if got := fmt.Sprint(s.noted().kept); got != "[[a b] [c d] [e]]" {
			s.complain("Write kept its batches [a b] [c d] [e], and later they read %s: Run goes on using a slice that it gave away", got)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		var kept [][]string // guarded by mu
		b := exercise.Batcher{Size: 2, Every: time.Hour, Within: time.Second, Write: func(_ context.Context, batch []string) error {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, append(batch, "end"))
			return nil
		}}
		_ = b.Run(t.Context(), send(t, "100ms a", "200ms b", "300ms c", "400ms d", "500ms e", "1s close"))
		mu.Lock()
		defer mu.Unlock()
		if got := fmt.Sprint(kept); got != "[[a b end] [c d end] [e end]]" && !t.Failed() {
			t.Errorf("Write appended a line to each batch and kept [a b end] [c d end] [e end], and later they read %s:"+
				" the batches are parts of one array, and Run goes on using it behind a batch that it gave away", got)
		}
	})
}

func TestWritesOneBatchAtATime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = 2 * time.Second
		_, _ = s.run(t.Context(), time.Second, time.Minute, send(t, "100ms a", "1.5s b", "1.6s c", "6s close"))
		s.expect("the write of a is due at 1.1s and takes 2s, and nothing is taken until then", "1.1s: a, 3.1s: b c")
	})
}

func TestTakesNothingWhileWriteIsBusy(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = time.Second
		lines := aToF()
		close(lines)
		var left []int
		b := exercise.Batcher{Size: 2, Every: time.Hour, Within: time.Minute, Write: func(ctx context.Context, batch []string) error {
			err := s.write(ctx, batch)
			left = append(left, len(lines))
			return err
		}}
		_ = b.Run(t.Context(), lines)
		s.expect("each write takes a second", "0s: a b, 1s: c d, 2s: e f")
		if got := fmt.Sprint(left); got != "[4 2 0]" {
			s.complain("Run takes lines while Write is busy and so holds more than Size of them: after each write %s were left, not [4 2 0]", got)
		}
	})
}

func TestStopsWhenAWriteFails(t *testing.T) {
	remote := fmt.Errorf("the remote store: %w", context.DeadlineExceeded)
	for _, fails := range []error{errDiskFull, remote} {
		lesson.Bubble(t, func(t *testing.T) {
			s := newStore(t)
			s.fails, s.with = 2, fails
			took, err := s.run(t.Context(), time.Hour, time.Second,
				send(t, "100ms a", "200ms b", "300ms c", "400ms d", "500ms e", "600ms f"))
			if took != 400*time.Millisecond || s.noted().calls != 2 {
				s.complain("the second write failed at 400ms with %q; Run returned at %v, after %d writes", fails, took, s.noted().calls)
			}
			if !errors.Is(err, fails) {
				s.complain("a Write failed with %q and Run returned %s", fails, lesson.Quote(err))
			}
		})
	}
}

func TestTakesNoLineAfterAWriteHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.fails = 1
		lines := aToF()
		_, _ = s.run(endsAfter(t, time.Minute), time.Hour, time.Second, lines)
		if left := len(lines); left != 4 {
			s.complain("the Write of a and b failed, and Run takes no more lines: c d e f stay in the channel, but only %d of them were left", left)
		}
	})
}

func TestReturnsAlthoughLinesKeepComing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.takes = 10 * time.Millisecond
		lines := make(chan string, 10)
		ended := t.Context().Done()
		go func() { // faster than Write
			defer close(lines)
			for range 1000 {
				select {
				case lines <- "a":
				case <-ended:
					return
				}
			}
		}()
		if took, _ := s.run(endsAfter(t, 55*time.Millisecond), time.Hour, time.Second, lines); took > time.Second {
			s.complain("ctx ended at 55ms and Run returned at %v: it goes on for as long as lines come", took)
		}
	})
}

func TestTwoRunsDoNotDisturbEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		first, second := newStore(t), newStore(t)
		first.takes, second.takes = 250*time.Millisecond, 250*time.Millisecond // both write at the same time
		var both sync.WaitGroup
		both.Go(func() {
			_, _ = first.run(t.Context(), time.Hour, time.Second, send(t, "100ms a", "300ms b", "1s close"))
		})
		both.Go(func() {
			_, _ = second.run(t.Context(), time.Hour, time.Second, send(t, "200ms c", "400ms d", "1s close"))
		})
		both.Wait()
		first.expect("of two Runs at once the first one gets a and b", "300ms: a b")
		second.expect("of two Runs at once the second one gets c and d", "400ms: c d")
	})
}

// Often, because select takes either of two cases that are ready.
func TestLosesNoLine(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 30 && !t.Failed(); n++ {
			s := newStore(t)
			s.takes = time.Second
			lines := aToF()
			_, _ = s.run(endsAfter(t, 500*time.Millisecond), time.Hour, time.Minute, lines)
			close(lines)
			for _, batch := range s.noted().kept {
				if len(batch) > 2 {
					s.complain("ctx ended, and Run wrote %v in one batch: a batch is full with two lines, and holds no more", batch)
				}
			}
			all := s.noted().got
			for line := range lines {
				all = append(all, line)
			}
			if got := strings.Join(all, " "); got != "a b c d e f" {
				s.complain("a line is lost when ctx ends: of a b c d e f only %s are written or left in the channel", got)
			}
		}
	})
}

func TestAPanicOfWriteReachesTheCaller(t *testing.T) {
	const text = "Write panics on purpose: Run hands that on to its caller, on the caller's goroutine"
	for _, ours := range []any{text, errors.New(text)} {
		lesson.Bubble(t, func(t *testing.T) {
			defer func() {
				switch p := recover(); {
				case p == ours, p == nil: // nil: the test says what came in its place
				case strings.Contains(fmt.Sprint(p), text):
					t.Errorf("Write panicked, and another panic reached the caller of Run, with %T %q: hand on the value of Write's own", p, fmt.Sprint(p))
				default:
					panic(p)
				}
			}()
			err := exercise.Batcher{Size: 2, Every: time.Second, Within: time.Second, Write: func(context.Context, []string) error {
				panic(ours)
			}}.Run(t.Context(), send(t, "100ms a", "200ms b", "5s close"))
			if ours == text {
				t.Errorf("Write panicked, and Run returned %s: the panic is lost", lesson.Quote(err))
			} else {
				t.Errorf("Write panicked with a value that is an error, and Run returned %s: that is a panic like any other", lesson.Quote(err))
			}
		})
		if t.Failed() {
			return
		}
	}
}

// Here no test waits after Run.
func TestLeavesNothingBehind(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := exercise.Batcher{Size: 2, Every: time.Second, Within: time.Second, Write: newStore(t).write}
		_ = b.Run(endsAfter(t, 500*time.Millisecond), send(t, "100ms a"))
		_ = b.Run(t.Context(), send(t, "100ms a", "200ms b", "500ms close"))
	})
}

func TestTheContextOfAWriteEndsWithIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var writes []context.Context
		write := func(ctx context.Context, _ []string) error {
			writes = append(writes, ctx)
			return nil
		}
		_ = exercise.Batcher{Size: 2, Every: time.Second, Within: time.Hour, Write: write}.Run(t.Context(), send(t, "100ms a", "200ms b", "300ms c", "400ms close"))
		synctest.Wait()
		for i, ctx := range writes {
			if ctx.Err() == nil {
				t.Fatalf("Run has returned, and the context of Write %d is alive: it and its timer stay until Within is over", i+1)
			}
		}
	})
}

func TestTheContextOfAWriteEndsWithItsPanic(t *testing.T) {
	const ours = "Write panics on purpose: Run hands that on to its caller, on the caller's goroutine"
	for _, when := range []struct {
		why    string
		script []string
	}{
		{"its batch was full", []string{"100ms a", "200ms b", "5s close"}},
		{"its batch was due", []string{"100ms a", "5s close"}},
		{"lines was closed", []string{"100ms a", "500ms close"}},
		{"ctx had ended", []string{"1.5s a", "5s close"}},
	} {
		lesson.Bubble(t, func(t *testing.T) {
			var its []context.Context
			defer func() {
				switch p := recover(); p {
				case ours:
					synctest.Wait()
					if its[0].Err() == nil {
						t.Errorf("Write, called because %s, panicked, and its context is still alive, with its timer: a panic skips a cancel that is not deferred", when.why)
					}
				case nil: // TestAPanicOfWriteReachesTheCaller says what came in its place
				default:
					panic(p)
				}
			}()
			_ = exercise.Batcher{Size: 2, Every: time.Second, Within: time.Hour, Write: func(ctx context.Context, _ []string) error {
				its = append(its, ctx)
				panic(ours)
			}}.Run(endsAfter(t, 2*time.Second), send(t, when.script...))
		})
		if t.Failed() {
			return
		}
	}
}

func TestReturnsTheErrorOfTheWriteAfterLinesIsClosed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newStore(t)
		s.fails = 1
		_, err := s.run(t.Context(), time.Hour, time.Second, send(t, "1s a", "2s close"))
		if !errors.Is(err, errDiskFull) {
			t.Errorf("lines was closed, the write of what Run held failed with %q, and Run returned %s: the line is lost and nothing says so", errDiskFull, lesson.Quote(err))
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		lines := make(chan string, 1)
		lines <- "a"
		close(lines)
		_ = exercise.Batcher{Size: 2, Every: time.Second, Within: time.Second, Write: newStore(t).write}.Run(lesson.Context(t), lines)
		lesson.NothingLeft(t, "lines was closed, Run has returned")
	})
}
