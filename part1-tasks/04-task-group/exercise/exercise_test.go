//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/04-task-group/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	hedge = time.Second
	long  = 10 * time.Second // longer than any of these tests wants to wait
	ms    = time.Millisecond
)

var (
	errStopped = errors.New("the user has left")
	errRefused = errors.New("connection refused")
	errMissing = errors.New("file not found")
)

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

// A mirror is how a call of get goes.
type mirror struct {
	takes   time.Duration // then it answers, or fails
	fails   error
	cleanUp time.Duration // how long the call goes on when its ctx has ended
	deaf    bool          // the call never looks at its ctx
	file    string        // "empty", "nil" or, most often, a text; each is a good answer
}

// A network has the mirrors A, B, C …; its get is what Fetch is to call, and
// notes what happens.
type network struct {
	t       *testing.T
	mirrors []mirror
	start   time.Time

	mu      sync.Mutex // guards what follows
	asked   map[string]time.Duration
	busy    []string         // names of the mirrors whose call is under way
	causes  map[string]error // why the call's ctx ended
	twice   string           // the first mirror that was asked twice
	tooLate string           // the first mirror that was asked when ctx had ended
	why     error            // why it had ended
}

func newNetwork(t *testing.T, mirrors ...mirror) *network {
	t.Helper()
	return &network{t: t, mirrors: mirrors, start: time.Now(), asked: make(map[string]time.Duration), causes: make(map[string]error)}
}

func (n *network) names() []string {
	names := make([]string, len(n.mirrors))
	for i := range names {
		names[i] = "mirror " + string(rune('A'+i))
	}
	return names
}

func (n *network) get(ctx context.Context, name string) (file []byte, err error) {
	log := lesson.Log(n.t).With("task", strings.TrimPrefix(name, "mirror "))
	log.Info("is asked", lesson.Waiting)
	defer func() { log.Info("answers with " + lesson.Quote(err)) }()
	m := n.mirrors[name[len(name)-1]-'A']
	n.note(func() {
		if _, before := n.asked[name]; before && n.twice == "" {
			n.twice = name
		}
		n.asked[name] = time.Since(n.start)
		n.busy = append(n.busy, name)
		if ctx.Err() != nil && n.tooLate == "" {
			n.tooLate, n.why = name, context.Cause(ctx)
		}
	})
	defer n.note(func() { n.busy = slices.DeleteFunc(n.busy, func(busy string) bool { return busy == name }) })

	done := ctx.Done()
	if m.deaf {
		done = nil
	}
	select {
	case <-time.After(m.takes):
	case <-done:
		n.note(func() { n.causes[name] = context.Cause(ctx) })
		time.Sleep(m.cleanUp)
		return []byte("half a file"), ctx.Err()
	}
	if m.fails != nil {
		return []byte("half a file"), m.fails
	}
	switch m.file {
	case "empty":
		return []byte{}, nil
	case "nil":
		return nil, nil
	}
	return []byte("the file of " + name), nil
}

func (n *network) note(what func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	what()
}

// fetch runs Fetch and checks what must hold however it ends.
func (n *network) fetch(ctx context.Context) (file string, took time.Duration, err error) {
	n.t.Helper()
	log := lesson.Log(n.t).With("task", "Fetch")
	log.Info("is called", lesson.Waiting)
	mirrors := n.names()
	got, err := exercise.Fetch(ctx, mirrors, hedge, n.get)
	log.Info(fmt.Sprintf("returns %q, %s", got, lesson.Quote(err)))
	took = time.Since(n.start)
	if want := n.names(); !slices.Equal(mirrors, want) {
		n.t.Errorf("Fetch changed the slice of its caller from %q to %q", want, mirrors)
	}
	n.note(func() {
		if len(n.busy) > 0 {
			n.t.Errorf("Fetch returned after %v and left %s at work: it must wait for the calls that lost", took, strings.Join(n.busy, ", "))
		}
		if n.twice != "" {
			n.t.Errorf("%s was asked twice", n.twice)
		}
		switch {
		case n.tooLate != "" && errors.Is(n.why, exercise.ErrLost):
			n.t.Errorf("%s was asked at %v, when another mirror had answered: a call that is cancelled returns an error, and that error brings in no mirror",
				n.tooLate, n.asked[n.tooLate])
		case n.tooLate != "":
			n.t.Errorf("%s was asked at %v with a ctx that had ended", n.tooLate, n.asked[n.tooLate])
		}
	})
	return string(got), took, err
}

// cause says why the ctx of a mirror's call ended.
func (n *network) cause(name string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.causes[name]
}

