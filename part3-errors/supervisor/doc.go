// Package supervisor runs background tasks that no caller waits for one by one: writers, connections, what a button in a user interface
// starts. A failure of one touches no other, goes to a handler, and is then forgotten; all are stopped together.
//
//	asyncio and around it                          here
//	create_task, keep it, print what it raised     [Supervisor.Go]
//	aiotools.Supervisor, PersistentTaskGroup       [Supervisor]
//	loop.set_exception_handler                     [OnFailure]
//	task.exception, traceback                      [Failure], [PanicError]
//	all_tasks, "Unfinished tasks"                  [Supervisor.Running]
//	Supervisor.shutdown, TaskScope.aclose          [Supervisor.Stop], [StopError]
//
// Where one failure should stop the rest, use an errgroup. Where no failure is possible, use a [sync.WaitGroup].
//
// # Cancellation
//
// Canceling asks; it never stops anything by force. A task learns of it through its context, which ends for good, with a cause
// ([context.Cause]): the one given to Stop, or that of the context given to New. It ends when its function returns.
//
// # Reports and failures
//
// A task that ends because it was canceled returns an error which says so. Such an error is called a report of the cancellation: it is the Err or the
// Cause of the supervisor's ended context, or of the ended context given to New, or wraps one of them. A task that only reports has not
// failed. Everything else is a failure: an error of its clean-up, also joined to a report as in errors.Join(ctx.Err(), file.Close()),
// the end of a context of its own while the supervisor's is alive, and any error before the supervisor was canceled. A panic is always a failure.
//
// # Misuse
//
// A nil function, a nil context and a Supervisor not made by New panic at the call, with a message that starts with "supervisor: ".
//
// # Goroutines
//
// Every goroutine here runs one task, or calls the failure handler until no failure is left; there is never more than one of the latter. Stop
// and Wait wait for both, and a supervisor on which nothing runs has neither.
//
// All waits here are on a channel, so all of it works in virtual time (testing/synctest).
package supervisor
