//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/03-http-drain/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTooLate = errors.New("the time is up")

// endsAfter is a context that ends after d, with errTooLate as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errTooLate)
	t.Cleanup(cancel)
	return ctx
}

// A shop is a pool, and says what became of its jobs. It is read when Drain has
// returned, or the pool is at rest.
type shop struct {
	t     *testing.T
	pool  *exercise.Pool
	start time.Time

	mu sync.Mutex // guards the below
	record
}

// A record is what the jobs write.
type record struct {
	now, most   int           // under way, and the most of them at once
	begun, done []string      // by name
	cut         []error       // the causes of the contexts that ended under a job
	last        time.Duration // when the last one returned
}

func newShop(t *testing.T, workers, queue int) *shop {
	t.Helper()
	return &shop{t: t, pool: exercise.New(workers, queue), start: time.Now()}
}

// job takes so long. When its context ends it gives up, and cleans up for 0.5 s.
func (s *shop) job(name string, takes time.Duration) exercise.Job {
	return exercise.Job{Name: name, Run: func(ctx context.Context) {
		s.mu.Lock()
		s.now++
		s.most = max(s.most, s.now)
		s.begun = append(s.begun, name)
		s.mu.Unlock()
		log := lesson.Log(s.t).With("task", "job "+name)
		log.Info("begins", lesson.Waiting)
		defer log.Info("is over")
		if takes > 0 {
			select {
			case <-time.After(takes):
			case <-ctx.Done():
				time.Sleep(500 * time.Millisecond)
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now, s.last = s.now-1, time.Since(s.start)
		if ctx.Err() != nil && takes > 0 {
			s.cut = append(s.cut, context.Cause(ctx))
		} else {
			s.done = append(s.done, name)
		}
	}}
}

// seen is what the jobs have written by now.
func (s *shop) seen() record {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.record
	r.begun, r.done, r.cut = slices.Clone(r.begun), slices.Clone(r.done), slices.Clone(r.cut)
	return r
}

// submit calls Submit. Its panic is a failure of the test, and an error.
func (s *shop) submit(ctx context.Context, job exercise.Job) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
			s.complain("Submit panics: %v", reason)
		}
	}()
	log := lesson.Log(s.t).With("task", "Submit")
	if err = s.pool.Submit(ctx, job); err != nil {
		log.Info("refuses job " + job.Name + ": " + lesson.Quote(err))
	}
	return err
}

// complain fails the test, in one line however many goroutines complain.
func (s *shop) complain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.t.Failed() {
		s.t.Errorf(format, args...)
	}
}

// accepts has the pool accept jobs for which it has room.
func (s *shop) accepts(takes time.Duration, names ...string) {
	s.t.Helper()
	for _, name := range names {
		before := time.Now()
		err := s.submit(s.t.Context(), s.job(name, takes))
		if waited := time.Since(before); err != nil || waited > 0 {
			s.t.Fatalf("there is room for job %s, and Submit returned %s after %v", name, lesson.Quote(err), waited)
		}
		synctest.Wait()
	}
}

// drain calls Drain, which has to return when want has passed since the start.
func (s *shop) drain(ctx context.Context, want time.Duration) (left []string, err error) {
	s.t.Helper()
	log := lesson.Log(s.t).With("task", "Drain")
	log.Info("is called", lesson.Waiting)
	jobs, err := s.pool.Drain(ctx)
	log.Info(fmt.Sprintf("hands back %d jobs, %s", len(jobs), lesson.Quote(err)))
	at := time.Since(s.start)
	defer func() { lesson.NothingLeft(s.t, "Drain has returned") }()
	if got := s.seen(); got.now > 0 {
		s.t.Errorf("Drain returned at %v, when %d jobs were still under way", at, got.now)
	} else if len(got.cut) > 0 && ctx.Err() == nil {
		s.t.Errorf("Drain's ctx was alive, and the context of a job under way ended: %v; until Drain gives up no such context ends", got.cut[0])
	} else if at > want && got.last == want {
		s.t.Errorf("the last job returned at %v and none was left, and Drain returned at %v, not at once", got.last, at)
	} else if at != want {
		s.t.Errorf("Drain returned at %v, not at %v; done by then: %v of %v", at, want, got.done, got.begun)
	}
	for _, job := range jobs {
		left = append(left, job.Name)
	}
	return left, err
}

