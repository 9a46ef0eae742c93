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

	"example.com/asyncio-to-go/part3-errors/02-done-callbacks/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	errDisk    = errors.New("disk full")
	errStopped = errors.New("the service stops")
)

// A log is a sink that takes a while and keeps what it gets.
type log struct {
	t     *testing.T
	takes time.Duration

	busy   atomic.Int32
	once   sync.Once
	mu     sync.Mutex // guards what follows
	events []string
}

func (l *log) sink(e exercise.Event) {
	if n := l.busy.Add(1); n > 1 {
		l.once.Do(func() { l.t.Errorf("%d calls of sink at one time: it gets one event after the other", n) })
	}
	defer l.busy.Add(-1)
	say := lesson.Log(l.t).With("task", "sink")
	say.Info("gets the event of "+e.Name, lesson.Waiting)
	defer say.Info("is done with the event of " + e.Name)
	time.Sleep(l.takes)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, fmt.Sprintf("%s %v %v", e.Name, e.Took, e.Err))
}

// had is what sink has had, once all in the bubble are at rest.
func (l *log) had() string {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%q", l.events)
}

// after is what a task does that takes d and returns err.
func after(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error { time.Sleep(d); return err }
}

// untilCancelled is what a task does that waits for its end and reports it.
func untilCancelled(report func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return report(ctx)
		case <-time.After(time.Minute):
			return errors.New("the task did not get the ctx with which it was called")
		}
	}
}

// mustClose closes o within a minute.
func mustClose(t *testing.T, o *exercise.Observer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := o.Close(ctx); err != nil {
		t.Errorf("the sink needed less than a minute for the events that waited, and Close returned %s", lesson.Quote(err))
	}
}

func TestTellsWhatBecameOfEachTask(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		if err := o.Watch("mail", after(time.Second, nil))(t.Context()); err != nil {
			t.Errorf("mail returned no error, and the watched function returned %s", lesson.Quote(err))
		}
		if err := o.Watch("backup", after(2345678*time.Microsecond, errDisk))(t.Context()); err != errDisk { //nolint:errorlint // unchanged
			t.Errorf("backup returned %q, and the watched function returned %s", errDisk, lesson.Quote(err))
		}
		mustClose(t, o)
		if got := l.had(); got != `["mail 1s <nil>" "backup 2.345678s disk full"]` {
			t.Errorf(`mail took 1s, backup 2.345678s, its disk is full; but sink had %s`, got)
		}
		if got, want := o.Stats(), (exercise.Stats{Started: 2, Succeeded: 1, Failed: 1}); got != want {
			t.Errorf("one task succeeded and one failed: %+v, but Stats are %+v", want, got)
		}
	})
}

func TestTwoObserversCountForThemselves(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(5, func(exercise.Event) {})
		other := exercise.NewObserver(5, func(exercise.Event) {})
		_ = o.Watch("mail", after(0, nil))(t.Context())
		if got := other.Stats(); got != (exercise.Stats{}) {
			t.Errorf("one Observer has watched a task, another one none, and the Stats of the other one are %+v", got)
		}
		mustClose(t, o)
		mustClose(t, other)
	})
}

func TestTellsCancelledTasksFromFailedOnes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(9, func(exercise.Event) {})
		kind := func(what string, fn func(context.Context) error, want exercise.Stats, message string) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
			defer cancel()
			before := o.Stats()
			_ = o.Watch("mail", fn)(ctx)
			s := o.Stats()
			got := exercise.Stats{Started: 1, Succeeded: s.Succeeded - before.Succeeded, Failed: s.Failed - before.Failed, Cancelled: s.Cancelled - before.Cancelled}
			if want.Started = 1; got != want {
				t.Errorf("%s %s: %+v, not %+v", what, message, got, want)
			}
		}
		cancelled, failed := exercise.Stats{Cancelled: 1}, exercise.Stats{Failed: 1}
		kind("a task that returned the Err of its ended ctx", untilCancelled(func(ctx context.Context) error { return ctx.Err() }), cancelled, "is counted as failed")
		kind("a task that wrapped the Cause of its ended ctx", untilCancelled(func(ctx context.Context) error {
			return fmt.Errorf("mail: %w", context.Cause(ctx))
		}), cancelled, "is counted as failed")
		kind("a task whose clean-up failed when its ctx had ended", untilCancelled(func(context.Context) error { return errDisk }), failed, "has failed")
		kind("a task that finished though its ctx had ended", after(2*time.Second, nil), exercise.Stats{Succeeded: 1}, "has succeeded")
		kind("a task that returned context.Canceled", after(0, context.Canceled), failed, "has failed, for its own ctx was alive")
		kind("a task that returned context.Canceled, although the Err of its ended ctx was context.DeadlineExceeded", untilCancelled(func(context.Context) error {
			return context.Canceled
		}), failed, "has failed: that is the error of another context")
		mustClose(t, o)
	})
}

