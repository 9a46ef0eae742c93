//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	errLost  = errors.New("the test waits no longer")
)

// A ward is a KeyedLock that watches its users.
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
	unlock, err := new(exercise.KeyedLock).Lock(t.Context(), "a")
	if err != nil || unlock == nil {
		t.Fatalf("the lock is free, so Lock returns an unlock and no error, but unlock is nil: %v, and the error: %s", unlock == nil, lesson.Quote(err))
	}
	unlock()
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
func (w *ward) lock(task, key string, patience time.Duration) (outcome string, unlock func()) {
	log := lesson.Log(w.t).With("task", task)
	log.Info("wants the lock of "+key, lesson.Waiting)
	cause := errTired
	if patience == 0 { // without end, but a test must end
		patience, cause = time.Minute, errLost
	}
	ctx, cancel := context.WithTimeoutCause(w.t.Context(), patience, cause)
	defer cancel()
	release, err := w.Lock(ctx, key)
	at := time.Since(w.start)
	switch {
	case err == nil && release == nil:
		w.complain("Lock returned no error, and its unlock is nil: the caller holds the lock and cannot give it back")
	case err != nil && release != nil:
		w.complain("Lock returned %q, and beside it an unlock; the caller does not hold the lock, so unlock is nil", err)
	case err != nil && ctx.Err() == nil:
		w.complain("ctx is alive, and Lock returned %q at %v: it waits until the lock is free", err, at)
	case err != nil && !errors.Is(err, cause):
		w.complain("ctx ended with the cause %q, and Lock returned %q: return context.Cause(ctx)", cause, err)
	case errors.Is(err, errLost) && !w.loses(false) && w.loses(true):
		w.complain("the ctx of a caller ended while it held the lock, and its unlock no longer unlocks: the end of ctx changes nothing for the caller that holds the lock")
	case errors.Is(err, errLost):
		w.complain("the lock of key %s is lost: a caller still waits for it, although all others have unlocked or given up", key)
	case err == nil:
		log.Info("has the lock of " + key)
		w.enter(key, 1)
		return at.String(), func() { log.Info("unlocks " + key); w.enter(key, -1); release() }
	}
	log.Info("gives up")
	return fmt.Sprintf("gave up at %v", at), func() {}
}

// loses tells whether a lock is lost when its only caller unlocks, after the end
// of its ctx or before it.
func (w *ward) loses(afterEnd bool) bool {
	k := new(exercise.KeyedLock)
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	unlock, err := k.Lock(ctx, "a")
	if err != nil || unlock == nil {
		return false
	}
	if afterEnd {
		cancel()
	}
	unlock()
	next, giveUp := context.WithTimeout(w.t.Context(), time.Second)
	defer giveUp()
	unlock, err = k.Lock(next, "a")
	if err == nil && unlock != nil {
		unlock()
	}
	return err != nil
}

// enter counts the holders of key, which are one at most.
func (w *ward) enter(key string, n int) {
	w.mu.Lock()
	w.holders[key] += n
	crowded := w.holders[key] > 1
	w.mu.Unlock()
	if crowded {
		w.complain("two callers hold the lock of key %s at the same time, at %v", key, time.Since(w.start))
	}
}

// A user comes at some time, wants the lock of a key and keeps it for a while.
type user struct {
	key          string
	comes, stays time.Duration
	patience     time.Duration // zero: without end
}

// come lets users come and go.
func (w *ward) come(users ...user) {
	w.outcomes = make([]string, len(users))
	for i, u := range users {
		w.users.Go(func() {
			time.Sleep(u.comes)
			outcome, unlock := w.lock(fmt.Sprint("user ", i), u.key, u.patience)
			w.outcomes[i] = outcome // its own place: no lock needed
			if outcome[0] != 'g' {  // "gave up"
				time.Sleep(u.stays)
			}
			defer func() {
				if v := recover(); v != nil {
					w.complain("unlock panicked with %q: another unlock has given the lock of key %s away before", fmt.Sprint(v), u.key)
				}
			}()
			unlock()
		})
	}
}

