//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/04-event/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errStopped = errors.New("the server stops")

// A team is a Readiness whose callers are watched.
type team struct {
	*exercise.Readiness
	t       *testing.T
	start   time.Time
	waiters *atomic.Int32
}

func newTeam(t *testing.T, names ...string) team {
	t.Helper()
	return team{exercise.New(names...), t, time.Now(), new(atomic.Int32)}
}

func (m team) up(names ...string)   { m.t.Helper(); m.note("Up", m.Up, names) }
func (m team) down(names ...string) { m.t.Helper(); m.note("Down", m.Down, names) }

func (m team) note(what string, change func(string) error, names []string) {
	m.t.Helper()
	for _, name := range names {
		lesson.Log(m.t).With("task", name).Info(what)
		if err := change(name); err != nil {
			m.t.Fatalf("%s(%q) returned %q, although New was given this name", what, name, err)
		}
	}
}

// A waiter is a Wait under way, on a ctx that ends within four days.
type waiter struct {
	team
	came, left time.Duration
	cancel     context.CancelCauseFunc
	ended      chan struct{}
	err        error
}

// wait begins a Wait and returns when it waits.
func (m team) wait() *waiter {
	ctx, cancel := context.WithCancelCause(m.t.Context())
	w := &waiter{team: m, came: time.Since(m.start), cancel: cancel, ended: make(chan struct{})}
	limit := time.AfterFunc(96*time.Hour, func() { cancel(errors.New("four days are over")) })
	log := lesson.Log(m.t).With("task", fmt.Sprint("waiter ", m.waiters.Add(1)))
	log.Info("calls Wait", lesson.Waiting)
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				w.err = fmt.Errorf("panic: %v", reason)
			}
			log.Info("Wait returns " + lesson.Quote(w.err))
			limit.Stop()
			close(w.ended)
		}()
		w.err = m.Wait(ctx)
		w.left = time.Since(m.start)
	}()
	synctest.Wait()
	return w
}

// released fails the test unless the Wait returns nil now.
func (w *waiter) released(when string) {
	w.t.Helper()
	now := time.Since(w.start)
	<-w.ended
	switch {
	case w.err != nil:
		w.t.Fatalf("%s, but a Wait that began at %v was not released, it ended with %q", when, w.came, w.err)
	case w.left != now:
		w.t.Fatalf("%s at %v, but a Wait that began at %v returned only at %v, and not at that instant", when, now, w.came, w.left)
	}
}

// waits fails the test if the Wait has returned, and ends it.
func (w *waiter) waits(why string) {
	w.t.Helper()
	synctest.Wait()
	select {
	case <-w.ended:
		w.t.Fatalf("%s, and yet Wait returned %s", why, lesson.Quote(w.err))
	default:
		w.cancel(nil)
		synctest.Wait()
		select {
		case <-w.ended:
		default:
			for _, name := range []string{"db", "cache", "queue"} { // so that it returns after all
				_ = w.Up(name)
			}
			w.t.Fatalf("%s, then ctx ended at %v, and Wait has not returned", why, time.Since(w.start))
		}
	}
}

func TestTheLastServiceReleasesAllCallers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache", "queue")
		waiters := []*waiter{m.wait(), m.wait()}
		time.Sleep(time.Second)
		m.up("queue", "db")
		waiters = append(waiters, m.wait())
		time.Sleep(1234567 * time.Microsecond)
		m.up("cache")
		for _, w := range waiters {
			w.released("the last service came up")
		}
		m.down("cache")
		w := m.wait()
		time.Sleep(72 * time.Hour) // it waits as long as it takes
		m.up("cache")
		w.released("the last service came up")
	})
}

func TestACallerThatComesLateNeedNotWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTeam(t).wait().released("there were no services to wait for")
		m := newTeam(t, "db", "cache")
		m.up("db", "cache")
		time.Sleep(time.Second)
		m.wait().released("all services were up")
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		for n := 0; n < 30 && !t.Failed(); n++ {
			if err := m.Wait(ended); err != nil {
				lesson.Log(t).With("task", "waiter 2").Info("Wait, late, returns " + lesson.Quote(err))
				t.Errorf("all services are up, and ctx has ended: Wait returns nil, but it returned %q", err)
			}
		}
	})
}

