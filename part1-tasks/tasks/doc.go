// Package tasks holds what asyncio's tasks offer and Go has no word for.
//
//	asyncio                                   here
//	loop.create_future, Future                [Future]
//	create_task, Task.cancel, Task.cancelled  [Go], [Task]
//	TaskGroup (PEP 654, bpo-46752)            [Group]
//	gather                                    [Gather]
//	gather(return_exceptions=True)            [GatherAll]
//	as_completed                              [AsCompleted]
//	wait(FIRST_COMPLETED), then cancel        [Race]
//	shield                                    [Shield]
//
// Where a go statement, a channel, a [sync.WaitGroup] or an errgroup is enough, use that.
//
// # Cancellation
//
// Cancelling asks; it never stops anything by force. A function learns of it through the context that it was given,
// and ends when it returns. That context ends for good: unlike CancelledError in asyncio, which is raised once and can be caught,
// it stays ended for every wait that follows. Clean-up that has to wait needs a context of its own ([context.WithoutCancel]).
//
// A cancellation carries its cause. What this package returns for an ended context is [context.Cause] of it.
//
// # Reports
//
// A function that ends because it was cancelled returns an error which says so. Such an error is called a report
// of the cancellation: it is the Err or the Cause of the ended context, or wraps one of them. [Group], [Gather] and [Race]
// leave out an error that is only a report. An error that joins a report with something else, for example
// errors.Join(ctx.Err(), file.Close()) where Close failed, is not only a report and is kept whole.
//
// # Misuse
//
// A nil function or a nil context panics at the call, with a message that starts with "tasks: ".
//
// # Goroutines
//
// Every goroutine here runs one function of the caller and ends with it. Group.Wait, Gather, GatherAll, AsCompleted and Race return
// only when all of theirs have ended. The owner of a [Task] is whoever called Go, and waits for it with Wait or Done.
//
// A panic is not handled: it ends the program with the stack on which it happened, as in any goroutine. A function that ends
// its goroutine with [runtime.Goexit] (as t.FailNow does) has failed with an error that says so; nobody waits for it in vain.
//
// Whatever waits here waits on a channel or a [sync.WaitGroup], so all of it works in virtual time (testing/synctest).
package tasks
