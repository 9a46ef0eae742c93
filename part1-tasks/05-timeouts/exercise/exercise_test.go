//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/05-timeouts/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

var (
	errCaller = errors.New("the caller's time is up")
	errBusy   = errors.New("the host is busy")
	errClosed = errors.New("the connection was closed")
)

// policy is what most tests use: 3 attempts of 1 s, pauses of 100 ms, 200 ms ...
var policy = exercise.Policy{Attempts: 3, Limit: time.Second, Pause: 100 * ms, MaxPause: time.Second}

// callerWith is a ctx that ends after d, with errCaller as its cause.
func callerWith(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errCaller)
	t.Cleanup(cancel)
	return ctx
}

// An answer is what a host does for one attempt.
type answer func(ctx context.Context) (int, error)

// value answers at once.
func value(context.Context) (int, error) { return 42, nil }

// fails answers with err at once.
func fails(err error) answer {
	return func(context.Context) (int, error) { return 0, err }
}

// hangs answers when its context has ended and it has cleaned up: with err, or
// if that is nil, with ctx.Err(), as most functions do.
func hangs(cleanUp time.Duration, err error) answer {
	return func(ctx context.Context) (int, error) {
		<-ctx.Done()
		time.Sleep(cleanUp)
		if err == nil {
			err = ctx.Err()
		}
		return 0, err
	}
}

// deaf does not listen to its context and answers after d.
func deaf(d time.Duration) answer {
	return func(context.Context) (int, error) {
		time.Sleep(d)
		return 42, nil
	}
}

// A host answers the attempts one by one and notes when each began.
type host struct {
	t       *testing.T
	answers []answer
	start   time.Time
	gone    func() error // the caller's ctx.Err

	mu        sync.Mutex // guards the below
	busy      bool
	began     []time.Duration
	succeeded time.Duration // when an attempt had the value; 0 is not yet, or at once
}

// What Retry returned, and when.
type outcome struct {
	value int
	err   error
	after time.Duration
}

// retry lets Retry call a host that has these answers. If anything goes wrong
// on the way, the test ends here.
func retry(ctx context.Context, t *testing.T, p exercise.Policy, answers ...answer) (*host, outcome) {
	t.Helper()
	h := &host{t: t, answers: answers, start: time.Now(), gone: ctx.Err}
	log := lesson.Log(t).With("task", "Retry")
	log.Info("is called", lesson.Waiting)
	v, err := exercise.Retry(ctx, p, h.attempt)
	log.Info("returns " + oneLine(err))
	got := outcome{v, err, time.Since(h.start)}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case t.Failed():
		t.FailNow()
	case h.busy:
		t.Fatalf("Retry returned %d and %s at %v, while attempt %d was still under way: its result is not known yet",
			v, oneLine(err), got.after, len(h.began))
	case h.succeeded > 0 && err != nil:
		t.Fatalf("attempt %d had the value at %v, and Retry fails all the same with %s: a late value is a value",
			len(h.began), h.succeeded, oneLine(err))
	case len(h.began) == 0 && err == nil:
		t.Fatalf("Retry returned %d and no error without a single attempt", v)
	case errors.Is(err, context.Canceled) && ctx.Err() == nil && len(h.began) < p.Attempts:
		t.Fatalf("Retry gave up after attempt %d with %s, but ctx is alive: was it another context, in the place of ctx perhaps?",
			len(h.began), oneLine(err))
	}
	return h, got
}

func (h *host) attempt(ctx context.Context) (int, error) {
	n := h.begin(ctx)
	log := lesson.Log(h.t).With("task", fmt.Sprint("attempt ", n+1))
	log.Info("begins", lesson.Waiting)
	defer h.end()
	ctx, cancel := context.WithTimeout(ctx, time.Hour) // or an attempt without a limit would never end
	defer cancel()
	v, err := h.answers[n](ctx)
	log.Info("returns " + oneLine(err))
	if time.Since(h.start) > time.Hour {
		h.refuse("attempt %d had an hour and was still not told to stop: its context has no limit", n+1)
	}
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.succeeded = time.Since(h.start)
	}
	return v, err
}