func TestASlowSinkDelaysNoTask(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, takes: 10 * time.Second}
		o := exercise.NewObserver(5, l.sink)
		start := time.Now()
		for range 2 {
			_ = o.Watch("mail", after(time.Second, nil))(t.Context())
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("two tasks of 1s took %v: the sink's time is added to the task's", took)
		}
		mustClose(t, o)
		if took := time.Since(start); !t.Failed() && took != 21*time.Second {
			t.Errorf("sink needed 10s each for events of 1s and 2s, and Close returned at %v, not at 21s, when it had had both", took)
		}
		if got := l.had(); !t.Failed() && got != `["mail 1s <nil>" "mail 1s <nil>"]` {
			t.Errorf("two tasks of 1s ended, sink was busy with the first event when the second task ended, and Close returned;"+
				" sink had %s, not both events with Took 1s, the time from the call of the function to its end", got)
		}
	})
}

func TestWhatFindsNoRoomIsDroppedAndCounted(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, takes: 10 * time.Second}
		o := exercise.NewObserver(2, l.sink)
		start := time.Now()
		for i := range 5 {
			_ = o.Watch(fmt.Sprint("job ", i), after(time.Second, nil))(t.Context())
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("five tasks of 1s took %v: when sink was busy and two events waited, a task had to wait for room", took)
		}
		if got := o.Stats().Dropped; !t.Failed() && got != 2 {
			t.Errorf("five events: sink has one, there is room for two, so two are dropped; Stats say %d", got)
		}
		mustClose(t, o)
		if got := l.had(); !t.Failed() && got != `["job 0 1s <nil>" "job 1 1s <nil>" "job 2 1s <nil>"]` {
			t.Errorf("jobs 0, 1 and 2 found room, and those that came later are dropped: the events that wait stay; but sink had %s", got)
		}
	})
}

func TestTheRoomIsWhatNewObserverWasGiven(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var had atomic.Int64
		o := exercise.NewObserver(1000, func(exercise.Event) {
			if had.Add(1) == 1 {
				time.Sleep(10 * time.Second)
			}
		})
		task := o.Watch("job", func(context.Context) error { return nil })
		_ = task(t.Context())
		synctest.Wait() // sink has the first event, and is busy
		for range 1000 {
			_ = task(t.Context())
		}
		mustClose(t, o)
		if dropped := o.Stats().Dropped; dropped != 0 || had.Load() != 1001 {
			t.Errorf("sink has one event, and a thousand wait, for which there is room; sink had %d events in the end, and Stats count %d as dropped", had.Load(), dropped)
		}
	})
}

func TestAPanicOfSinkCostsOneEvent(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, func(e exercise.Event) {
			if e.Name == "mail" {
				panic("a panic of sink came through the Observer")
			}
			l.sink(e)
		})
		for _, name := range []string{"mail", "backup"} {
			_ = o.Watch(name, after(time.Second, nil))(t.Context())
		}
		mustClose(t, o)
		if got := l.had(); got != `["backup 1s <nil>"]` {
			t.Errorf("sink panicked with mail's event, then backup ended: sink should get backup's event, and it got %s", got)
		}
		if got, want := o.Stats(), (exercise.Stats{Started: 2, Succeeded: 2, Dropped: 1}); got != want && !t.Failed() {
			t.Errorf("both tasks succeeded and sink panicked with one event, which counts as dropped: Stats should be %+v; they are %+v", want, got)
		}
	})
}

func TestHoweverOftenSinkPanicsItGetsTheNextEvent(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const panics = 300
		calls := 0
		o := exercise.NewObserver(panics+1, func(exercise.Event) {
			if calls++; calls <= panics {
				panic("a panic of sink came through the Observer")
			}
		})
		task := o.Watch("mail", after(0, nil))
		for range panics + 1 {
			_ = task(t.Context())
		}
		mustClose(t, o)
		if dropped := o.Stats().Dropped; calls != panics+1 || dropped != panics {
			t.Errorf("sink panics with each of the first %d events: each panic ends its call only, and the next event is handed on."+
				" So sink is called %d times and %d events are dropped; it was called %d times, and Stats say that %d are dropped",
				panics, panics+1, panics, calls, dropped)
		}
	})
}