// expect waits for all users and compares when they got their locks.
func (w *ward) expect(want, otherwise string) {
	w.t.Helper()
	w.users.Wait()
	if got := fmt.Sprintf("%q", w.outcomes); got != want {
		w.complain("%s: the users should get their locks at %s, but it is %s", otherwise, want, got)
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
		w.expect(`["0s" "1s" "2s" "3s"]`, "users of one key are served one at a time, in the order in which they came")

		if t.Failed() {
			return
		}
		const long = 72 * time.Hour
		w = newWard(t)
		w.come(user{"a", 0, long, 2 * long}, user{"a", 100 * ms, 0, 2 * long})
		w.expect(`["0s" "72h0m0s"]`, "the first user holds the lock for three days")
	})
}

func TestDifferentKeysDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, time.Second, 0}, user{"a", 100 * ms, time.Second, 0}, // one waits for a
			user{"b", 200 * ms, time.Second, 0}, user{"c", 300 * ms, time.Second, 0})
		w.expect(`["0s" "1s" "200ms" "300ms"]`, "users of different keys do not wait for each other")
	})
}

func TestACallerThatUnlocksAndComesBackGoesToTheEndOfTheQueue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		for range 20 { // often: where they compete for it, the other caller may be first
			_, unlock := w.lock("main", "a", 0)
			due := time.Since(w.start) + time.Second
			w.come(user{"a", 0, time.Second, 0})
			synctest.Wait() // it waits
			unlock()
			outcome, unlock := w.lock("main", "a", 0)
			unlock()
			if outcome != due.String() {
				w.complain("a caller waited when the lock was given back, and holds it until %v; but the caller that came later got it first, at %s", due, outcome)
			}
			w.users.Wait()
		}
	})
}

func TestAWaiterGivesUpWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, 2 * time.Second, 0}, user{"a", 100 * ms, time.Second, 500 * ms},
			user{"a", 200 * ms, time.Second, 0}, user{"a", 300 * ms, time.Second, 0})
		w.expect(`["0s" "gave up at 600ms" "2s" "3s"]`, "the ctx of the second one ended at 600ms, while it waited")
		w.expectLen(0, "one caller gave up, all others have unlocked, and still the key is kept")
	})
}

func TestADeadlineIsNoPriority(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, time.Second, 0}, user{"a", 100 * ms, time.Second, 40 * time.Second}, user{"a", 200 * ms, time.Second, 20 * time.Second})
		w.expect(`["0s" "1s" "2s"]`, "the third one has the earliest deadline and came last: first come, first served, whatever the deadlines")
	})
}

func TestAWaiterLeavesFromWhereItIsInTheQueue(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		const patience = 20 * time.Second
		w.come(user{"a", 0, time.Second, patience}, user{"a", 100 * ms, time.Second, patience}, user{"a", 200 * ms, 0, 1300 * ms},
			user{"a", 300 * ms, time.Second, patience}, user{"a", 400 * ms, time.Second, patience})
		w.expect(`["0s" "1s" "gave up at 1.5s" "2s" "3s"]`, "the third one gave up at 1.5s, when the queue had moved up."+
			" It has to leave from the place that it has then, and no other caller may leave with it")
	})
}

func TestOnAnEndedCtxNothingIsTaken(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTired)
		for range 100 { // often, because select picks one of two ready cases at random
			if unlock, err := w.Lock(ended, "a"); err == nil {
				w.complain("Lock took a free lock on a ctx that had already ended")
				unlock()
			} else if !errors.Is(err, errTired) {
				w.complain("ctx had ended before the call with the cause %q, and Lock returned %q: return context.Cause(ctx)", errTired, err)
			}
		}
		w.expectLen(0, "Lock on a ctx that had ended keeps the key")
	})
}

func TestForgetsAKeyThatNoCallerUses(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		for n := range 100 {
			_, unlock := w.lock("main", fmt.Sprint("key ", n), 0)
			w.expectLen(1, "one key is in use; it is kept and the others are forgotten")
			unlock()
		}
		w.expectLen(0, "no key is in use any more")
	})
}

func TestKeepsAKeyForTheCallersThatWait(t *testing.T) {
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

func TestKeepsAKeyThatIsHeldWhenTheLastCallerThatWaitsGivesUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		w.come(user{"a", 0, 2 * time.Second, 0}, user{"a", 100 * ms, 0, 300 * ms}, user{"a", 600 * ms, time.Second, 0})
		time.Sleep(500 * ms)
		w.expectLen(1, "one caller holds the lock, and the only one that waited has given up")
		w.expect(`["0s" "gave up at 400ms" "2s"]`, "the second one gave up, and the first one holds the lock until 2s")
	})
}

func TestTwoKeyedLocksShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w, other := newWard(t), newWard(t)
		_, _ = w.lock("main", "a", 0)
		if outcome, _ := other.lock("main", "a", time.Second); outcome != "0s" {
			w.complain("key a is held in one KeyedLock, and a caller of another KeyedLock waits for it: it %s", outcome)
		}
	})
}

func TestASecondUnlockDoesNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		first, _ := w.Lock(t.Context(), "a")
		first()
		unlock := func() {
			defer func() {
				if v := recover(); v != nil {
					w.complain("a second unlock panicked with %q: all calls but the first do nothing", fmt.Sprint(v))
				}
			}()
			first()
		}
		unlock()
		w.come(user{"a", 0, time.Second, 0}, user{"a", 300 * ms, time.Second, 0})
		time.Sleep(200 * ms)
		unlock() // another caller holds the lock now
		w.expectLen(1, "a second unlock has taken the key from the caller that holds it")
		w.expect(`["0s" "1s"]`, "a second unlock has given away the lock that another caller holds")
		w.expectLen(0, "all have unlocked, one of them several times")
	})
}

func TestALockThatIsFreeWhenCtxEndsIsNotLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		for n := 0; n < 50 && !t.Failed(); n++ {
			_, unlock := w.lock("main", "a", 0)
			ctx, giveUp := context.WithCancelCause(t.Context())
			var waiter sync.WaitGroup
			waiter.Go(func() {
				if release, err := w.Lock(ctx, "a"); err == nil {
					release()
				}
			})
			synctest.Wait()
			waiter.Go(func() {
				_, unlock := w.lock("second", "a", 0)
				unlock()
			})
			synctest.Wait()
			if n%2 == 0 { // both at one instant, in either order
				giveUp(errTired)
				unlock()
			} else {
				unlock()
				giveUp(errTired)
			}
			waiter.Wait()
			_, unlock = w.lock("main", "a", 0)
			unlock()
			w.expectLen(0, "the lock became free at the instant when the ctx of the caller that waited ended, and no caller is left")
		}
	})
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx := lesson.Context(t)
		var k exercise.KeyedLock
		var callers sync.WaitGroup
		for range 2 { // the second one waits for the first
			unlock, err := k.Lock(ctx, "a")
			if err != nil {
				t.Fatalf("ctx is alive, and Lock returned %q: it waits until the lock is free", err)
			}
			lesson.NothingLeft(t, "Lock has returned and its caller holds the lock")
			time.AfterFunc(time.Second, unlock)
		}
		for range 3 {
			callers.Go(func() {
				if unlock, err := k.Lock(ctx, "a"); err == nil {
					time.Sleep(time.Second)
					unlock()
				}
			})
		}
		callers.Wait()
		lesson.NothingLeft(t, "each caller has held the lock and unlocked")
	})
}

func TestManyKeysDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		w := newWard(t)
		const keys = 2_000
		odd := []string{"", " ", "a", "A", "a ", "a\x00"}
		for n := range keys {
			key := fmt.Sprint("key ", n)
			if n < len(odd) {
				key = odd[n]
			}
			if outcome, _ := w.lock("main", key, time.Second); outcome != "0s" {
				w.complain("different keys wait for each other: %d keys are held, key %q is free, and its caller %s", n, key, outcome)
				return
			}
		}
		w.expectLen(keys, "the locks of 2000 keys are held")
	})
}

func TestAKeyMayBeLong(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := newWard(t)
		long := strings.Repeat("folder/", 1000)
		for _, file := range []string{"a", "b"} {
			if _, err := w.Lock(ctx, long+file); err != nil {
				w.complain("two keys of %d bytes differ in the last byte, the one is held, and the other, which is free, waits for it: any string is a key, however long", len(long+file))
			}
		}
		w.expectLen(2, "the locks of two long keys are held")
	})
}