func TestRunsAsManyAtOnceAsItHasWorkers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 3, 4)
		s.accepts(time.Second, "A", "B", "C", "D", "E", "F", "G")
		_, _ = s.drain(t.Context(), 3*time.Second)
		if got := s.seen(); got.most != 3 {
			t.Errorf("%d jobs ran at once, and the pool has 3 workers", got.most)
		}
	})
}

func TestHasAsManyWorkersAsItIsGiven(t *testing.T) {
	const workers = 300
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, workers, 1)
		for i := range workers {
			if err := s.submit(endsAfter(t, time.Millisecond), s.job(fmt.Sprint(i), time.Second)); err != nil {
				t.Fatalf("the pool has %d workers, %d are busy, and Submit returned %s: as many jobs run at once as New is told, whatever the machine", workers, len(s.seen().begun), lesson.Quote(err))
			}
			synctest.Wait()
		}
		if got := s.seen(); got.now != workers {
			t.Errorf("the pool has %d workers and accepted as many jobs, and %d of them are under way", workers, got.now)
		}
		_, _ = s.pool.Drain(t.Context())
	})
}

func TestAsManyJobsWaitAsTheQueueHolds(t *testing.T) {
	const queue = 300
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, queue)
		for i := range 1 + queue { // the first is under way
			if err := s.submit(endsAfter(t, time.Millisecond), s.job("copy", time.Second)); err != nil {
				t.Fatalf("the queue holds %d jobs, %d wait, and Submit returned %s: as many wait as New is told", queue, i-1, lesson.Quote(err))
			}
			synctest.Wait()
		}
		_, _ = s.pool.Drain(t.Context())
		if got := s.seen(); len(got.done) != 1+queue {
			t.Errorf("%d jobs with one name were accepted, and %d of them were run: each is a job of its own, whatever its name", 1+queue, len(got.done))
		}
	})
}

func TestSubmitWaitsForRoomUntilItsContextEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(5*time.Second, "A", "B")
		err := s.submit(endsAfter(t, time.Second), s.job("C", time.Second))
		if at := time.Since(s.start); err == nil && at == 0 {
			t.Errorf("the worker was busy with A, B waited, and the queue has room for one: Submit accepted C as well, at once")
		} else if !errors.Is(err, errTooLate) || at != time.Second {
			t.Errorf("there was no room, and ctx ended at 1s: Submit returned %s at %v, not context.Cause(ctx) at 1s", lesson.Quote(err), at)
		}
		err = s.submit(endsAfter(t, time.Minute), s.job("D", time.Second))
		if at := time.Since(s.start); err != nil || at != 5*time.Second {
			t.Errorf("there was room again at 5s: a Submit that waited for it returned %s at %v", lesson.Quote(err), at)
		}
		_, _ = s.drain(t.Context(), 11*time.Second)
		if got := s.seen(); fmt.Sprint(got.done) != "[A B D]" {
			t.Errorf("A, B and D were accepted, C was refused, and these were done: %v", got.done)
		}
	})
}

func TestSubmitAcceptsNothingOnAContextThatHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 30)
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTooLate)
		for range 30 { // often, because select picks one at random
			if err := s.submit(ended, s.job("A", 0)); !errors.Is(err, errTooLate) {
				s.complain("there was room, but ctx had ended: Submit returned %s, not context.Cause(ctx)", lesson.Quote(err))
			}
		}
		_, _ = s.drain(t.Context(), 0)
	})
}