func TestCloseWaitsForADay(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, takes: 24 * time.Hour}
		o := exercise.NewObserver(1, l.sink)
		start := time.Now()
		_ = o.Watch("mail", after(0, nil))(t.Context())
		if err := o.Close(t.Context()); err != nil || time.Since(start) != 24*time.Hour {
			t.Errorf("ctx is alive, and sink takes a day for its event: Close waits until sink has had it, and it returned %s after %v", lesson.Quote(err), time.Since(start))
		}
		time.Sleep(24 * time.Hour)
	})
}

func TestATaskThatPanicsWithTheCauseHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(1, func(exercise.Event) {})
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		func() {
			defer func() { _ = recover() }()
			_ = o.Watch("mail", func(context.Context) error { panic(errStopped) })(ctx)
		}()
		mustClose(t, o)
		if got, want := o.Stats(), (exercise.Stats{Started: 1, Failed: 1}); got != want {
			t.Errorf("a task panicked with the cause of its ctx, which had ended: it has not returned that error, so it has failed, %+v; but Stats are %+v", want, got)
		}
	})
}

func TestTheCauseNeedNotBeComparable(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(1, func(exercise.Event) {})
		cause := lesson.ListError{"the service stops", "no paper"}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		_ = o.Watch("mail", func(context.Context) error { return cause })(ctx)
		mustClose(t, o)
	})
}

func TestAPanicOfSinkIsCountedWhenCloseReturns(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		o := exercise.NewObserver(1, func(exercise.Event) { panic("a panic of sink came through the Observer") })
		_ = o.Watch("mail", after(0, nil))(t.Context())
		mustClose(t, o)
		if got := o.Stats().Dropped; got != 1 {
			t.Errorf("sink panicked with an event, Close has returned, and Stats say that %d events are dropped, not 1", got)
		}
	})
}

func TestATaskThatDoesNotReturnIsCountedAndPanicsOn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		watched := o.Watch("mail", func(context.Context) error { time.Sleep(time.Second); panic(errDisk) })
		func() {
			defer func() {
				if value := recover(); value != any(errDisk) {
					t.Errorf("mail panicked with %q, and its caller saw the panic %v: the panic should go on as it was", errDisk, value)
				}
			}()
			_ = watched(t.Context())
		}()
		var wg sync.WaitGroup
		watched = o.Watch("backup", func(context.Context) error { time.Sleep(2 * time.Second); runtime.Goexit(); return nil })
		wg.Go(func() { _ = watched(t.Context()) })
		wg.Wait()
		mustClose(t, o)
		if got, want := o.Stats(), (exercise.Stats{Started: 2, Failed: 2}); got != want {
			t.Errorf("one task panicked and one ended by Goexit: %+v, but Stats are %+v", want, got)
		}
		if got := l.had(); got != `["mail 1s the task did not return" "backup 2s the task did not return"]` {
			t.Errorf("one task panicked and one ended by Goexit: both have ErrNoReturn; but sink had %s", got)
		}
	})
}

func TestCountsBeforeAndAfterInTime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var o *exercise.Observer
		var inTask exercise.Stats
		told := make(chan exercise.Stats, 2)
		o = exercise.NewObserver(1, func(exercise.Event) { told <- o.Stats() })
		_ = o.Watch("mail", func(context.Context) error { inTask = o.Stats(); return nil })(t.Context())
		after, inSink := o.Stats(), exercise.Stats{}
		mustClose(t, o)
		select {
		case inSink = <-told:
		default:
		}
		if want := (exercise.Stats{Started: 1, InFlight: 1}); inTask != want {
			t.Errorf("a task that asks for Stats is in flight, %+v; but they are %+v", want, inTask)
		}
		if want := (exercise.Stats{Started: 1, Succeeded: 1}); after != want || inSink != want {
			t.Errorf("the task has ended, %+v; but right after it Stats are %+v, and in sink %+v", want, after, inSink)
		}
	})
}

// A longError takes its time to say what it is; meanwhile others run.
type longError struct{}

func (longError) Error() string { return "long" }

func (longError) Is(error) bool {
	for range 10 {
		runtime.Gosched()
	}
	return false
}

