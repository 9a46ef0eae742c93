//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/03-http-drain/drain/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errSIGTERM = errors.New("SIGTERM")
	errAccept  = errors.New("accept: too many open files")
	errDoor    = errors.New("close: bad file descriptor")
	errSockets = errors.New("close: three sockets")
)

// A bakery is a server with one request in flight. It notes each call with its time.
type bakery struct {
	t     *testing.T
	start time.Time

	answered time.Duration // when the request has its answer
	fails    time.Duration // when Serve returns errAccept by itself; 0: never
	slow     time.Duration // how long Serve takes to return after Shutdown was called
	lastly   error         // what Serve returns then
	door     error         // what Shutdown returns when the request has its answer
	sockets  error         // what Close returns
	tidies   time.Duration // how long Shutdown takes to return when its ctx has ended

	mu sync.Mutex // guards the below
	record
}

// A record is what a bakery notes.
type record struct {
	calls    []string
	closing  chan struct{} // closed when Shutdown or Close is called
	served   bool          // Serve has returned
	over     bool          // the request has its answer, or was cut off
	cut      time.Duration // when it was cut off
	reported []error
	value    any
	ended    time.Duration // when the ctx of Shutdown ended
}

func newBakery(t *testing.T) *bakery {
	t.Helper()
	return &bakery{t: t, start: time.Now(), lastly: http.ErrServerClosed, record: record{closing: make(chan struct{})}}
}

// seen is what b has noted by now.
func (b *bakery) seen() record {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.record
	r.calls, r.reported = slices.Clone(r.calls), slices.Clone(r.reported)
	return r
}

func (b *bakery) at() time.Duration { return time.Since(b.start) }

// note notes a call, and ends an answer that calls without end.
func (b *bakery) note(call string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = append(b.calls, fmt.Sprint(call, " at ", b.at()))
	lesson.Log(b.t).With("task", "server").Info(call+" is called", lesson.Waiting)
	if len(b.calls) > 20 {
		b.t.Fatalf("Run calls without end: %v", b.calls)
	}
}

func (b *bakery) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.closing:
	default:
		close(b.closing)
	}
}

func (b *bakery) Serve() (err error) {
	b.note("Serve")
	var fails <-chan time.Time
	if b.fails > 0 {
		fails = time.After(b.fails)
	}
	select {
	case <-fails:
		err = errAccept
	case <-b.closing:
		time.Sleep(b.slow)
		err = b.lastly
	}
	lesson.Log(b.t).With("task", "server").Info("Serve returns " + lesson.Quote(err))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.served = true
	return err
}

func (b *bakery) Shutdown(ctx context.Context) error {
	b.note("Shutdown")
	b.stop()
	b.mu.Lock()
	b.value = ctx.Value(key{})
	b.mu.Unlock()
	select {
	case <-time.After(b.answered - b.at()):
		b.end()
		return b.door
	case <-ctx.Done():
		b.mu.Lock()
		b.ended = b.at()
		b.mu.Unlock()
		time.Sleep(b.tidies)
		return context.DeadlineExceeded // however Run ends ctx
	}
}

func (b *bakery) Close() error {
	b.note("Close")
	b.stop()
	if b.end(); b.answered > b.at() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cut = b.at()
	}
	return b.sockets
}

func (b *bakery) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
}

type key struct{}

// run has Run drain the bakery: ctx ends at so long after the start, never if that is 0.
// It fails the test if Run returns too early, and leaves a goroutine or a call for later.
func (b *bakery) run(at, linger, grace time.Duration) (status int) {
	b.t.Helper()
	ctx, sigterm := context.WithCancelCause(context.WithValue(b.t.Context(), key{}, "a value"))
	if at > 0 {
		timer := time.AfterFunc(at, func() {
			lesson.Log(b.t).With("task", "main").Warn("ctx ends")
			sigterm(errSIGTERM)
		})
		defer timer.Stop()
	}
	defer sigterm(nil)
	d := exercise.Drain{NotReady: func() { b.note("NotReady") }, Linger: linger, Grace: grace}
	returned := make(chan int)
	go func() { returned <- exercise.Run(ctx, b, d, b.report) }()
	select {
	case status = <-returned:
	case <-time.After(time.Minute):
		b.stop()
		b.t.Fatalf("Run has not returned after a minute; it called %v", b.seen().calls)
	}
	took, then := b.at(), b.seen()
	switch {
	case !then.over && b.answered > took:
		b.t.Fatalf("Run returned at %v, and a request was still in flight", took)
	case !then.served:
		b.stop()
		b.t.Fatalf("Run returned at %v, and Serve had not returned", took)
	}
	lesson.NothingLeft(b.t, "Run has returned")
	time.Sleep(time.Minute)
	if n, calls := len(then.calls), b.seen().calls; len(calls) > n {
		b.t.Errorf("Run returned at %v, and after that: %v", took, calls[n:])
	}
	if b.seen().reported != nil && then.reported == nil {
		b.t.Errorf("Run returned at %v, and report was called after that: main has ended the program by then, and the failure is lost", took)
	}
	return status
}