// Either may win where ctx ends at the instant at which there is room. The room is not lost.
func TestRoomIsNotLostWhenCtxEndsAtThatInstant(t *testing.T) {
	for n := 0; n < 20 && !t.Failed(); n++ { // often, because select picks one at random
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 1, 1)
			s.accepts(time.Second, "A", "B")
			_ = s.submit(lesson.EndsAt(t, t.Context(), time.Second, errTooLate), s.job("C", time.Second))
			time.Sleep(time.Minute)
			for _, name := range []string{"D", "E"} {
				if err := s.submit(endsAfter(t, time.Millisecond), s.job(name, time.Second)); err != nil {
					s.complain("the pool is idle again, and has no room for job %s: Submit returned %s; the ctx of an earlier Submit ended at the instant at which it got room", name, lesson.Quote(err))
				}
			}
			_, _ = s.pool.Drain(t.Context())
		})
	}
}

func TestOneOfTwoSubmitsGetsTheLastRoom(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A")
		var accepted atomic.Int64
		lesson.Together(2, func(int) {
			if s.submit(endsAfter(t, time.Second), s.job("B", time.Second)) == nil {
				accepted.Add(1)
			}
		})()
		if at := time.Since(s.start); accepted.Load() != 1 || at != time.Second {
			s.complain("there was room for one job, two goroutines called Submit at once with a ctx that ends at 1s, and when both had returned, at %v, the pool had accepted %d jobs: between the look and the act of one the other got in", at, accepted.Load())
		}
		_, _ = s.pool.Drain(t.Context())
	})
}

func TestRoomThatIsNotTakenGoesToTheNext(t *testing.T) {
	for n := 0; n < 50 && !t.Failed(); n++ { // often, because either may win
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 1, 1)
			s.accepts(time.Second, "A", "B")
			var first error
			var at time.Duration
			var waiting sync.WaitGroup
			waiting.Go(func() {
				first = s.submit(lesson.EndsAt(t, t.Context(), time.Second, errTooLate), s.job("C", time.Second))
			})
			synctest.Wait()
			waiting.Go(func() {
				_ = s.submit(t.Context(), s.job("D", time.Second))
				at = time.Since(s.start)
			})
			waiting.Wait()
			if first != nil && at != time.Second {
				s.complain("two Submits waited, there was room at 1s, and the first was refused because its ctx ended at 1s: the second was accepted at %v", at)
			}
			_, _ = s.pool.Drain(t.Context())
		})
	}
}

// Jobs that take no time: the worker comes back and waits for work before the Submits that it has woken have looked for room.
func TestNoWakeUpGoesToTheWrongWaiter(t *testing.T) {
	for n := 0; n < 30 && !t.Failed(); n++ { // often, because the worker has to be the first to come back
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 1, 1)
			s.accepts(time.Second, "A")
			s.accepts(0, "B")
			ctx := endsAfter(t, time.Minute)
			var crowd sync.WaitGroup
			for range 20 {
				crowd.Go(func() { _ = s.submit(ctx, s.job("C", 0)) })
			}
			crowd.Wait()
			if at := time.Since(s.start); at > time.Second {
				s.complain("20 Submits waited for room until the worker was free, at 1s, their jobs take no time, and the last Submit returned at %v: a wake-up was lost, or went to a Submit where the worker waited for it, or the other way round", at)
			}
			_, _ = s.pool.Drain(t.Context())
		})
	}
}

func TestAJobsContextIsNotThatOfItsSubmit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		ctx, cancel := context.WithCancel(t.Context())
		if err := s.submit(ctx, s.job("A", 3*time.Second)); err != nil {
			t.Fatalf("there is room, and Submit returned %s", lesson.Quote(err))
		}
		time.Sleep(time.Second)
		cancel() // as that of a request, when it has its answer
		time.Sleep(time.Second)
		synctest.Wait()
		if len(s.seen().cut) > 0 {
			t.Error("a job was accepted, and then cut off because the ctx of its Submit ended")
		}
		_, _ = s.drain(t.Context(), 3*time.Second)
	})
}