func TestWaitsAgainAfterAServiceWentDown(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		for range 3 {
			m.up("db", "cache")
			m.wait().released("all services were up")
			m.down("cache")
			m.wait().waits("a service went down")
			w := m.wait()
			time.Sleep(time.Second)
			m.up("cache")
			w.released("the service was up again")
			m.down("db", "cache")
		}
	})
}

func TestACallerThatIsReleasedStaysReleased(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 30 && !t.Failed(); n++ {
			m := newTeam(t, "db", "cache")
			early := m.wait()
			m.up("db", "cache")
			m.down("db") // before early has run
			late := m.wait()
			early.released("all services were up for a moment, then one went down")
			late.waits("a service had gone down")

			m.down("cache")
			early = m.wait()
			m.up("db", "cache")
			early.cancel(errStopped)
			early.released("all services were up, then ctx ended")
		}
	})
}

func TestAServiceCountsOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		m.up("db", "db", "db")
		m.wait().waits("db was up three times and cache never")
		m.up("cache", "cache", "db")
		m.wait().released("both were up")
		m.down("db", "db")
		m.up("db")
		m.wait().released("db was down twice and up again")
	})
}

func TestThereMayBeManyServices(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		names := make([]string, 1_100)
		for i := range names {
			names[i] = fmt.Sprint("service ", i)
		}
		m := exercise.New(names...)
		for i, name := range names {
			select {
			case <-m.Ready():
				t.Fatalf("%d of %d services are up, and the channel of Ready is closed", i, len(names))
			default:
			}
			if err := m.Up(name); err != nil {
				t.Fatalf("Up(%q) returned %q, although New was given this name", name, err)
			}
		}
		select {
		case <-m.Ready():
		default:
			t.Fatalf("all of %d services are up, and the channel of Ready is not closed", len(names))
		}
	})
}

func TestAnyNumberOfCallersMayWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const callers = 1_100
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		m := newTeam(t, "db")
		var left atomic.Int32
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				if m.Wait(ctx) != nil {
					left.Add(1)
				}
			})
		}
		synctest.Wait()
		m.up("db")
		all.Wait()
		if n := left.Load(); n > 0 {
			t.Errorf("%d callers waited when the last service came up, and %d of them were not released: Up releases all callers that wait, however many", callers, n)
		}
	})
}

func TestACallerThatWaitsIsNotForgotten(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		first := m.wait()
		m.up("db")
		second := m.wait()
		m.down("db", "cache")
		third := m.wait()
		time.Sleep(time.Second)
		m.up("cache", "db")
		for _, w := range []*waiter{first, second, third} {
			w.released("a service came and went, then all were up")
		}
	})
}

func TestAServiceThatIsDownAlreadyStaysAsItIs(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		m.up("db")
		w := m.wait()
		ready := m.Ready()
		m.down("cache") // the only one that is down
		time.Sleep(time.Second)
		m.up("cache")
		w.released("a service was down and was noted as down once more, then all were up")
		select {
		case <-ready:
		default:
			synctest.Wait()
			select {
			case <-ready:
				t.Error("Up has returned, all are up, and the channel of Ready was open for a moment more: Up closes it before it returns, and Ready starts no goroutine for that")
			default:
				t.Error("a service was down and was noted as down once more, then all were up, and the channel of Ready is open")
			}
		}
	})
}

func TestAnUnknownServiceChangesNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		m.up("db")
		if err := m.Up("cahce"); !errors.Is(err, exercise.ErrUnknown) {
			t.Errorf("New was given db and cache, and Up(\"cahce\") returned %s, not ErrUnknown", lesson.Quote(err))
		}
		m.wait().waits("cache was down and an unknown service up")
		m.up("cache")
		if err := m.Down("cahce"); !errors.Is(err, exercise.ErrUnknown) {
			t.Errorf("New was given db and cache, and Down(\"cahce\") returned %s, not ErrUnknown", lesson.Quote(err))
		}
		m.wait().released("db and cache were up, and an unknown service down")
		m.down("cache")
		m.wait().waits("an unknown service was down, then cache")
	})
}

