// Package tasks holds what asyncio's tasks offer and Go has no word for.
//
//	asyncio                                   here
//	loop.create_future, Future                [Future]
//	create_task, Task.cancel, Task.cancelled  [Go], [Task]
//	TaskGroup (PEP 654, bpo-46752)            [Group]
//	gather                                    [Gather]
//	gather(return_exceptions=True)            [GatherAll]
//	as_completed                              [AsCompleted]
//	Semaphore(n) round the coroutines         [Limit], [Group.SetLimit]
//	wait(FIRST_COMPLETED), then cancel        [Race]
//	shield                                    [Shield]
//
// Where a go statement, a channel, a [sync.WaitGroup] or an errgroup is enough, use that.
//
// # Cancellation
//
// Canceling asks; it never stops anything by force. A function learns of it through the context that it was given,
// and ends when it returns. That context stays ended: asyncio raises CancelledError once, and a task that catches it goes on, but in Go
// every wait that follows ends too. Clean-up that has to wait needs a context of its own ([context.WithoutCancel]).
//
// A cancellation carries its cause. What this package returns for an ended context is [context.Cause] of it.
//
// # Reports
//
// A function that ends because it was canceled returns an error which says so. Such an error is called a report
// of the cancellation: it is the Err or the Cause of the ended context, or wraps one of them. [Group], [Gather] and [Race]
// leave out an error that is only a report. An error that joins a report with something else, for example
// errors.Join(ctx.Err(), file.Close()) where Close failed, is not only a report and is kept whole.
//
// Errors are compared with a Cause by identity. The Cause of a group is an error of its own that wraps the first failure, so that
// another function that fails with the same error has failed too.
// The package report makes these comparisons; use it where you write a group of your own.
//
// # Misuse
//
// A nil function or a nil context panics at the call, with a message that starts with "tasks: ".
//
// # Goroutines
//
// Every goroutine here runs one function of the caller and ends with it. Group.Wait, Gather, GatherAll, AsCompleted and Race return
// only when all of theirs have ended. The caller of Go or Shield owns the [Task], and waits for it with Wait or Done.
//
// A panic is not handled: it ends the program with the stack on which it happened, as in any goroutine. A function that ends
// its goroutine with [runtime.Goexit] (as t.FailNow does) has failed with an error that says so; a call that waits for it returns.
//
// All waits here are on a channel or a [sync.WaitGroup], so all of it works in virtual time (testing/synctest).
package tasks
