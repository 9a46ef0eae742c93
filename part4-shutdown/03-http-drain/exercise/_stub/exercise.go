// Package exercise is yours: write New, Submit and Drain.
package exercise

import (
	"context"
	"errors"
)

// ErrDraining is what Submit returns once Drain has been called.
var ErrDraining = errors.New("the pool is draining")

// A Job is something to do. Run gets the context that the pool gives it; a job
// that looks at it ends soon after it has ended.
type Job struct {
	Name string
	Run  func(ctx context.Context)
}

// A Pool runs jobs, some at once. What it has accepted it does, or hands back.
type Pool struct {
	// yours
}

// New makes a pool of so many workers, one at least: so many jobs run at once
// and no more. Up to queue others, one at least, wait until a worker is free;
// they begin in the order in which they were accepted.
func New(workers, queue int) *Pool {
	panic("not written yet")
}

// Submit has the pool accept job: it returns nil when a worker or the queue has
// it. While all workers are busy and the queue is full, it waits. Any number of
// goroutines may call it, at any time, also a job.
//
//   - It returns ErrDraining once Drain has been called. A Submit that waits
//     when Drain is called returns ErrDraining there and then.
//   - It returns context.Cause(ctx) when ctx ends while it waits, and also when
//     ctx had ended before, whether or not there is room.
//   - When both hold, Drain was called and ctx has ended, it returns either error.
//   - After an error the job has not been run, and never will be.
//   - ctx is for the wait alone: it has no influence on a job that was accepted.
//     A job's context need not have ctx's values.
func (p *Pool) Submit(ctx context.Context, job Job) error {
	panic("not written yet")
}

// Drain is called once, and ends the pool. It waits until all jobs that were
// accepted have been run, those in the queue, too, and returns nil, nil. Until
// then their contexts do not end.
//
// When ctx ends before that, or had ended before the call, Drain gives up:
//
//   - The contexts of the jobs under way end, with context.Cause(ctx) as their
//     cause, and Drain waits until these jobs have returned.
//   - The jobs in the queue are not begun. Drain returns them in the order in
//     which they were accepted, with context.Cause(ctx) as its error, also if the
//     queue was empty.
//
// When ctx has ended and no job is left, Drain may return nil or context.Cause(ctx).
// When Drain has returned, no goroutine of the pool is left. Jobs do not panic.
func (p *Pool) Drain(ctx context.Context) ([]Job, error) {
	panic("not written yet")
}