// when says which mirror was asked when.
func (n *network) when() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var times []string
	for _, name := range slices.Sorted(maps.Keys(n.asked)) {
		times = append(times, fmt.Sprintf("%s %v", strings.TrimPrefix(name, "mirror "), n.asked[name]))
	}
	return strings.Join(times, ", ")
}

// won fails the test unless this mirror's file came out, at this time.
func (n *network) won(name string, at time.Duration, file string, took time.Duration, err error) {
	n.t.Helper()
	switch {
	case err != nil:
		n.t.Errorf("%s had a good answer at %v and Fetch returned the error %q", name, at, err)
	case file != "the file of "+name:
		n.t.Errorf("%s gave the first good answer, at %v, and Fetch returned %q", name, at, file)
	case took != at:
		n.t.Errorf("%s gave the first good answer and all was over at %v, but Fetch returned at %v", name, at, took)
	}
}

func TestAsksNoOtherMirrorIfTheFirstAnswersInTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 500 * ms}, mirror{takes: long}, mirror{takes: long})
		file, took, err := n.fetch(t.Context())
		if got := n.when(); got != "A 0s" {
			t.Errorf("A answered within hedge, so no other mirror is to be asked; asked were: %s", got)
		}
		n.won("mirror A", 500*ms, file, took, err)
		time.Sleep(long)
		if got := n.when(); got != "A 0s" && !t.Failed() {
			t.Errorf("Fetch returned at %v and went on to ask mirrors afterwards: %s; a timer that it has started must be stopped", took, got)
		}
	})
}

func TestAsksTheNextOneEachTimeHedgeHasPassed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: long}, mirror{takes: long}, mirror{takes: 500 * ms}, mirror{takes: long})
		file, took, err := n.fetch(t.Context())
		if got := n.when(); got != "A 0s, B 1s, C 2s" {
			t.Errorf("no mirror answers at first, so one more is to be asked each second: A 0s, B 1s, C 2s; asked were: %s", got)
		}
		n.won("mirror C", 2500*ms, file, took, err)
	})
}

func TestHedgeMayBeShort(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var asked time.Duration
		_, _ = exercise.Fetch(t.Context(), []string{"mirror A", "mirror B"}, 100*time.Nanosecond, func(ctx context.Context, name string) ([]byte, error) {
			if name == "mirror B" {
				asked = time.Since(start)
				return []byte("a file"), nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(long):
			}
			return nil, errRefused
		})
		if asked != 100*time.Nanosecond {
			t.Errorf("hedge is 100ns, mirror A is slow, and mirror B was asked at %v, not at 100ns: Fetch takes hedge as it is", asked)
		}
	})
}

func TestASlowMirrorMayStillBeTheFirst(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 2200 * ms}, mirror{takes: long}, mirror{takes: long})
		file, took, err := n.fetch(t.Context())
		if cause := n.cause("mirror A"); cause != nil {
			t.Errorf("mirror A was cancelled (%v) when it was merely slower than hedge: no mirror had answered yet", cause)
			return
		}
		n.won("mirror A", 2200*ms, file, took, err)
	})
}

func TestAFailureIsNoAnswerAndBringsInTheNextAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 300 * ms, fails: errRefused}, mirror{takes: 500 * ms}, mirror{takes: long})
		file, took, err := n.fetch(t.Context())
		if err != nil {
			t.Errorf("mirror A failed, mirror B had the file, and Fetch returned A's error: %q", err)
			return
		}
		if file == "half a file" {
			t.Error("mirror A returned half a file and an error, and Fetch returned that half: what stands beside an error is not an answer")
			return
		}
		if got := n.when(); got != "A 0s, B 300ms" {
			t.Errorf("mirror A failed at 300ms, so B is to be asked at once; asked were: %s", got)
		}
		n.won("mirror B", 800*ms, file, took, err)
	})
}

func TestEachFailureBringsInOneMoreAndHedgeCountsAnew(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 1400 * ms, fails: errRefused}, mirror{takes: long}, mirror{takes: long}, mirror{takes: 300 * ms})
		file, took, err := n.fetch(t.Context())
		if got := n.when(); got != "A 0s, B 1s, C 1.4s, D 2.4s" {
			t.Errorf("mirror A failed at 1.4s, after B was asked; so C is to be asked at 1.4s and D one hedge later, at 2.4s; asked were: %s", got)
		}
		n.won("mirror D", 2700*ms, file, took, err)
	})
}

