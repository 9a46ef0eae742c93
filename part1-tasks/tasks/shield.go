package tasks

import "context"

// Shield runs fn as [Go] does, but out of reach of ctx's cancellation: fn's context has ctx's values, not its end and not its deadline
// (asyncio.shield). It starts also on a ctx that has already ended. Only the task's own Cancel ends it early.
//
// The caller waits with a context of its own and may give up; the task then runs on (CPython: test_shield_cancel_outer). The task still
// needs an owner: Shield protects it from a caller that is gone, not from the end of the program. Keep the task and wait for it, with a
// limit, before main returns.
func Shield[T any](ctx context.Context, fn func(context.Context) (T, error)) *Task[T] {
	check(ctx, "Shield", fn)
	return Go(context.WithoutCancel(ctx), fn)
}