func (b *bakery) report(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lesson.Log(b.t).With("task", "report").Error(lesson.Quote(err))
	b.reported = append(b.reported, err)
}

// called asserts which calls there were, and when.
func (b *bakery) called(why string, want ...string) {
	b.t.Helper()
	if got := b.seen().calls; fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%s: Run called %q, and should call %q", why, got, want)
	}
}

// failed asserts the status 1, and one report in which each failure can be found.
func (b *bakery) failed(status int, why string, failures ...error) {
	b.t.Helper()
	if status != 1 {
		b.t.Errorf("%s: the status is %d, not 1", why, status)
	}
	reported := b.seen().reported
	if len(reported) != 1 {
		b.t.Errorf("%s: report was called %d times, not once", why, len(reported))
		return
	}
	for _, err := range failures {
		if !errors.Is(reported[0], err) {
			b.t.Errorf("%s: errors.Is does not find %q in what was reported, %s", why, err, lesson.Quote(reported[0]))
		}
	}
}

// succeeded asserts the status 0, and no report.
func (b *bakery) succeeded(status int) {
	b.t.Helper()
	got := b.seen()
	if got.cut > 0 {
		b.t.Fatalf("the request was cut off at %v, and its answer was due at %v", got.cut, b.answered)
	}
	if len(got.reported) == 1 && errors.Is(got.reported[0], http.ErrServerClosed) {
		b.t.Errorf("Serve returned http.ErrServerClosed because Run had called Shutdown: that is no failure, but the status is %d and %s was reported", status, lesson.Quote(got.reported[0]))
		return
	}
	if status != 0 || len(got.reported) > 0 {
		b.t.Errorf("each request has its answer: the status is %d, reported was %v; want 0 and no report", status, got.reported)
	}
}

func TestReturnsWhenTheRequestsHaveTheirAnswersAndNotWithServe(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered = 3 * time.Second
		b.succeeded(b.run(time.Second, 0, 5*time.Second))
	})
}

func TestServesAndCallsNothingElseWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		go func() {
			time.Sleep(9 * time.Second)
			b.called("ctx is alive", "Serve at 0s")
		}()
		b.succeeded(b.run(10*time.Second, 0, time.Second))
	})
}

func TestTheDoorStaysOpenUntilTheBalancerHasNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.succeeded(b.run(time.Second, 2*time.Second, 5*time.Second))
		b.called("ctx ends at 1s, Linger is 2s", "Serve at 0s", "NotReady at 1s", "Shutdown at 3s")
	})
}

func TestWithoutALingerShutdownFollowsNotReadyAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.succeeded(b.run(time.Second, 0, 5*time.Second))
		b.called("ctx ends at 1s, Linger is 0, which is no wait at all", "Serve at 0s", "NotReady at 1s", "Shutdown at 1s")
	})
}

func TestShutdownGetsAContextThatIsAliveAndHasCtxsValues(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered = 3 * time.Second
		b.run(time.Second, 0, 5*time.Second)
		if ended := b.seen().ended; ended > 0 {
			t.Errorf("Grace is 5s, and the ctx of Shutdown had ended %v after the call", ended-time.Second)
		}
		if b.seen().value != "a value" {
			t.Error("the ctx of Shutdown does not have the values of ctx")
		}
	})
}

func TestTheGraceBeginsWithShutdown(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered = time.Hour
		b.run(time.Second, 2*time.Second, 4*time.Second)
		if ended := b.seen().ended; ended != 7*time.Second {
			t.Errorf("Shutdown was called at 3s and Grace is 4s: its ctx ended at %v, not at 7s", ended)
		}
	})
}

func TestWhatIsLeftAfterTheGraceIsCutOffAndTheStatusSaysSo(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered, b.tidies = time.Hour, 100*time.Millisecond
		status := b.run(time.Second, 0, 4*time.Second)
		b.called("a request takes an hour, Grace is 4s, Shutdown returns 100ms later", "Serve at 0s", "NotReady at 1s", "Shutdown at 1s", "Close at 5.1s")
		b.failed(status, "a request was cut off", context.DeadlineExceeded)
	})
}

func TestClosesWhateverErrorShutdownReturns(t *testing.T) {
	for _, err := range []error{errDoor, http.ErrServerClosed} {
		lesson.Bubble(t, func(t *testing.T) {
			b := newBakery(t)
			b.door = err
			status := b.run(time.Second, 0, 4*time.Second)
			b.called(fmt.Sprintf("Shutdown returned %q at once", err), "Serve at 0s", "NotReady at 1s", "Shutdown at 1s", "Close at 1s")
			b.failed(status, "Shutdown failed", err)
		})
	}
}