func TestTwoFailuresAtOneInstantBringInTwo(t *testing.T) {
	for range 30 {
		lesson.Bubble(t, func(t *testing.T) {
			n := newNetwork(t, // the first five fail at 4.5s, all of them
				mirror{takes: 4500 * ms, fails: errRefused}, mirror{takes: 3500 * ms, fails: errRefused}, mirror{takes: 2500 * ms, fails: errRefused},
				mirror{takes: 1500 * ms, fails: errRefused}, mirror{takes: 500 * ms, fails: errRefused},
				mirror{takes: long}, mirror{takes: long}, mirror{takes: long}, mirror{takes: long}, mirror{takes: 300 * ms})
			file, took, err := n.fetch(lesson.Yields(t.Context()))
			if got := n.when(); got != "A 0s, B 1s, C 2s, D 3s, E 4s, F 4.5s, G 4.5s, H 4.5s, I 4.5s, J 4.5s" {
				t.Errorf("five mirrors failed at 4.5s, at the same instant, and each failure brings in one more, so F to J are to be asked at 4.5s;"+
					" asked were: %s", got)
				return
			}
			n.won("mirror J", 4800*ms, file, took, err)
		})
		if t.Failed() {
			return
		}
	}
}

func TestAnEmptyFileIsAGoodAnswer(t *testing.T) {
	for _, file := range []string{"empty", "nil"} {
		lesson.Bubble(t, func(t *testing.T) {
			n := newNetwork(t, mirror{takes: 500 * ms, file: file}, mirror{takes: long})
			if got, took, err := n.fetch(t.Context()); got != "" || took != 500*ms || err != nil {
				t.Errorf("mirror A had no error and no byte at 500ms (its slice was %s), which is a good answer: an empty file;"+
					" and Fetch returned %q, %s, at %v", file, got, lesson.Quote(err), took)
			}
		})
	}
}

func TestTheCallsThatLostLearnWhyAndAreWaitedFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: long, cleanUp: 200 * ms}, mirror{takes: long, cleanUp: 700 * ms}, mirror{takes: 500 * ms})
		file, took, err := n.fetch(t.Context())
		n.won("mirror C", 3200*ms, file, took, err) // 2.5 s, and B's clean-up
		for _, name := range []string{"mirror A", "mirror B"} {
			if cause := n.cause(name); !t.Failed() && !errors.Is(cause, exercise.ErrLost) {
				t.Errorf("%s lost, and the cause of its ctx is %q, not ErrLost", name, cause)
			}
		}
	})
}

func TestWhatALoserReturnsDoesNotMatter(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 1900 * ms, deaf: true}, mirror{takes: 500 * ms}, mirror{})
		file, _, err := n.fetch(t.Context())
		if file != "the file of mirror B" || err != nil {
			t.Errorf("mirror B was first, at 1.5s; mirror A did not listen and had its file at 1.9s; Fetch returned the loser's: %q and %s", file, lesson.Quote(err))
		}
		if got := n.when(); got != "A 0s, B 1s" {
			t.Errorf("mirror B had answered at 1.5s, and no mirror is to be asked after that; asked were: %s", got)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 1900 * ms, fails: errRefused, deaf: true}, mirror{takes: 500 * ms}, mirror{})
		file, _, err := n.fetch(t.Context())
		if file != "the file of mirror B" || err != nil {
			t.Errorf("mirror B was first, at 1.5s; mirror A failed at 1.9s, when all was over; Fetch returned %q and %s", file, lesson.Quote(err))
		}
		if got := n.when(); got != "A 0s, B 1s" {
			t.Errorf("mirror A failed when B had answered, and that brings in no other mirror; asked were: %s", got)
		}
	})
	lesson.Bubble(t, func(t *testing.T) { // however long it takes: fetch looks whether a call is under way
		_, _, _ = newNetwork(t, mirror{takes: 24 * time.Hour, deaf: true}, mirror{takes: 500 * ms}).fetch(t.Context())
	})
}

