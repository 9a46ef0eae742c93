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

// A disk takes a while for each line, and leaves off when ctx ends. It fails on lines that begin with "bad".
type disk struct {
	takes time.Duration
	start time.Time

	mu      sync.Mutex
	busy    int
	begun   []string // each line that write was called with, and when
	failed  []string
	overlap bool
	late    bool  // write was called on a ctx that had ended
	cause   error // of the ctx that ended in mid-write
}

func newDisk(takes time.Duration) *disk { return &disk{takes: takes, start: time.Now()} }

func (d *disk) write(ctx context.Context, line string) error {
	d.mu.Lock()
	d.busy++
	d.overlap = d.overlap || d.busy > 1
	d.late = d.late || ctx.Err() != nil
	d.begun = append(d.begun, fmt.Sprintf("%s at %v", line, time.Since(d.start)))
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.busy--
		d.mu.Unlock()
	}()
	if d.takes > 0 {
		select {
		case <-time.After(d.takes):
		case <-ctx.Done():
			time.Sleep(100 * time.Millisecond) // it has to put the disk in order
			d.cause = context.Cause(ctx)
			return errShort
		}
	}
	if strings.HasPrefix(line, "bad") {
		return errDisk
	}
	return nil
}

func (d *disk) fail(line string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = append(d.failed, fmt.Sprintf("%s: %v", line, err))
}

// post posts and says what is wrong with an answer that is not want. It waits until all have done what they can do.
func post(t *testing.T, w *exercise.Writer, line string, want error) {
	t.Helper()
	start := time.Now()
	err := w.Post(line)
	if took := time.Since(start); took > 0 {
		t.Fatalf("Post waited %v for room: its caller stands still", took)
	}
	switch {
	case err == nil && want != nil:
		t.Errorf("Post took %s, where %q is due: the line waits elsewhere, or was lost in silence", line, want)
	case !errors.Is(err, want):
		t.Errorf("Post(%s) returned %v, where %v is due", line, err, want)
	}
	synctest.Wait()
}

// check compares what was written and what failed.
func (d *disk) check(t *testing.T, begun, failed string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.busy > 0:
		t.Errorf("Close returned while a line was still being written")
	case d.overlap:
		t.Errorf("write was called while another call was under way: %v", d.begun)
	case d.late:
		t.Errorf("write was called on a ctx that had ended: %v", d.begun)
	case fmt.Sprint(d.begun) != begun:
		t.Errorf("the lines were to be written as %v, but were as %v: the others were lost, or came at another time", begun, d.begun)
	case fmt.Sprint(d.failed) != failed:
		t.Errorf("failed was to be told of %v, but was told of %v", failed, d.failed)
	}
}

func TestPostNeverWaitsAndRefusesWhatHasNoRoom(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(time.Second)
		w := exercise.New(2, d.write, d.fail)
		post(t, w, "a", nil) // is being written
		post(t, w, "b", nil)
		post(t, w, "c", nil)
		post(t, w, "d", exercise.ErrFull)
		time.Sleep(1500 * time.Millisecond)
		post(t, w, "e", nil) // there is room again
		post(t, w, "f", exercise.ErrFull)
		if err := w.Close(t.Context()); err != nil {
			t.Errorf("Close had time to write all, and returned %v", err)
		}
		d.check(t, "[a at 0s b at 1s c at 2s e at 3s]", "[]")
		post(t, w, "g", exercise.ErrClosed)
	})
}

func TestCloseWritesWhatWaits(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(time.Second)
		w := exercise.New(3, d.write, d.fail)
		for _, line := range []string{"a", "b", "c"} {
			post(t, w, line, nil)
		}
		if err := w.Close(endsAfter(t, time.Minute)); err != nil {
			t.Errorf("Close had time to write all, and returned %v", err)
		}
		if took := time.Since(d.start); took != 3*time.Second {
			t.Errorf("three lines take 3s, and Close returned at %v: what waited was lost in silence, or written otherwise than one by one", took)
		}
		d.check(t, "[a at 0s b at 1s c at 2s]", "[]")
	})
}

func TestAFailureIsToldAndTheWriterGoesOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDisk(time.Second)
		w := exercise.New(3, d.write, d.fail)
		for _, line := range []string{"bad a", "b", "bad c"} {
			post(t, w, line, nil)
		}
		time.Sleep(1500 * time.Millisecond)
		d.mu.Lock()
		if len(d.begun) < 2 {
			t.Errorf("nothing was written after a line had failed: %v", d.begun)
		}
		d.mu.Unlock()
		_ = w.Close(t.Context())
		d.check(t, "[bad a at 0s b at 1s bad c at 2s]", "[bad a: disk full bad c: disk full]")
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
			d := newDisk(time.Second)
			w := exercise.New(3, d.write, d.fail)
			for _, line := range []string{"a", "b", "c", "d"} {
				post(t, w, line, nil)
			}
			err := w.Close(endsAfter(t, c.limit))
			took := time.Since(d.start)
			d.check(t, c.begun, c.fails)
			if t.Failed() {
				return
			}
			if took != c.takes {
				t.Errorf("ctx ended at %v, the write under way needs 100ms more, and Close returned at %v", c.limit, took)
			}
			if !errors.Is(d.cause, errUp) {
				t.Errorf("the ctx of write ended with %v, not with the cause of Close's ctx: %v", d.cause, errUp)
			}
			lost, ok := errors.AsType[*exercise.LostError](err)
			switch {
			case ok != (c.lost != "[]"):
				t.Errorf("never written: %s; but Close returned %v", c.lost, err)
			case ok && (fmt.Sprint(lost.Lines) != c.lost || !errors.Is(err, errUp)):
				t.Errorf("never written: %s, as %v; but Close named %v, as %v", c.lost, errUp, lost.Lines, lost.Cause)
			}
		}
	})
}

// Many post while one closes: what Post took is written, the rest is refused.
func TestPostAndCloseAtTheSameTime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0)))) // on one alone they would hardly ever meet
	var over atomic.Bool
	time.AfterFunc(300*time.Millisecond, func() { over.Store(true) }) // outside of the bubble: real time
	lesson.Bubble(t, func(t *testing.T) {
		for round := 0; !over.Load(); round++ {
			d := newDisk(0)
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
			for p, v := range wrong {
				if v != nil {
					t.Fatalf("Post panicked while Close ran: %v", v)
				}
				for _, line := range taken[p] {
					if !slices.Contains(d.begun, line+" at 0s") {
						t.Fatalf("line %s was lost in silence: Post took it while Close ran, and nobody wrote it", line)
					}
				}
			}
		}
	})
}