func TestDrainWaitsForAllThatWasAccepted(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 3)
		s.accepts(2*time.Second, "A", "B", "C", "D")
		time.Sleep(time.Second)
		left, err := s.drain(endsAfter(t, time.Minute), 8*time.Second)
		if got := s.seen(); len(got.cut) > 0 {
			t.Errorf("Drain had a minute, and the context of a job ended: %v", got.cut[0])
		} else if fmt.Sprint(got.done) != "[A B C D]" || len(left) > 0 || err != nil {
			t.Errorf("A B C D were accepted, and there was time: done are %v, handed back %v, %s", got.done, left, lesson.Quote(err))
		}
	})
}

func TestAJobTakesAsLongAsItTakes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(48*time.Hour, "A", "B")
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if err := s.submit(endsAfter(t, 24*time.Hour), s.job("C", 0)); !errors.Is(err, errTooLate) {
				s.complain("there was no room, and the ctx of a Submit ended after 24h: Submit returned %s after %v, not context.Cause(ctx)", lesson.Quote(err), time.Since(s.start))
			}
		})
		waiting.Wait()
		left, err := s.drain(t.Context(), 96*time.Hour)
		if got := s.seen(); len(got.cut) > 0 {
			t.Errorf("Drain's ctx has no end, and the context of a job ended: %v", got.cut[0])
		} else if len(left) > 0 || err != nil {
			t.Errorf("jobs A and B take 48h each, Drain's ctx has no end, and Drain handed back %v, %s", left, lesson.Quote(err))
		}
	})
}

func TestSubmitIsRefusedOnceDrainHasBeenCalled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 2, 30)
		s.accepts(2*time.Second, "A")
		refuses := func(when string) {
			for range 30 { // often, because select picks one at random
				if err := s.submit(endsAfter(t, time.Second), s.job("late", 0)); !errors.Is(err, exercise.ErrDraining) {
					s.complain("%s there was room, and Submit returned %s, not ErrDraining", when, lesson.Quote(err))
				}
			}
		}
		var late sync.WaitGroup
		late.Go(func() {
			time.Sleep(time.Second)
			refuses("while Drain waited")
		})
		_, _ = s.drain(t.Context(), 2*time.Second)
		late.Wait()
		refuses("after Drain")
	})
}

func TestASubmitThatWaitsIsRefusedWhenDrainIsCalled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(2*time.Second, "A", "B")
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(func() {
				err := s.submit(endsAfter(t, time.Minute), s.job("waiting", time.Second))
				if at := time.Since(s.start); !errors.Is(err, exercise.ErrDraining) || at != time.Second {
					s.complain("Submit waited for room, and Drain was called at 1s: it returned %s at %v, not ErrDraining at 1s", lesson.Quote(err), at)
				}
			})
		}
		time.Sleep(time.Second)
		_, _ = s.drain(t.Context(), 4*time.Second)
		waiting.Wait()
		if got := s.seen(); fmt.Sprint(got.done) != "[A B]" {
			s.complain("A and B were accepted, and these were done: %v", got.done)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A", "B")
		var waiting sync.WaitGroup
		waiting.Go(func() { _ = s.submit(endsAfter(t, time.Minute), s.job("waiting", time.Second)) })
		time.Sleep(time.Second)
		left, _ := s.drain(endsAfter(t, 2*time.Second), 3500*time.Millisecond) // A cleans up
		waiting.Wait()
		if slices.Contains(left, "waiting") {
			s.complain("Submit waited for room when Drain was called, and Drain handed the job back, which was never accepted: Submit returns ErrDraining, and the job is the caller's")
		}
	})
}

func TestDrainGivesUpWhenItsContextEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 2, 3)
		s.accepts(10*time.Second, "A", "B", "C", "D", "E")
		left, err := s.drain(endsAfter(t, 3*time.Second), 3500*time.Millisecond) // A and B clean up
		switch got := s.seen(); {
		case len(got.begun) > 2:
			t.Errorf("Drain gave up at 3s, and these were begun after that: %v", got.begun[2:])
		case fmt.Sprint(left) != "[C D E]":
			t.Errorf("C D E were accepted and not begun: Drain has to hand them back, and returned %v", left)
		case !errors.Is(err, errTooLate):
			t.Errorf("Drain gave up and returned %s, not context.Cause(ctx)", lesson.Quote(err))
		case got.now == 0 && fmt.Sprint(got.cut) != fmt.Sprint([]error{errTooLate, errTooLate}):
			t.Errorf("A and B were cut off, and this is why, as they were told: %v, not the cause of Drain's ctx", got.cut)
		}
	})
}

func TestDrainWaitsForAJobHoweverLongItCleansUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		over := false
		err := s.submit(t.Context(), exercise.Job{Name: "A", Run: func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(48 * time.Hour)
			s.mu.Lock()
			defer s.mu.Unlock()
			over = true
		}})
		if err != nil {
			t.Fatalf("there is room, and Submit returned %s", lesson.Quote(err))
		}
		_, _ = s.pool.Drain(endsAfter(t, time.Second))
		s.mu.Lock()
		defer s.mu.Unlock()
		if !over {
			t.Errorf("Drain gave up at 1s, job A cleans up for 48h, and Drain returned at %v, while A was under way", time.Since(s.start))
		}
	})
}

func TestDrainReturnsTheCauseAlsoWhenTheQueueIsEmpty(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A")
		left, err := s.drain(endsAfter(t, 3*time.Second), 3500*time.Millisecond)
		if len(left) > 0 || !errors.Is(err, errTooLate) {
			t.Errorf("Drain gave up at 3s and cut off A, the only job: it handed back %v, and returned %s, not context.Cause(ctx)", left, lesson.Quote(err))
		}
	})
}

func TestDrainGivesUpAtOnceWhenItsContextHadEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A", "B")
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(errTooLate)
		left, err := s.drain(ended, 500*time.Millisecond)
		if fmt.Sprint(left) != "[B]" || !errors.Is(err, errTooLate) {
			t.Errorf("ctx had ended before Drain was called, A was under way and B in the queue: Drain handed back %v, and returned %s, not [B] and context.Cause(ctx)", left, lesson.Quote(err))
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A", "B")
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(lesson.ListError{"disk 1 fails", "disk 2 fails"})
		left, err := s.drain(ended, 500*time.Millisecond)
		if _, ok := errors.AsType[lesson.ListError](err); fmt.Sprint(left) != "[B]" || !ok {
			t.Errorf("ctx had ended, with a cause of a type that cannot be compared by ==, before Drain was called, A was under way and B in the queue: Drain handed back %v, and returned %s, not [B] and context.Cause(ctx)",
				left, lesson.Quote(err))
		}
	})
}

func TestAJobThatDrainHandsBackCanBeRun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		s.accepts(10*time.Second, "A", "B")
		left, _ := s.pool.Drain(endsAfter(t, time.Second))
		for _, job := range left {
			if job.Run == nil {
				t.Fatalf("Drain handed back job %s without its Run: its caller cannot run it, or keep it for later", job.Name)
			}
			job.Run(t.Context())
		}
		if got := s.seen(); fmt.Sprint(got.done) != "[B]" {
			t.Errorf("Drain handed back B, and its caller ran it for 10s: done are %v, not [B]", got.done)
		}
	})
}

func TestAJobMaySubmitAJob(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := newShop(t, 1, 1)
		err := s.submit(t.Context(), exercise.Job{Name: "A", Run: func(ctx context.Context) {
			if err := s.submit(ctx, s.job("B", time.Second)); err != nil {
				s.complain("job A submits job B, for which there is room: Submit returned %s", lesson.Quote(err))
			}
		}})
		if err != nil {
			t.Fatalf("there is room, and Submit returned %s", lesson.Quote(err))
		}
		time.Sleep(2 * time.Second)
		_, _ = s.drain(t.Context(), 2*time.Second)
		if got := s.seen(); fmt.Sprint(got.done) != "[B]" {
			s.complain("job A submitted job B, and was accepted: done are %v", got.done)
		}
	})
}