func TestAnyStringIsAName(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "", "db", "DB")
		m.up("", "db")
		m.wait().waits(`the services are "", "db" and "DB", and DB is down`)
		m.up("DB")
		m.wait().released(`the services are "", "db" and "DB", and all are up`)
	})
}

func TestGivesUpWithTheCauseWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		m.up("db")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 1500*time.Millisecond, errStopped)
		defer cancel()
		stuck := time.AfterFunc(time.Hour, func() { _ = m.Up("cache") })
		defer stuck.Stop()
		for _, when := range []string{"while Wait waited", "before the call"} {
			err := m.Wait(ctx)
			if after := time.Since(m.start); !errors.Is(err, errStopped) || after != 1500*time.Millisecond {
				t.Fatalf("ctx ended at 1.5s, %s, with the cause %q, and Wait returned %s at %v", when, errStopped, lesson.Quote(err), after)
			}
		}
	})
}

func TestACallerThatGivesUpDoesSoAlone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db")
		first, second, third := m.wait(), m.wait(), m.wait()
		second.cancel(errStopped)
		synctest.Wait()
		for _, w := range []*waiter{first, second, third} {
			select {
			case <-w.ended:
				if w != second {
					t.Fatalf("three callers waited and the second gave up: so did another one, its Wait returned %s", lesson.Quote(w.err))
				}
			default:
				if w == second {
					first.cancel(nil) // so that all end
					third.cancel(nil)
					m.up("db")
					t.Fatal("three callers waited and the ctx of the second ended, but its Wait has not returned")
				}
			}
		}
		m.up("db")
		first.released("one caller had given up, then all services were up")
		third.released("one caller had given up, then all services were up")
	})
}

func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx := lesson.Context(t)
		m := newTeam(t, "db")
		time.AfterFunc(time.Second, func() { _ = m.Up("db") })
		_, _, _ = m.Ready(), m.Wait(ctx), m.Wait(ctx)
		_ = m.Down("db")
		_ = m.Ready()
		lesson.NothingLeft(t, "Wait has returned twice, Up, Down and Ready too")
	})
}

func TestReadyIsForASelect(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		m := newTeam(t, "db", "cache")
		look := func(ready <-chan struct{}, open bool, what string) {
			select {
			case _, ok := <-ready:
				switch {
				case ok:
					t.Errorf("%s had a value: nothing is sent on it, it is closed", what)
				case open && !t.Failed():
					t.Errorf("%s is closed, and should be open", what)
				}
			default:
				if !open && !t.Failed() {
					t.Errorf("%s is open, and should be closed", what)
				}
			}
		}
		m.up("db")
		first, second := m.Ready(), m.Ready()
		look(first, true, "cache is still down: the channel of Ready")
		m.down("db")
		m.up("db", "cache")
		look(first, false, "all are up now: the first of two channels that Ready returned before")
		look(second, false, "all are up now: the second of two channels that Ready returned before")
		look(m.Ready(), false, "all are up: a new channel of Ready")
		m.down("cache")
		look(first, false, "all were up, and a service is down again: the channel that was closed then")
		look(m.Ready(), true, "all were up, and a service is down again: a new channel of Ready")
	})
}

// Often, because one service has to go down at the moment at which the other comes up.
func TestChangesAtTheSameTime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // on a machine with one processor, too
	lesson.Bubble(t, func(t *testing.T) {
		names := make([]string, 300)
		for i := range names {
			names[i] = fmt.Sprint("service ", i)
		}
		first, last := names[0], names[len(names)-1]
		m := newTeam(t, names...)
		m.up(names...)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for n := 0; n < 3000 && !t.Failed(); n++ {
			m.down(last)
			var begun atomic.Bool
			var both sync.WaitGroup
			both.Go(func() {
				begun.Store(true)
				_ = m.Up(last)
			})
			both.Go(func() {
				for !begun.Load() {
					runtime.Gosched()
				}
				for range n % 5 {
					_ = m.Down("unknown") // takes some time, and each time a different one
				}
				_ = m.Down(first)
				_, _ = m.Ready(), m.Wait(ended) // for the race detector
			})
			both.Wait()
			if m.Wait(ended) == nil {
				t.Error("one service went down while another came up; the one is down, and yet all count as up." +
					" Another goroutine got between the look (are all up?) and the act (release the callers)")
			}
			m.up(first)
		}
		m.wait().released("all were up in the end")
	})
}