func (h *host) begin(ctx context.Context) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, now := len(h.began), time.Since(h.start)
	switch {
	case h.busy:
		h.refuse("attempt %d began at %v while attempt %d was still under way: Retry makes one at a time and waits for it", n+1, now, n)
	case h.gone() != nil:
		h.refuse("attempt %d began at %v, when ctx had ended: Retry goes on without its caller", n+1, now)
	case h.succeeded > 0:
		h.refuse("attempt %d began at %v although attempt %d had the value at %v: a late value is a value", n+1, now, n, h.succeeded)
	case n == len(h.answers):
		h.refuse("attempt %d began at %v; there should have been no more than %d", n+1, now, n)
	case ctx.Err() != nil:
		h.refuse("attempt %d began at %v with a context that had ended: each attempt has the whole limit for itself", n+1, now)
	}
	h.began = append(h.began, now)
	h.busy = true
	return n
}

func (h *host) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.busy = false
}

// times are when the attempts began.
func (h *host) times() []time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.began)
}

// refuse says what is wrong, unless something was said before, and ends the
// attempt's goroutine, so that a Retry that is out of control comes to rest.
func (h *host) refuse(format string, args ...any) {
	if !h.t.Failed() {
		h.t.Errorf(format, args...)
	}
	h.t.FailNow()
}

// oneLine is err as it fits in a line: joined errors have a line each, and what repeats is there once.
func oneLine(err error) string {
	if err == nil {
		return "no error"
	}
	return strconv.Quote(strings.Join(slices.Compact(strings.Split(err.Error(), "\n")), "; "))
}

// beganAt fails the test unless the attempts began at these times.
func (h *host) beganAt(want, why string) {
	h.t.Helper()
	if got := fmt.Sprint(h.times()); got != want {
		h.t.Fatalf("the attempts began at %s, not at %s: %s", got, want, why)
	}
}

// succeeds fails the test unless Retry returned the host's value at this time.
func (o outcome) succeeds(t *testing.T, after time.Duration) {
	t.Helper()
	switch {
	case o.err != nil:
		t.Errorf("Retry gave up at %v with %s; the attempt that succeeds has its value at %v", o.after, oneLine(o.err), after)
	case o.value != 42:
		t.Errorf("Retry returned %d, not the value of the attempt that succeeded, 42", o.value)
	case o.after != after:
		t.Errorf("Retry had the value at %v and returned it at %v", after, o.after)
	}
}

// tells fails the test unless errors.Is finds want in Retry's error.
func (o outcome) tells(t *testing.T, want error) {
	t.Helper()
	switch {
	case errors.Is(o.err, want):
	case want == exercise.ErrLimit: //nolint:errorlint // which one is asked for
		t.Errorf("Retry's error does not tell of %q, ErrLimit, although an attempt failed after its limit had ended its context;"+
			" the attempt's context knows by which cause it ended, whatever the attempt returned. The error says %s", want, oneLine(o.err))
	default:
		t.Errorf("Retry's error does not tell of %q; it says %s", want, oneLine(o.err))
	}
}

func TestTriesAgainUntilAnAttemptSucceeds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, fails(errBusy), fails(errBusy), value)
		h.beganAt("[0s 100ms 300ms]", "the pauses are 100ms and 200ms")
		got.succeeds(t, 300*ms)
	})
}

func TestThePauseDoublesUpToMaxPauseAndNoneFollowsTheLastAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		busy := fails(errBusy)
		p := exercise.Policy{Attempts: 6, Limit: time.Second, Pause: 100 * ms, MaxPause: 500 * ms}
		h, got := retry(t.Context(), t, p, busy, busy, busy, busy, busy, busy)
		h.beganAt("[0s 100ms 300ms 700ms 1.2s 1.7s]", "the pauses are 100ms, 200ms, 400ms, and then 500ms each")
		if got.after > 1700*ms {
			t.Errorf("the last attempt failed at 1.7s and Retry returned at %v: it pauses although nothing comes after", got.after)
		}
	})
}

