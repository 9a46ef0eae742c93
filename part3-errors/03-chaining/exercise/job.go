package exercise

import "context"

// This file is given: leave it as it is.

// A Job is a function that runs in the background, and what it returns.
type Job[T any] struct {
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when value and err are set
	value  T
	err    error
}

// Start runs fn in a goroutine of its own and returns at once. fn always runs, also when ctx has ended; its context ends when
// ctx ends, when the job is cancelled, and when fn has returned.
func Start[T any](ctx context.Context, fn func(context.Context) (T, error)) *Job[T] {
	ctx, cancel := context.WithCancelCause(ctx)
	j := &Job[T]{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel(nil)
		defer close(j.done)
		j.value, j.err = fn(ctx)
	}()
	return j
}

// Cancel ends the context of the job's function with cause. It does not wait, and on a job that has ended it does nothing.
func (j *Job[T]) Cancel(cause error) { j.cancel(cause) }

// Done returns a channel that is closed when the job has ended.
func (j *Job[T]) Done() <-chan struct{} { return j.done }

// Result waits until the job has ended and returns what its function returned.
func (j *Job[T]) Result() (T, error) {
	<-j.done
	return j.value, j.err
}