func TestIfAllFailEachErrorIsThereWithItsMirror(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 1500 * ms, fails: errRefused}, mirror{takes: 2 * time.Second, fails: errMissing}, mirror{takes: 100 * ms, fails: errRefused})
		file, took, err := n.fetch(t.Context())
		if err == nil {
			t.Fatalf("all mirrors failed and Fetch returned %q without an error", file)
		}
		for _, want := range []string{"mirror A: connection refused", "mirror B: file not found", "mirror C: connection refused"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("all mirrors failed, and the error does not say %q; it says %q", want, err)
				break
			}
		}
		if !t.Failed() && (!errors.Is(err, errRefused) || !errors.Is(err, errMissing)) {
			t.Errorf("the error names all failures, but errors.Is does not find them: wrap them with %%w: %q", err)
		}
		if !t.Failed() && took != 3*time.Second {
			t.Errorf("the last mirror failed at 3s, and Fetch returned at %v", took)
		}
		if a, b, c := strings.Index(err.Error(), "mirror A"), strings.Index(err.Error(), "mirror B"), strings.Index(err.Error(), "mirror C"); !t.Failed() && (a > c || c > b) {
			t.Errorf("A failed at 1.5s, C at 1.6s and B at 3s, and the errors are to be joined in the order in which the calls failed; the error says %q", err)
		}
	})
}

func TestAnErrorThatNamesTheMirrorItselfIsWrappedAsWell(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		its := fmt.Errorf("mirror A: %w", errRefused)
		_, _, err := newNetwork(t, mirror{takes: 100 * ms, fails: its}, mirror{takes: 100 * ms, fails: errMissing}).fetch(t.Context())
		if want := "mirror A: " + its.Error(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("mirror A failed with %q, which begins with its name, and Fetch returned %s: wrap each error, whatever its text: %q", its, lesson.Quote(err), want)
		}
	})
}

func TestTheNameOfAMirrorMayBeAnAddress(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const name = "https://mirror.example/a%20file"
		_, err := exercise.Fetch(t.Context(), []string{name}, hedge, func(context.Context, string) ([]byte, error) {
			return nil, errRefused
		})
		if want := name + ": " + errRefused.Error(); err == nil || err.Error() != want || !errors.Is(err, errRefused) {
			t.Errorf("the mirror %q failed with %q, and Fetch returned %s, not %q, which wraps the error: a name is no format for fmt.Errorf", name, errRefused, lesson.Quote(err), want)
		}
	})
}

// Whether Fetch asks the second one is its own affair.
func TestOfTwoMirrorsWithOneNameEachMayLose(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		var calls atomic.Int32
		_, _ = exercise.Fetch(t.Context(), []string{"mirror A", "mirror A"}, hedge, func(ctx context.Context, _ string) ([]byte, error) {
			if calls.Add(1) == 2 {
				return []byte("a file"), nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(long):
			}
			return nil, errRefused
		})
		if took := time.Since(start); calls.Load() == 2 && took != hedge {
			t.Errorf("two mirrors have one name, the second one answered at 1s, and Fetch returned at %v:"+
				" the call of the first one was not told to stop; keep what belongs to a call by its number, not by the name of its mirror", took)
		}
	})
}

func TestATimeoutOfAMirrorIsAFailureLikeAnyOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errDial := fmt.Errorf("dial: %w", context.DeadlineExceeded)
		n := newNetwork(t, mirror{takes: 100 * ms, fails: errDial}, mirror{takes: 100 * ms, fails: context.Canceled}, mirror{takes: 100 * ms, fails: errRefused})
		file, _, err := n.fetch(t.Context())
		if !errors.Is(err, errDial) || !errors.Is(err, context.Canceled) || !errors.Is(err, errRefused) {
			t.Errorf("ctx is alive, and mirror A failed with %q, mirror B with %q, mirror C with %q; Fetch returned %q and %s:"+
				" whether a call was cancelled is a question for ctx, not for the error", errDial, context.Canceled, errRefused, file, lesson.Quote(err))
		}
	})
}

func TestManyMirrorsMayLoseAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		mirrors := make([]string, 300)
		for i := range mirrors {
			mirrors[i] = fmt.Sprint("mirror ", i+1)
		}
		file, err := exercise.Fetch(t.Context(), mirrors, ms, func(ctx context.Context, name string) ([]byte, error) {
			if name != "mirror 300" {
				<-ctx.Done()
			}
			return []byte(name), ctx.Err()
		})
		if string(file) != "mirror 300" || err != nil {
			t.Errorf("299 mirrors are slow and mirror 300 had the file at once; Fetch returned %q and %s", file, lesson.Quote(err))
		}
	})
}

func TestTwoFetchesDoNotDisturbEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		refused := newNetwork(t, mirror{takes: 400 * ms, fails: errRefused}, mirror{takes: 400 * ms, fails: errRefused})
		missing := newNetwork(t, mirror{takes: 500 * ms, fails: errMissing}, mirror{takes: 500 * ms, fails: errMissing})
		var both sync.WaitGroup
		var file1, file2 string
		var err1, err2 error
		both.Go(func() { file1, _, err1 = refused.fetch(t.Context()) })
		both.Go(func() { file2, _, err2 = missing.fetch(t.Context()) })
		both.Wait()
		const one, two = "mirror A: connection refused\nmirror B: connection refused", "mirror A: file not found\nmirror B: file not found"
		if err1 == nil || err2 == nil || err1.Error() != one || err2.Error() != two {
			t.Errorf("Fetch was called twice, each time for two mirrors that fail, the first two with %q, the other two with %q;"+
				" and it returned %q and %s, and %q and %s", errRefused, errMissing, file1, lesson.Quote(err1), file2, lesson.Quote(err2))
		}
	})
}

func TestAnEndedCtxEndsTheCallsAndComesOutAsItsCause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: long, cleanUp: 300 * ms}, mirror{takes: long}, mirror{takes: 100 * ms})
		_, took, err := n.fetch(endsAfter(t, 1500*ms))
		if took != 1800*ms {
			t.Errorf("ctx ended at 1.5s, the last call had cleaned up at 1.8s, and Fetch returned at %v", took)
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("ctx ended, and Fetch returned %s, not context.Cause(ctx): %q", lesson.Quote(err), errStopped)
		}
	})
}

func TestAFetchInsideACallOfAnotherOneMayLose(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		lost, cancel := context.WithTimeoutCause(t.Context(), 500*ms, exercise.ErrLost) // as another Fetch ends the ctx of a call
		defer cancel()
		file, _, err := newNetwork(t, mirror{takes: long}).fetch(lost)
		if !errors.Is(err, exercise.ErrLost) {
			why := "it waits for the calls, but what they return then does not matter"
			if err == nil && file == "" {
				why = "ErrLost does not say whose it is"
			}
			t.Errorf("ctx ended with the ErrLost of a Fetch further out, no mirror had answered, and Fetch returned %q and %s, not context.Cause(ctx): %s",
				file, lesson.Quote(err), why)
		}
	})
}

func TestAsksNoMirrorOnceCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		n := newNetwork(t, mirror{}, mirror{})
		if _, _, err := n.fetch(ended); !errors.Is(err, errStopped) {
			t.Errorf("on a ctx that has ended, Fetch returned %s, not its cause, %q", lesson.Quote(err), errStopped)
		}

		// ctx ends and, for that reason, the call fails at the same instant;
		// often, because select picks one of two ready cases at random.
		for i := 0; i < 30 && !t.Failed(); i++ {
			n := newNetwork(t, mirror{takes: long}, mirror{takes: long})
			if _, _, err := n.fetch(endsAfter(t, 500*ms)); !errors.Is(err, errStopped) {
				t.Errorf("ctx ended, the call with it, and Fetch returned %s, not context.Cause(ctx): %q", lesson.Quote(err), errStopped)
			}
		}
	})
}

func TestAnAnswerAfterTheEndOfCtxComesTooLate(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		n := newNetwork(t, mirror{takes: 900 * ms, deaf: true})
		file, took, err := n.fetch(endsAfter(t, 500*ms))
		if !errors.Is(err, errStopped) || took != 900*ms {
			t.Errorf("ctx ended at 500ms, mirror A did not look at it and had its file at 900ms, and Fetch returned %q and %s, at %v,"+
				" not the cause of ctx, %q, at 900ms", file, lesson.Quote(err), took, errStopped)
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	for _, fails := range []error{nil, errRefused} {
		lesson.Bubble(t, func(t *testing.T) {
			_, _, _ = newNetwork(t, mirror{takes: 1500 * ms, fails: fails}, mirror{takes: 900 * ms, fails: fails}).fetch(lesson.Context(t))
			lesson.NothingLeft(t, "Fetch has returned")
		})
	}
}

func TestACallGetsTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		ctx := context.WithValue(t.Context(), key{}, "request 7")
		_, _ = exercise.Fetch(ctx, []string{"mirror A"}, hedge, func(ctx context.Context, _ string) ([]byte, error) {
			if ctx.Value(key{}) != "request 7" {
				t.Error("the ctx of a call of get has not the values of ctx: make it from ctx")
			}
			return nil, nil
		})
	})
}

func TestWithoutMirrorsThereIsAnError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, none := range [][]string{nil, {}} {
			if file, err := exercise.Fetch(t.Context(), none, hedge, newNetwork(t).get); !errors.Is(err, exercise.ErrNoMirrors) {
				t.Fatalf("without mirrors, Fetch returned %q and %s, not ErrNoMirrors; mirrors is %#v", file, lesson.Quote(err), none)
			}
		}
	})
}