func TestThePauseStaysShortHoweverOftenItDoubles(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := exercise.Policy{Attempts: 80, Limit: time.Second, Pause: time.Second, MaxPause: 10 * time.Second}
		busy := make([]answer, p.Attempts)
		for i := range busy {
			busy[i] = fails(errBusy)
		}
		errFirst := errors.New("the first attempt came too early")
		busy[0] = fails(errFirst)
		h, got := retry(t.Context(), t, p, busy...)
		if n := len(h.times()); n < p.Attempts {
			if errors.Is(got.err, context.DeadlineExceeded) { // not from the host, which is busy
				t.Fatalf("Retry gave up at %v, as if the pause outlasted a deadline; but ctx has none, and that of an attempt's context does not count: %s",
					got.after, oneLine(got.err))
			}
			t.Errorf("Retry made only %d attempts of %d", n, p.Attempts)
		} else if last := h.times()[n-1]; last != 765*time.Second {
			t.Errorf("attempt 80 begins at 12m45s, after pauses of 1s, 2s, 4s, 8s and then 75 times 10s, not at %v:"+
				" a Duration that is doubled so often overflows", last)
		}
		if !t.Failed() && !errors.Is(got.err, errFirst) {
			t.Errorf("of 80 attempts the first one failed with %q, and Retry's error does not tell of it: it joins all that happened, however long ago", errFirst)
		}
	})
}

func TestThePauseDoublesAsLongAsMaxPauseAllows(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := exercise.Policy{Attempts: 22, Limit: time.Second, Pause: ms, MaxPause: time.Hour}
		busy := make([]answer, p.Attempts)
		for i := range busy {
			busy[i] = fails(errBusy)
		}
		h, _ := retry(t.Context(), t, p, busy...)
		if times := h.times(); len(times) != p.Attempts {
			t.Errorf("Retry made only %d attempts of %d", len(times), p.Attempts)
		} else if last := times[21] - times[20]; last != 1<<20*ms {
			t.Errorf("the first pause is 1ms and each further one is twice as long, so that the 21st is 17m28.576s, less than MaxPause of 1h; but it was %v", last)
		}
	})
}

func TestEachAttemptHasTheWholeLimit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, hangs(0, nil), hangs(0, nil), value)
		if len(h.times()) == 1 {
			t.Errorf("attempt 1 ran out of its own limit, and Retry gave up at %v with %s: it takes the attempt's timeout for its caller's",
				got.after, oneLine(got.err))
			return
		}
		h.beganAt("[0s 1.1s 2.3s]", "each attempt has 1s, and the pauses are 100ms and 200ms, from the moment when an attempt has returned")
		got.succeeds(t, 2300*ms)
	})
}

func TestAnAttemptSeesThatItsLimitIsOver(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Attempts = 1
		_, got := retry(t.Context(), t, p, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			if cause := context.Cause(ctx); !errors.Is(cause, exercise.ErrLimit) {
				t.Errorf("the limit ended the attempt's context, but its cause is %q, not ErrLimit", cause)
			}
			return 0, errClosed
		})
		got.tells(t, errClosed)
		got.tells(t, exercise.ErrLimit)
	})
}

func TestAnErrorThatLooksLikeATimeoutIsRetried(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		upstream := fails(fmt.Errorf("upstream: %w", context.DeadlineExceeded))
		hungUp := fails(fmt.Errorf("upstream: %w", context.Canceled))
		h, got := retry(t.Context(), t, policy, upstream, hungUp, value)
		if len(h.times()) < 3 {
			t.Errorf("Retry gave up after an attempt that failed with %s, because that wraps an error of package context; but ctx is alive:"+
				" ask ctx, not the error", oneLine(got.err))
			return
		}
		got.succeeds(t, 300*ms)
	})
}

func TestTheErrorTellsOfItsOwnCallOnly(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, first := exercise.Retry(t.Context(), policy, fails(errClosed))
		_, second := exercise.Retry(t.Context(), policy, fails(errBusy))
		if errors.Is(second, errClosed) {
			t.Errorf("one call of Retry failed with %s, and the error of the next one tells of that, too: %s", oneLine(first), oneLine(second))
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		fail := []error{errClosed, errBusy}
		errs := make([]error, len(fail))
		var both sync.WaitGroup
		for i, err := range fail {
			both.Go(func() { _, errs[i] = exercise.Retry(t.Context(), policy, fails(err)) })
		}
		both.Wait()
		for i, err := range errs {
			if other := fail[1-i]; (errors.Is(err, other) || !errors.Is(err, fail[i])) && !t.Failed() {
				t.Errorf("two calls of Retry run at a time; the attempts of one fail with %q, those of the other with %q; its error is %s:"+
					" an error tells of its own call only", fail[i], other, oneLine(err))
			}
		}
	})
}