func TestManyGoroutinesAtOnce(t *testing.T) {
	names := []string{"db", "cache", "queue", "mail"}
	r := exercise.New(names...)
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errStopped)
	lesson.Storm(t, len(names), func(g int) { // each has a service of its own
		_ = r.Up(names[g])
		_, _ = r.Ready(), r.Wait(ended)
		_ = r.Down(names[g])
		if r.Wait(ended) == nil {
			t.Errorf("the service of this goroutine is down, and yet Wait on an ended ctx returned no error")
		}
		_ = r.Up(names[g])
	})
	if err := r.Wait(ended); err != nil {
		t.Errorf("4 goroutines took services up and down, at last all are up, and Wait returned %q", err)
	}
	select {
	case <-r.Ready():
	default:
		t.Error("4 goroutines took services up and down, at last all are up, and the channel of Ready is open")
	}
}

func TestKeepsItsOwnNames(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		names := []string{"db", "cache"}
		m := newTeam(t, names...)
		names[0], names[1] = "disk", "mail" // New has returned: the slice is the caller's
		w := m.wait()
		m.up("db", "cache")
		w.released("all services of New are up")
	})
}

func TestTwoReadinessesShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		one, other := newTeam(t, "db"), newTeam(t, "db")
		one.up("db")
		other.wait().waits("in another Readiness db is up, in this one it is not")
		one.wait().released("db is up")
		w := other.wait()
		other.up("db")
		w.released("db is up in both Readinesses")
	})
}

func TestAnUpThatComesAsWaitBeginsReleasesIt(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		m := newTeam(t, "db")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("a minute is over"))
		defer cancel()
		var err error
		lesson.Together(2, func(g int) {
			if g == 0 {
				err = m.Wait(lesson.Yields(ctx))
			} else {
				_ = m.Up("db")
			}
		})()
		if err != nil {
			t.Errorf("the last service came up as Wait began, and Wait was not released, it ended with %q: Up came before Wait listened", err)
		}
	})
}

func TestTheEndOfCtxAfterTheLastUpChangesNothing(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		m := newTeam(t, "db")
		ctx, cancel := context.WithCancelCause(t.Context())
		var err error
		lesson.Together(2, func(g int) {
			if g == 0 {
				err = m.Wait(lesson.Yields(ctx))
			} else {
				_ = m.Up("db")
				cancel(errStopped)
			}
		})()
		if err != nil {
			t.Errorf("the last service came up as Wait began, then ctx ended, and Wait returned %q: select picks one of two ready cases at random."+
				" When ctx has ended, look whether all are up", err)
		}
	})
}

func TestACtxThatEndsBetweenTheLookAndTheWaitIsNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			m := newTeam(t, "db")
			ctx, cancel := context.WithCancelCause(t.Context())
			var err error
			returned := make(chan struct{})
			go func() {
				defer close(returned)
				err = m.Wait(lesson.EndsAtLook(ctx, n+1, false, func() { cancel(errStopped) }))
			}()
			synctest.Wait()
			cancel(errStopped) // an answer that does not look so often
			synctest.Wait()
			select {
			case <-returned:
				if err != errStopped { //nolint:errorlint // it is the cause
					t.Fatalf("ctx ended as Wait began, with the cause %q, and Wait returned %s", errStopped, lesson.Quote(err))
				}
			default:
				m.up("db") // so that it ends
				t.Fatal("ctx ended after Wait had looked at it and before Wait waited: Wait missed that and waits on. Send this wake-up with the lock held")
			}
		}
	})
}
