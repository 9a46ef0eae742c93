//wrong: next has a context made from that of Then by way of WithValue, which is not cancelled when the job has ended
//want:  ctx is still alive, and something derived from it is not canceled
//kind:  leak

// Package exercise is yours: write Then. job.go, beside this file, is given.
package exercise

import "context"

type step struct{}

// Then starts a job that waits for first and then runs next on its value.
func Then[A, B any](ctx context.Context, first *Job[A], next func(context.Context, A) (B, error)) *Job[B] {
	return Start(ctx, func(job context.Context) (B, error) {
		select {
		case <-first.Done():
		case <-job.Done():
			first.Cancel(context.Cause(job))
		}
		var none B
		a, err := first.Result() // waits, also for a first that has been cancelled
		if err != nil {
			return none, err
		}
		if job.Err() != nil {
			return none, context.Cause(job)
		}
		own, cancel := context.WithCancelCause(context.WithValue(ctx, step{}, "next"))
		defer context.AfterFunc(job, func() { cancel(context.Cause(job)) })()
		return next(own, a)
	})
}