func TestATimeoutInsideAnAttemptIsNotTheLimit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Attempts = 1
		_, got := retry(t.Context(), t, p, fails(fmt.Errorf("dial: %w", context.DeadlineExceeded)))
		if errors.Is(got.err, exercise.ErrLimit) && !t.Failed() {
			t.Error("the attempt failed at once, with a timeout of its own, and p.Limit did not end its context; yet Retry's error tells of ErrLimit:" +
				" ask the attempt's context, not the error")
		}
	})
}

func TestGivesUpWhenTheCallersTimeIsUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(callerWith(t, 500*ms), t, policy, hangs(0, errClosed), value)
		if got.after != 500*ms {
			t.Errorf("ctx ended at 500ms, but attempt 1, which listens, ended at %v: is its context made from ctx?", got.after)
		}
		got.tells(t, errCaller)
		got.tells(t, errClosed)
		if errors.Is(got.err, exercise.ErrLimit) {
			t.Error("ctx ended at 500ms and no attempt reached its limit of 1s; yet Retry's error tells of ErrLimit")
		}
	})
}

func TestTellsOfTheCallerAlsoAfterTheLastAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Attempts = 1
		_, got := retry(callerWith(t, 500*ms), t, p, hangs(0, errClosed))
		got.tells(t, errCaller)
	})
}

func TestTheCallersTimeRunsOutWhileAnAttemptCleansUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(callerWith(t, 1200*ms), t, policy, hangs(500*ms, nil), value)
		if got.after != 1500*ms {
			t.Errorf("attempt 1 has 1s and cleans up until 1.5s; ctx ended at 1.2s; so Retry returns at 1.5s, but it made %d attempts and returned at %v",
				len(h.times()), got.after)
		}
		got.tells(t, errCaller)
	})
}

func TestARetryInsideAnotherOneKnowsWhoseLimitItWas(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		outer, cancel := context.WithTimeoutCause(t.Context(), 500*ms, exercise.ErrLimit) // as another Retry makes it
		defer cancel()
		_, got := retry(outer, t, policy, hangs(0, nil), value)
		if got.after != 500*ms {
			t.Errorf("ctx ended at 500ms, by the ErrLimit of a Retry further out, and this Retry returned at %v: whose ErrLimit was it?", got.after)
		}
	})
}

func TestAPauseEndsWithCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(300*ms, func() { cancel(errCaller) })
		p := policy
		p.Pause, p.MaxPause = 5*time.Second, 5*time.Second
		_, got := retry(ctx, t, p, fails(errBusy), value)
		if got.after != 300*ms {
			t.Errorf("ctx was cancelled at 300ms, in a pause, and Retry returned at %v: the pause does not listen to ctx", got.after)
		}
		if errors.Is(got.err, context.Canceled) && !errors.Is(got.err, errCaller) {
			t.Fatalf("ctx was cancelled with the cause %q, and Retry's error tells of ctx.Err() only, not of context.Cause(ctx): %s", errCaller, oneLine(got.err))
		}
		got.tells(t, errCaller)
		got.tells(t, errBusy)
	})
}

func TestBeginsNoPauseThatOutlastsTheDeadline(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Pause, p.MaxPause = 5*time.Second, 5*time.Second
		_, got := retry(callerWith(t, time.Second), t, p, fails(errBusy), value)
		if got.after != 0 {
			t.Errorf("the pause is 5s and ctx's deadline 1s away, so there is nothing to wait for; yet Retry returned only at %v", got.after)
		}
		if !errors.Is(got.err, context.DeadlineExceeded) {
			t.Errorf("Retry gave up because the pause would outlast ctx's deadline, and its error does not tell of context.DeadlineExceeded, only %s;"+
				" ctx is still alive then, so ctx.Err() and context.Cause(ctx) are nil", oneLine(got.err))
		}
		got.tells(t, errBusy)
	})
}

func TestTriesAsLongAsThePauseFits(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Pause = 400 * ms
		h, got := retry(callerWith(t, time.Second), t, p, fails(errBusy), deaf(100*ms))
		if len(h.times()) < 2 {
			t.Errorf("a pause of 400ms fits before ctx's deadline, 1s; an attempt may begin then although less than its limit is left."+
				" Retry gave up at %v with %s", got.after, oneLine(got.err))
			return
		}
		got.succeeds(t, 500*ms)
	})
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Pause, p.MaxPause = 800*ms, 5*time.Second
		_, got := retry(callerWith(t, time.Second), t, p, fails(errBusy), deaf(100*ms))
		if !t.Failed() && got.err != nil {
			t.Errorf("the pause is 800ms now, 1.6s after the next attempt, and ctx's deadline 1s away: this pause fits."+
				" Retry gave up at %v with %s", got.after, oneLine(got.err))
		}
	})
}

