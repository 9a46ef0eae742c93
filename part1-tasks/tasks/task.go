package tasks

import (
	"context"

	"example.com/asyncio-to-go/part1-tasks/report"
)

// A Task is a function that runs in a goroutine of its own, and its outcome (asyncio.Task). It is a [Future] that only its
// function can complete (CPython: test_task_set_methods). Tasks are made by [Go] and [Shield]; the zero value panics.
//
// All methods may be called from any goroutine, any number of times. A task that waits for itself waits until the ctx of
// that Wait ends; asyncio raises RuntimeError (CPython: test_task_awaits_on_itself).
type Task[T any] struct {
	future   Future[T]
	cancel   context.CancelCauseFunc
	canceled bool // set before the future is settled, constant after
}

// Go runs fn in a goroutine of its own and returns at once (asyncio.create_task).
//
// fn gets a context that ends when ctx ends, when the task is canceled, and when fn has returned. What fn returns is
// the outcome of the task, unchanged: value and error, whether the task was canceled or not. If fn ends in runtime.Goexit, the outcome is
// an error that says so. A panic is not recovered.
//
// When ctx has already ended, fn never starts: the task is done when Go returns, canceled, and its error is
// context.Cause(ctx). The same holds for a task that is canceled before its goroutine has begun
// (CPython: test_cancel_with_message_before_starting_task).
//
// The caller of Go owns the task and should wait for it before leaving: nothing else does.
func Go[T any](ctx context.Context, fn func(context.Context) (T, error)) *Task[T] {
	check(ctx, "Go", fn)
	own, cancel := context.WithCancelCause(ctx)
	t := &Task[T]{cancel: cancel}
	if !t.endedEarly(ctx, own) {
		go t.run(ctx, own, fn)
	}
	return t
}

// Cancel asks the task to end and does not wait until it does: it ends the context of the task's function with cause, for which
// nil means context.Canceled. Only the first Cancel counts, and none after ctx or the task has ended.
//
// The function decides what follows: a task that returns a value all the same has not been canceled
// (see Cancelled). There is no way to take a Cancel back (asyncio: uncancel).
func (t *Task[T]) Cancel(cause error) {
	t.made()
	t.cancel(cause)
}

// Cancelled tells whether the task is done and ended by reporting its cancellation: its error is, wraps or joins the Err or Cause of
// its own ended context, or of the ended ctx given to Go. It is false while the task runs, for a canceled task that returned a value or another error, and for
// a task that returned context.Canceled of some other context while its own was alive.
//
// An error that joins the report with a failed clean-up counts as well; Result has it all.
func (t *Task[T]) Cancelled() bool {
	f := t.made()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settled && t.canceled
}

// Done returns a channel that is closed when the task has ended. See [Future.Done].
func (t *Task[T]) Done() <-chan struct{} { return t.made().Done() }

// Result returns what the function returned, or [ErrNotDone] while it runs. See [Future.Result].
func (t *Task[T]) Result() (T, error) { return t.made().Result() }

// Wait waits until the task has ended and returns what its function returned. When ctx ends first, it returns context.Cause(ctx) and
// the task runs on. See [Future.Wait].
func (t *Task[T]) Wait(ctx context.Context) (T, error) { return t.made().Wait(ctx) }

// OnDone has fn called with the outcome when the task has ended. See [Future.OnDone].
func (t *Task[T]) OnDone(fn func(T, error)) { t.made().OnDone(fn) }

// made returns the task's future, if Go or Shield has made the task.
func (t *Task[T]) made() *Future[T] {
	if t.cancel == nil {
		panic("tasks: Task not made by Go or Shield")
	}
	return &t.future
}

// run is the task's goroutine. own is the task's context, made from parent.
func (t *Task[T]) run(parent, own context.Context, fn func(context.Context) (T, error)) {
	if t.endedEarly(parent, own) {
		return
	}
	var value T
	err := errGoexit // unless fn returns
	defer unlessPanic(func() { t.end(parent, own, value, err) })
	value, err = fn(own)
}

// endedEarly ends a task whose context has ended before its function began.
func (t *Task[T]) endedEarly(parent, own context.Context) bool {
	if own.Err() == nil {
		return false
	}
	var none T
	t.end(parent, own, none, context.Cause(own))
	return true
}

// end makes value and err the outcome. A function may watch parent, which ends a moment before own.
func (t *Task[T]) end(parent, own context.Context, value T, err error) {
	t.canceled = report.Some(err, own, parent)
	t.cancel(nil)                   // the parent forgets the task
	_ = t.future.settle(value, err) // only here, and only once
}

// unlessPanic calls end, unless the function that defers it panics: the program is about to end then, and a main that learns of a mere
// failure could exit with status 0 before the panic is printed (sync.WaitGroup.Go does the same). The stack is still the one of the panic.
func unlessPanic(end func()) {
	if p := recover(); p != nil {
		panic(p)
	}
	end()
}