func TestNoJobBeginsOnceDrainGivesUp(t *testing.T) {
	for n := 0; n < 30 && !t.Failed(); n++ { // often, because another goroutine has to get in between
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 1, 2)
			end, cancel := context.WithCancelCause(t.Context())
			err := s.submit(t.Context(), exercise.Job{Name: "A", Run: func(ctx context.Context) {
				for range 2000 { // to end a context that has many functions takes a while; its Done is closed first
					context.AfterFunc(ctx, func() {})
				}
				<-ctx.Done()
			}})
			if err != nil {
				t.Fatalf("there is room, and Submit returned %s", lesson.Quote(err))
			}
			s.accepts(time.Second, "B", "C")
			time.AfterFunc(time.Second, func() { cancel(errTooLate) })
			left, _ := s.pool.Drain(end)
			if begun := s.seen().begun; len(begun) > 0 || len(left) != 2 {
				s.complain("A was under way, B and C in the queue when Drain's ctx ended, and A returned as soon as its context did: Drain handed back %d jobs, and begun after A were %v", len(left), begun)
			}
		})
	}
}

func TestTwoPoolsShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		one, two := newShop(t, 1, 1), newShop(t, 1, 1)
		one.accepts(10*time.Second, "A", "B")
		two.accepts(time.Second, "C")
		time.Sleep(5 * time.Second)
		if got := one.seen().begun; fmt.Sprint(got) != "[A]" {
			t.Errorf("a pool has one worker, which is busy with job A, and began %v: the worker of another pool took a job from its queue", got)
		}
		_, _ = two.pool.Drain(t.Context())
		_, _ = one.pool.Drain(t.Context())
	})
}

// Either may win where Drain's ctx ends at the instant at which the last job does.
func TestDrainReturnsWhenCtxEndsWithTheLastJob(t *testing.T) {
	for n := 0; n < 50 && !t.Failed(); n++ {
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 1, 1)
			end, cancel := context.WithCancelCause(t.Context())
			_ = s.submit(t.Context(), exercise.Job{Name: "A", Run: func(context.Context) {
				time.Sleep(time.Second)
				cancel(errTooLate)
			}})
			if left, err := s.pool.Drain(end); len(left) > 0 || err != nil && !errors.Is(err, errTooLate) {
				s.complain("Drain's ctx ended as the last job did: Drain handed back %d jobs, %s", len(left), lesson.Quote(err))
			}
		})
	}
}

// What was accepted is run or handed back, what was refused is neither.
func TestLosesNothingWhenManySubmitWhileItDrains(t *testing.T) {
	for n := 0; n < 40 && !t.Failed(); n++ {
		lesson.Bubble(t, func(t *testing.T) {
			s := newShop(t, 3, 20)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var accepted atomic.Int64
			var crowd sync.WaitGroup
			for range 8 {
				crowd.Go(func() {
					for range 30 {
						if s.submit(lesson.Yields(t.Context()), s.job("one", 0)) != nil {
							return
						}
						accepted.Add(1)
					}
				})
			}
			for accepted.Load() < int64(10*(n%20)) {
				runtime.Gosched() // no time passes until all are at rest
			}
			if n%2 == 0 {
				cancel()
			}
			left, _ := s.pool.Drain(ctx)
			then := len(s.seen().begun)
			crowd.Wait()
			synctest.Wait()
			if begun := len(s.seen().begun); begun > then {
				s.complain("jobs were begun after Drain had returned")
			} else if met := begun + len(left); met != int(accepted.Load()) {
				s.complain("%d jobs were accepted, and %d were run or handed back", accepted.Load(), met)
			}
		})
	}
}