func TestWaitsForAnAttemptThatDoesNotListen(t *testing.T) {
	for _, takes := range []time.Duration{2500 * ms, 50 * time.Minute} {
		lesson.Bubble(t, func(t *testing.T) {
			_, got := retry(t.Context(), t, policy, deaf(takes), value)
			got.succeeds(t, takes)
		})
	}
}

func TestALateValueIsAValue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(callerWith(t, 500*ms), t, policy, deaf(800*ms), value)
		got.succeeds(t, 800*ms)
	})
}

func TestWaitsForTheCleanUpOfTheLastAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		p := policy
		p.Attempts = 1
		_, got := retry(t.Context(), t, p, hangs(300*ms, errClosed))
		if got.after != 1300*ms {
			t.Errorf("the only attempt ended at 1.3s and Retry returned at %v", got.after)
		}
		got.tells(t, errClosed)
	})
}

func TestAPermanentErrorIsNotRetried(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, fails(fmt.Errorf("no such host: %w", exercise.ErrPermanent)), value)
		if len(h.times()) > 1 || got.after != 0 {
			t.Errorf("attempt 1 failed with an error that wraps ErrPermanent; Retry made %d attempts and returned at %v", len(h.times()), got.after)
		}
		got.tells(t, exercise.ErrPermanent)
	})
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, fails(errors.Join(errBusy, exercise.ErrPermanent)), value)
		if !t.Failed() && (len(h.times()) > 1 || got.after != 0) {
			t.Errorf("attempt 1 failed with errors.Join(errBusy, ErrPermanent); Retry made %d attempts and returned at %v:"+
				" errors.Is looks into a join, and errors.Unwrap does not", len(h.times()), got.after)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, fails(errors.Join(exercise.ErrLimit, exercise.ErrPermanent)), value)
		if !t.Failed() && (len(h.times()) > 1 || got.after != 0) {
			t.Errorf("attempt 1 called another Retry, which failed with errors.Join(ErrLimit, ErrPermanent); this Retry made %d attempts and returned at %v:"+
				" ErrPermanent is what ends it, whatever stands beside it", len(h.times()), got.after)
		}
	})
}

// goneError is ErrPermanent by its method Is, as a syscall.Errno may be fs.ErrNotExist.
type goneError struct{}

func (goneError) Error() string        { return "the host is gone" }
func (goneError) Is(target error) bool { return target == exercise.ErrPermanent }

func TestAnErrorSaysItselfThatItIsPermanent(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		h, got := retry(t.Context(), t, policy, fails(fmt.Errorf("dial: %w", goneError{})), value)
		if len(h.times()) > 1 || got.after != 0 {
			t.Errorf("attempt 1 failed with an error that is ErrPermanent by its method Is; Retry made %d attempts and returned at %v: ask errors.Is, which calls that method", len(h.times()), got.after)
		}
	})
}

func TestNeverBeginsOnAnEndedCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errCaller)
		_, got := retry(ctx, t, policy, value)
		got.tells(t, errCaller)
	})
}

func TestTheErrorTellsOfEveryAttempt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(t.Context(), t, policy, fails(errBusy), hangs(0, nil), fails(errClosed))
		got.tells(t, errBusy)
		got.tells(t, exercise.ErrLimit)
		got.tells(t, errClosed)
	})
	lesson.Bubble(t, func(t *testing.T) {
		other := errors.New(errBusy.Error())
		_, got := retry(t.Context(), t, policy, fails(errBusy), fails(other), fails(errClosed))
		if !t.Failed() && (!errors.Is(got.err, errBusy) || !errors.Is(got.err, other)) {
			t.Errorf("attempts 1 and 2 failed with two errors that have the same text, %q, and errors.Is finds only one of them in Retry's error:"+
				" it joins all that happened, whatever the texts", other)
		}
	})
}

func TestTheErrorTellsOfErrorsThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(t.Context(), t, policy, fails(lesson.ListError{"no name"}), fails(lesson.ListError{"no date"}), fails(errClosed))
		if _, ok := errors.AsType[lesson.ListError](got.err); !ok {
			t.Errorf("attempts 1 and 2 failed with errors of a type that cannot be compared by ==, and errors.AsType finds none of them in Retry's error, %s", oneLine(got.err))
		}
	})
}

func TestTheErrorTellsOfACauseThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		_, got := retry(ctx, t, policy, func(ctx context.Context) (int, error) {
			cancel(lesson.ListError{"the fan is broken", "the server is hot"})
			return 0, context.Cause(ctx)
		})
		if _, ok := errors.AsType[lesson.ListError](got.err); !ok {
			t.Errorf("ctx ended with a cause of a type that cannot be compared by ==, attempt 1 failed with it, and errors.AsType does not find it in Retry's error, %s", oneLine(got.err))
		}
	})
}

func TestTheContextOfAnAttemptEndsWithIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var before func() error // Err of the previous attempt's context
		n := 0
		_, _ = exercise.Retry(t.Context(), policy, func(ctx context.Context) (int, error) {
			n++
			if n > policy.Attempts {
				t.Fatalf("attempt %d began; there should have been no more than %d", n, policy.Attempts)
			}
			if before != nil && before() == nil && !t.Failed() {
				t.Errorf("attempt %d begins and the context of attempt %d is still alive, its timer runs on: a defer in a loop waits for the function to return",
					n, n-1)
			}
			before = ctx.Err
			return 0, errBusy
		})
		if before != nil && before() == nil && !t.Failed() {
			t.Errorf("Retry has returned and the context of attempt %d is still alive: its cancel was not called", n)
		}
	})
}

func TestNamesNoLimitThatCameAfterTheEndOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(callerWith(t, 500*ms), t, policy, hangs(time.Second, nil)) // the attempt ends at 1.5s, its limit was 1s
		got.tells(t, errCaller)
		if errors.Is(got.err, exercise.ErrLimit) {
			t.Error("ctx ended at 500ms and ended the attempt, which cleaned up until 1.5s: no limit ended it, although 1s had passed, and Retry's error tells of ErrLimit")
		}
	})
}

func TestTellsOfTheLimitAndOfTheCallerIfBothEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(callerWith(t, 1200*ms), t, policy, hangs(500*ms, nil)) // its limit ends it at 1s, ctx ends while it cleans up
		got.tells(t, exercise.ErrLimit)
		got.tells(t, errCaller)
	})
}

func TestAPermanentErrorDoesNotHideWhatHappenedBefore(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, got := retry(t.Context(), t, policy, fails(errBusy), fails(exercise.ErrPermanent))
		got.tells(t, errBusy)
		got.tells(t, exercise.ErrPermanent)
	})
}

func TestAPanicOfAnAttemptReachesTheCaller(t *testing.T) {
	const text = "the attempt panics on purpose: Retry hands that on to its caller, on the caller's goroutine"
	for _, ours := range []any{text, errors.New(text)} {
		lesson.Bubble(t, func(t *testing.T) {
			var recovered any
			func() {
				defer func() { recovered = recover() }()
				h, got := retry(lesson.Context(t), t, policy, func(context.Context) (int, error) { panic(ours) }, value)
				if ours == text {
					t.Errorf("attempt 1 panicked, and Retry made %d attempts and returned %s: the panic is lost", len(h.times()), oneLine(got.err))
				} else {
					t.Errorf("attempt 1 panicked with a value that is an error, and Retry made %d attempts and returned %s: that is a panic like any other", len(h.times()), oneLine(got.err))
				}
			}()
			switch {
			case recovered == ours:
				lesson.NothingLeft(t, "an attempt has panicked, and so has Retry")
			case recovered == nil: // the test has said what came in its place
			case strings.Contains(fmt.Sprint(recovered), text):
				t.Errorf("attempt 1 panicked, and another panic reached the caller of Retry, with %T %q: hand on the value of the attempt's own", recovered, fmt.Sprint(recovered))
			default:
				panic(recovered)
			}
		})
		if t.Failed() {
			return
		}
	}
}

func TestAnAttemptHasTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		_, _ = exercise.Retry(context.WithValue(t.Context(), key{}, "request 7"), policy, func(ctx context.Context) (int, error) {
			if ctx.Value(key{}) != "request 7" {
				t.Error("the context of an attempt has not the values of ctx: make it from ctx")
			}
			return 0, nil
		})
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, _ = retry(lesson.Context(t), t, policy, fails(errBusy), hangs(0, nil), value)
		lesson.NothingLeft(t, "Retry has returned")
	})
}