func TestStatsAddUpAtAnyMoment(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		o := exercise.NewObserver(1, func(exercise.Event) {})
		var tasks sync.WaitGroup
		for range 4 {
			tasks.Go(func() {
				for range 250 {
					_ = o.Watch("mail", func(context.Context) error { return longError{} })(ended)
				}
			})
		}
		for range 1000 {
			runtime.Gosched()
			if s := o.Stats(); s.Started != s.Succeeded+s.Failed+s.Cancelled+s.InFlight {
				t.Errorf("while tasks start and end, Stats do not add up, %+v: they are not of one moment", s)
				break
			}
		}
		tasks.Wait()
		mustClose(t, o)
	})
}

func TestTasksMayEndAfterClose(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		_ = o.Watch("mail", after(time.Second, nil))(t.Context())
		mustClose(t, o)
		_ = o.Watch("backup", after(time.Second, errDisk))(t.Context())
		if got, want := o.Stats(), (exercise.Stats{Started: 2, Succeeded: 1, Failed: 1, Dropped: 1}); got != want {
			t.Errorf("mail ended before Close and backup after it, which is counted and dropped, %+v; but Stats are %+v", want, got)
		}
		if got := l.had(); got != `["mail 1s <nil>"]` {
			t.Errorf("sink is to have mail's event, not that of backup, which ended after Close; it had %s", got)
		}
	})
}

func TestATaskThatEndsWhileCloseWaitsIsTooLate(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, takes: 10 * time.Second}
		o := exercise.NewObserver(5, l.sink)
		for range 2 {
			_ = o.Watch("mail", after(0, nil))(t.Context())
		}
		time.AfterFunc(time.Second, func() { _ = o.Watch("backup", after(0, nil))(t.Context()) })
		mustClose(t, o)
		if got := l.had(); got != `["mail 0s <nil>" "mail 0s <nil>"]` {
			t.Errorf("backup ended while Close waited for the events of mail: its event comes too late and is dropped; but sink had %s", got)
		}
		if got, want := o.Stats(), (exercise.Stats{Started: 3, Succeeded: 3, Dropped: 1}); got != want && !t.Failed() {
			t.Errorf("backup ended while Close waited for the events of mail: it is counted, and its event is dropped, %+v; but Stats are %+v", want, got)
		}
	})
}

func TestCloseDoesNotWaitForTasks(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(5, func(exercise.Event) {})
		start := time.Now()
		var mail sync.WaitGroup
		mail.Go(func() { _ = o.Watch("mail", after(10*time.Second, nil))(t.Context()) })
		synctest.Wait()
		mustClose(t, o)
		if took := time.Since(start); took > 0 {
			t.Errorf("no event waited for sink, a task ran until 10s, and Close returned after %v: it waits for events, not for tasks", took)
		}
		mail.Wait()
	})
}

func TestCloseGivesUpWithCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t, takes: 10 * time.Second}
		o := exercise.NewObserver(5, l.sink)
		start := time.Now()
		for range 2 {
			_ = o.Watch("mail", after(0, nil))(lesson.Context(t))
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		err := o.Close(ctx)
		if took := time.Since(start); took != time.Second {
			t.Errorf("ctx ended at 1s, when sink was busy, and Close returned at %v", took)
		} else if err != errStopped { //nolint:errorlint // the cause itself
			t.Errorf("ctx ended at 1s, when sink was busy, and Close returned %s, not the cause, %q", lesson.Quote(err), errStopped)
		}
		time.Sleep(20 * time.Second)
		if got := l.had(); got != `["mail 0s <nil>" "mail 0s <nil>"]` {
			t.Errorf("Close gave up at 1s, and the two events are still handed on; but sink had %s", got)
		}
		lesson.NothingLeft(t, "Close gave up, and sink has had all events")
	})
}

func TestACloseWhoseCtxHasEndedClosesAllTheSame(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = o.Close(ctx) // nil or the cause
		_ = o.Watch("mail", after(0, nil))(t.Context())
		if got, had := o.Stats(), l.had(); got.Dropped != 1 || had != "[]" {
			t.Errorf("Close was called with a ctx that had ended, and mail ended after it: its event is dropped. But %d were dropped and sink had %s: it closes whatever its ctx", got.Dropped, had)
		}
		lesson.NothingLeft(t, "Close was called with a ctx that had ended, and no event waited")
	})
}

