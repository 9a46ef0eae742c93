//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/02-lock/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errTired = errors.New("tired of waiting")
	errLost  = errors.New("nobody unlocks any more")
)

// A ward is a KeyedLock whose users are watched.
type ward struct {
	exercise.KeyedLock
	t        *testing.T
	start    time.Time
	users    sync.WaitGroup
	outcomes []string // of each user

	mu      sync.Mutex     // guards holders
	holders map[string]int // of each key
}

func newWard(t *testing.T) *ward {
	t.Helper()
	if unlock, err := new(exercise.KeyedLock).Lock(t.Context(), "a"); err != nil || unlock == nil {
		t.Fatalf("the lock is free, and Lock does not return an unlock and no error: %v", err)
	}
	return &ward{t: t, start: time.Now(), holders: make(map[string]int)}
}

func (w *ward) complain(format string, args ...any) {
	w.t.Helper()
	if !w.t.Failed() { // one complaint is enough
		w.t.Errorf(format, args...)
	}
}

// lock takes the lock of key and tells when, such as "1s"; or when the caller
// gave up, such as "gave up at 600ms".
func (w *ward) lock(key string, patience time.Duration) (outcome string, unlock func()) {
	cause := errTired
	if patience == 0 { // for ever, but a test must end
		patience, cause = time.Minute, errLost
	}
	ctx, cancel := context.WithTimeoutCause(w.t.Context(), patience, cause)
	defer cancel()
	release, err := w.Lock(ctx, key)
	at := time.Since(w.start)
	switch {
	case (err == nil) != (release != nil):
		w.complain("Lock returns either an unlock or an error, but not both and not neither: the error is %v", err)
	case err != nil && !errors.Is(err, cause):
		w.complain("ctx ended because of %q, and Lock returned %q: the cause is lost", cause, err)
	case errors.Is(err, errLost):
		w.complain("the lock of key %s is lost: one waits for it for ever, although all others have unlocked or given up", key)
	case err == nil:
		w.enter(key, 1)
		return at.String(), func() { w.enter(key, -1); release() }
	}
	return fmt.Sprintf("gave up at %v", at), func() {}
}

// enter counts the holders of key, which are one at most.
func (w *ward) enter(key string, n int) {
	w.mu.Lock()
	w.holders[key] += n
	crowded := w.holders[key] > 1
	w.mu.Unlock()
	if crowded {
		w.complain("two hold the lock of key %s at the same time, %v after the start", key, time.Since(w.start))
	}
}

// A user comes at some time, wants the lock of a key and keeps it for a while.
type user struct {
	key          string
	comes, stays time.Duration
	patience     time.Duration // zero: for ever
}

// come lets users come and go.
func (w *ward) come(users ...user) {
	w.outcomes = make([]string, len(users))
	for i, u := range users {
		w.users.Go(func() {
			time.Sleep(u.comes)
			outcome, unlock := w.lock(u.key, u.patience)
			w.outcomes[i] = outcome // its own place: no lock needed
			if outcome[0] != 'g' {  // "gave up"
				time.Sleep(u.stays)
			}
			unlock()
		})
	}
}

// expect waits for all users and compares when they got their locks.
func (w *ward) expect(want, otherwise string) {
	w.t.Helper()
	w.users.Wait()
	if got := fmt.Sprintf("%q", w.outcomes); got != want {
		w.complain("%s: they get their locks at %s, but got them at %s", otherwise, want, got)
	}
}

// expectLen compares the number of keys that are kept.
func (w *ward) expectLen(want int, otherwise string) {
	w.t.Helper()
	if got := w.Len(); got != want {
		w.complain("%s: Len is %d, not %d", otherwise, got, want)
	}
}

const ms = time.Millisecond

func TestOneAtATimeHoldsAKeyFirstComeFirstServed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, time.Second, 0}, user{"a", 100 * ms, time.Second, 0},
			user{"a", 200 * ms, time.Second, 0}, user{"a", 300 * ms, time.Second, 0})
		w.expect(`["0s" "1s" "2s" "3s"]`, "users of one key are not served one at a time, in the order in which they came")
	})
}

func TestDifferentKeysDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, time.Second, 0}, user{"a", 100 * ms, time.Second, 0}, // one waits for a
			user{"b", 200 * ms, time.Second, 0}, user{"c", 300 * ms, time.Second, 0})
		w.expect(`["0s" "1s" "200ms" "300ms"]`, "different keys wait for each other")
	})
}

func TestWhoUnlocksAndComesBackGoesToTheEndOfTheLine(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		_, unlock := w.lock("a", 0)
		w.come(user{"a", 0, time.Second, 0})
		synctest.Wait() // it waits
		unlock()
		outcome, unlock := w.lock("a", 0)
		unlock()
		if outcome != "1s" {
			w.complain("one waited when the lock was given back, and held it until 1s; but who came later got it first, at %s", outcome)
		}
		w.users.Wait()
	})
}

func TestAWaiterGivesUpWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, 2 * time.Second, 0}, user{"a", 100 * ms, time.Second, 500 * ms},
			user{"a", 200 * ms, time.Second, 0}, user{"a", time.Second, time.Second, 0})
		w.expect(`["0s" "gave up at 600ms" "2s" "3s"]`, "the ctx of the second one ended at 600ms, while it waited")
		w.expectLen(0, "one gave up, all others have unlocked, and still the key is kept")
	})
}

func TestOnAnEndedCtxNothingIsTaken(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTired)
		for range 100 { // often, because select takes either of two cases that are ready
			if unlock, err := w.Lock(ended, "a"); err == nil {
				w.complain("Lock took a free lock on a ctx that had already ended")
				unlock()
			} else if !errors.Is(err, errTired) {
				w.complain("on a ctx that had ended because of %q, Lock returned %q: the cause is lost", errTired, err)
			}
		}
		w.expectLen(0, "Lock on a ctx that had ended keeps the key")
	})
}

func TestForgetsAKeyThatNobodyUses(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		for n := range 100 {
			_, unlock := w.lock(fmt.Sprint("key ", n), 0)
			w.expectLen(1, "keys that nobody uses any more are not forgotten, or the one in use is not kept")
			unlock()
		}
		w.expectLen(0, "keys that nobody uses any more are not forgotten")
	})
}

func TestKeepsAKeyForThoseWhoWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, time.Second, 0}, user{"a", 100 * ms, time.Second, 0}, user{"a", 1500 * ms, time.Second, 0})
		for at := range 3 {
			time.Sleep(time.Until(w.start.Add(time.Duration(at)*time.Second + 700*ms)))
			w.expectLen(1, fmt.Sprintf("at %d.7s one user holds the key", at))
		}
		w.expect(`["0s" "1s" "2s"]`, "the first one unlocks at 1s, the second one has waited for it, the third one comes at 1.5s")
	})
}

func TestASecondUnlockDoesNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		unlock, _ := w.Lock(t.Context(), "a")
		unlock()
		unlock()
		w.come(user{"a", 0, time.Second, 0}, user{"a", 300 * ms, time.Second, 0})
		time.Sleep(200 * ms)
		unlock() // the lock is somebody else's now
		w.expectLen(1, "a second unlock has taken the key from the one who holds it")
		w.expect(`["0s" "1s"]`, "a second unlock has given away the lock that somebody else holds")
		w.expectLen(0, "all have unlocked, one of them several times")
	})
}

func TestALockThatFallsFreeWhenCtxEndsIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		for n := 0; n < 50 && !t.Failed(); n++ {
			_, unlock := w.lock("a", 0)
			w.come(user{"a", 0, 0, time.Second}) // its ctx ends when
			time.Sleep(time.Second)
			unlock() // the lock falls free
			w.users.Wait()
			_, unlock = w.lock("a", 0)
			unlock()
			w.expectLen(0, "the lock fell free at the instant when the ctx of the one who waited ended, and the key is kept")
		}
	})
}

func TestACrowdAtOneInstant(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		users := make([]user, 60)
		for i := range users {
			users[i] = user{fmt.Sprint(i % 3), time.Second, 100 * ms, 0}
		}
		w.come(users...)
		w.users.Wait()
		if took := time.Since(w.start); took != 3*time.Second {
			w.complain("20 users of each of three keys came at 1s and stayed 100ms each, so that the last one leaves at 3s, but it left at %v", took)
		}
		w.expectLen(0, "60 users have come and gone")
	})
}