func TestManyCallersWaitForOneKey(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const callers = 1_100
		w := newWard(t)
		_, unlock := w.lock("main", "a", 0)
		served := 0 // guarded by the lock of key a
		for n := range callers {
			w.users.Go(func() {
				unlock, err := w.Lock(t.Context(), "a")
				switch {
				case err != nil || unlock == nil:
					w.complain("%d callers wait for a key, another one comes, and Lock returned %s: any number may wait", n, lesson.Quote(err))
					return
				case served != n:
					w.complain("%d callers waited for a key, and number %d got it after %d others: first come, first served", callers, n, served)
				}
				served++
				w.expectLen(1, fmt.Sprintf("%d callers have come for one key, and %d of them have unlocked", 1+callers, served))
				unlock()
			})
			synctest.Wait() // it waits
		}
		unlock()
		w.users.Wait()
		w.expectLen(0, "all callers have come and gone")
	})
}

func TestUnlockFromTwoGoroutinesAtOnceUnlocksOnce(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		w := newWard(t)
		unlock, err := w.Lock(t.Context(), "a")
		if err != nil {
			t.Fatalf("the lock is free, and Lock returned %q", err)
		}
		w.come(user{"a", 0, time.Second, 0}, user{"a", 0, time.Second, 0})
		synctest.Wait()
		lesson.Together(2, func(int) {
			defer func() {
				if v := recover(); v != nil {
					t.Errorf("2 goroutines call the same unlock at once, and one of them panics with %v", v)
				}
			}()
			unlock()
		})()
		w.users.Wait()
		if took := time.Since(w.start); took != 2*time.Second {
			w.complain("2 goroutines call the same unlock at once, and 2 users wait, each of which holds the lock for 1s, so that the last one unlocks at 2s, not at %v", took)
		}
	})
}

func TestACallerThatComesAsAnotherUnlocksGetsTheLock(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		w := newWard(t)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errLost)
		defer cancel()
		unlock, err := w.Lock(ctx, "a")
		if err != nil {
			t.Fatalf("the lock is free, and Lock returned %q", err)
		}
		lesson.Together(2, func(g int) {
			if g == 0 {
				unlock()
			} else if release, err := w.Lock(ctx, "a"); err == nil {
				release()
			} else {
				w.complain("one caller unlocks as another one comes, and the other one waits although the lock is free:" +
					" it came between the look (does a caller wait?) and the act (forget the key)")
			}
		})()
		w.expectLen(0, "one caller unlocked as another one came, and that one has unlocked, too")
	})
}

func TestManyGoroutinesAtOnce(t *testing.T) {
	var k exercise.KeyedLock
	var held [3]int // each behind the lock of its key
	var calls [4]int
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	lesson.Storm(t, 4, func(g int) {
		key := calls[g] % len(held)
		calls[g]++
		unlock, err := k.Lock(t.Context(), fmt.Sprint("key ", key))
		if err != nil {
			if t.Context().Err() == nil { // the test goes on
				t.Errorf("ctx is alive, and Lock returned %q", err)
			}
			return
		}
		held[key]++
		if unlock, err := k.Lock(ended, "key 0"); err == nil { // wrong, but not what this test is about
			unlock()
		}
		_ = k.Len()
		unlock()
	})
	sum, want := 0, 0
	for _, n := range held {
		sum += n
	}
	for _, n := range calls {
		want += n
	}
	if sum != want {
		t.Errorf("4 goroutines lock 3 keys, and each adds 1 to a number behind the lock: %d additions made %d. Two callers held one lock at the same time",
			want, sum)
	}
	if n := k.Len(); n != 0 {
		t.Errorf("4 goroutines have locked and unlocked 3 keys, and Len is %d afterwards, not 0", n)
	}
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

func TestACtxThatEndsBetweenTheLookAndTheWaitIsNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			var k exercise.KeyedLock
			unlock, err := k.Lock(t.Context(), "a")
			if err != nil {
				t.Fatalf("the lock was free, and Lock returned %q", err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			returned := make(chan struct{})
			go func() {
				defer close(returned)
				_, err = k.Lock(lesson.EndsAtLook(ctx, n+1, false, func() { cancel(errTired) }), "a")
			}()
			synctest.Wait()
			cancel(errTired) // an answer that does not look so often
			synctest.Wait()
			select {
			case <-returned:
				if err != errTired { //nolint:errorlint // it is the cause
					t.Fatalf("ctx ended with the cause %q as Lock began to wait, and Lock returned %s", errTired, lesson.Quote(err))
				}
			default:
				unlock() // so that it ends
				t.Fatal("ctx ended after Lock had looked at it and before Lock waited: Lock missed that and waits on. Send this wake-up with the lock held")
			}
			unlock()
		}
	})
}