func TestEachCallIsATaskAndWatchIsNone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		watched := o.Watch("mail", after(time.Second, nil))
		if got := o.Stats(); got != (exercise.Stats{}) {
			t.Errorf("Watch was called, but not the function that it returned: no task has started, and Stats are %+v", got)
		}
		time.Sleep(5 * time.Second)
		for range 2 {
			_ = watched(t.Context())
		}
		mustClose(t, o)
		if got, want := o.Stats(), (exercise.Stats{Started: 2, Succeeded: 2}); got != want && !t.Failed() {
			t.Errorf("the watched function was called twice, which is two tasks, %+v; but Stats are %+v", want, got)
		}
		if got := l.had(); got != `["mail 1s <nil>" "mail 1s <nil>"]` && !t.Failed() {
			t.Errorf("each call took 1s, counted from the call and not from Watch; but sink had %s", got)
		}
	})
}

func TestCallsSideBySideAreTasksOfTheirOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		l := &log{t: t}
		o := exercise.NewObserver(5, l.sink)
		watched := o.Watch("mail", func(ctx context.Context) error {
			takes, _ := ctx.Value(key{}).(time.Duration)
			time.Sleep(takes)
			return nil
		})
		var calls sync.WaitGroup
		for comes, takes := range []time.Duration{3 * time.Second, time.Second} {
			calls.Go(func() {
				time.Sleep(time.Duration(comes) * time.Second)
				_ = watched(context.WithValue(t.Context(), key{}, takes))
			})
		}
		calls.Wait()
		mustClose(t, o)
		if got := l.had(); got != `["mail 1s <nil>" "mail 3s <nil>"]` {
			t.Errorf("the watched function was called at 0s for a task of 3s, and at 1s for one of 1s: each call is a task with a Took of its own; but sink had %s", got)
		}
	})
}

type key struct{}

func TestATaskGetsTheCtxOfItsCall(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(1, func(exercise.Event) {})
		ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "trace"))
		defer cancel(nil)
		var given context.Context
		_ = o.Watch("backup", func(ctx context.Context) error {
			given = ctx //nolint:fatcontext // kept to be looked at, not nested
			return nil
		})(ctx)
		if given.Err() != nil {
			t.Error("the task has returned, the ctx of its call is alive, and the ctx that the task got has ended: give fn the ctx of the call")
		}
		time.AfterFunc(time.Second, func() { cancel(errStopped) })
		_ = o.Watch("mail", untilCancelled(func(ctx context.Context) error {
			if got := context.Cause(ctx); got != errStopped { //nolint:errorlint // the cause itself
				t.Errorf("the ctx of the call ended with the cause %q, and that of the task with %s", errStopped, lesson.Quote(got))
			} else if ctx.Value(key{}) != "trace" {
				t.Error("the task got a ctx without the values of the ctx of its call")
			}
			return ctx.Err()
		}))(ctx)
		if got := o.Stats(); got.Cancelled != 1 && !t.Failed() {
			t.Errorf("ctx ended at 1s, and the task did not hear of it: give fn the ctx of the call; Stats are %+v", got)
		}
		if given != ctx && !t.Failed() {
			t.Error("the task got a ctx that was made from the ctx of its call: give fn the ctx of the call itself")
		}
		mustClose(t, o)
	})
}

func TestStatsAddUpWhileManyGoroutinesCall(t *testing.T) {
	o := exercise.NewObserver(1, func(exercise.Event) {})
	watched := o.Watch("mail", func(context.Context) error { return nil })
	calls, bad := make([]int, 4), make([]exercise.Stats, 4)
	lesson.Storm(t, 4, func(g int) {
		_ = watched(t.Context())
		calls[g]++
		if s := o.Stats(); s.Started != s.Succeeded+s.Failed+s.Cancelled+s.InFlight {
			bad[g] = s
		}
	})
	_ = o.Close(t.Context())
	all := 0
	for g := range calls {
		all += calls[g]
		if bad[g] != (exercise.Stats{}) && !t.Failed() {
			t.Errorf("while tasks start and end, Stats do not add up, %+v: they are not of one moment", bad[g])
		}
	}
	if s := o.Stats(); (s.Started != all || s.Succeeded != all) && !t.Failed() {
		t.Errorf("four goroutines ran %d tasks, all of which succeeded, and Stats are %+v", all, s)
	}
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		o := exercise.NewObserver(2, func(exercise.Event) {})
		ctx := lesson.Context(t)
		_ = o.Watch("mail", after(time.Second, nil))(ctx)
		_ = o.Watch("backup", after(time.Second, errDisk))(ctx)
		if err := o.Close(ctx); err != nil {
			t.Fatalf("the sink had all events at once, and Close returned %s", lesson.Quote(err))
		}
		lesson.NothingLeft(t, "both tasks have ended and Close has returned")
	})
}