func TestWaitsForServeAndLooksAtItsError(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.slow, b.lastly = time.Second, errAccept
		b.failed(b.run(time.Second, 0, 4*time.Second), "Serve returned an error, a second after Shutdown", errAccept)
	})
}

func TestAServerThatFailsIsDrainedAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.fails, b.answered = 2*time.Second, 3*time.Second
		status := b.run(0, 10*time.Second, 4*time.Second)
		if ended := b.seen().ended; ended > 0 {
			t.Errorf("Serve failed at 2s, Shutdown was called and Grace is 4s, also after a failure of Serve, and the ctx of Shutdown had ended at %v", ended)
		}
		b.called("Serve failed at 2s while ctx was alive", "Serve at 0s", "NotReady at 2s", "Shutdown at 2s")
		b.failed(status, "Serve failed", errAccept)
	})
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.fails, b.answered = 2*time.Second, 3*time.Second
		status := b.run(time.Second, 10*time.Second, 4*time.Second)
		b.called("Serve failed at 2s, during Linger", "Serve at 0s", "NotReady at 1s", "Shutdown at 2s")
		b.failed(status, "Serve failed", errAccept)
	})
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.fails, b.answered = 2*time.Second, 4*time.Second
		status := b.run(3*time.Second, 10*time.Second, 4*time.Second)
		b.called("Serve failed at 2s, and ctx ended at 3s, while Shutdown waited for a request", "Serve at 0s", "NotReady at 2s", "Shutdown at 2s")
		b.failed(status, "Serve failed", errAccept)
	})
}

func TestAServerThatSomethingElseHasClosedIsAFailure(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		time.AfterFunc(2*time.Second, b.stop)
		b.failed(b.run(0, time.Second, time.Second), "Serve returned http.ErrServerClosed before Run called Shutdown", http.ErrServerClosed)
	})
}

func TestOneReportHasEachFailure(t *testing.T) {
	for _, sockets := range []error{errSockets, http.ErrServerClosed} {
		lesson.Bubble(t, func(t *testing.T) {
			b := newBakery(t)
			b.answered, b.lastly, b.sockets = time.Hour, errAccept, sockets
			status := b.run(time.Second, 0, time.Second)
			why := fmt.Sprintf("Shutdown and Serve failed, and Close with %q", sockets)
			b.failed(status, why, context.DeadlineExceeded, sockets, errAccept)
			b.called(why+", and each is called once at most, also if it fails", "Serve at 0s", "NotReady at 1s", "Shutdown at 1s", "Close at 2s")
		})
	}
}

// here calls Run with a ctx that ends at 1s, on the goroutine of the test: Bubble says what a panic is, and Run may take days.
func (b *bakery) here(linger, grace time.Duration) (status int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeoutCause(b.t.Context(), time.Second, errSIGTERM)
	defer cancel()
	defer b.stop()
	return exercise.Run(ctx, b, exercise.Drain{NotReady: func() { b.note("NotReady") }, Linger: linger, Grace: grace}, b.report)
}

func TestAFailureMayBeOfAnyType(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b, list := newBakery(t), lesson.ListError{"socket 1", "socket 2"}
		b.door, b.sockets, b.lastly = list, list, list
		why := "Shutdown, Close and Serve failed with errors of a type that cannot be compared by =="
		if b.failed(b.here(0, time.Second), why); t.Failed() {
			return
		}
		reported := b.seen().reported[0]
		if _, ok := errors.AsType[lesson.ListError](reported); !ok {
			t.Errorf("%s, %q, and what was reported does not hold them: %s", why, list, lesson.Quote(reported))
		}
	})
}

func TestLingerAndGraceAreAsLongAsTheyAreSaid(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered = 48 * time.Hour
		status := b.here(24*time.Hour, 25*time.Hour)
		b.called("ctx ends at 1s, Linger is 24h", "Serve at 0s", "NotReady at 1s", "Shutdown at 24h0m1s")
		if ended := b.seen().ended; ended > 0 {
			t.Errorf("Shutdown was called at 24h0m1s and Grace is 25h: its ctx had ended at %v", ended)
		}
		b.succeeded(status)
	})
}

func TestDoesNothingWhenCtxHadEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBakery(t)
		b.answered = time.Second
		ctx, sigterm := context.WithCancelCause(t.Context())
		sigterm(errSIGTERM)
		status := exercise.Run(ctx, b, exercise.Drain{NotReady: func() { b.note("NotReady") }, Grace: time.Second}, b.report)
		synctest.Wait()
		defer b.stop()
		b.called("ctx had ended before Run was called")
		b.succeeded(status)
	})
}
