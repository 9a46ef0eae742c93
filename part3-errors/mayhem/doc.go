// Package mayhem is the service of the article series "asyncio: We Did It Wrong": messages of a pub/sub each ask for a host to be
// restarted. For each message the service restarts the host and saves the message side by side, extends the message's deadline for as
// long as that takes, and then settles it.
//
//	the article's                                  here
//	queue.get, put                                 [Broker.Receive], [MemoryBroker.Publish]
//	save, restart_host                             [Store], [Restarter]
//	extend, cleanup                                inside [Service.Run]
//	gather(…, return_exceptions=True)              one variable for each result
//	handle_results                                 [Service] settles by what failed
//	random.randrange(1, 5) == 3                    [Chaos], whose [Seed] decides
//
// # What becomes of a message
//
//   - Its host was restarted: it is acked. That it could not be saved is logged, or counts as a failed restart: [Service].MustSave.
//   - The restart failed: it is nacked, and the broker delivers it again after a pause that grows.
//   - The restart failed for the last time allowed: it becomes a dead letter.
//   - The service was stopped, and the restart did not end within [Service].Grace: it is nacked without a pause, so that another service takes
//     it at once. That is no failed attempt, and neither is a delivery that was lost.
//   - Its deadline has passed: the work on it is canceled, and the message is left to its next consumer.
//   - The broker cannot be told any of this: that is logged, and it is delivered again when its deadline has passed.
//
// So a message is never lost, and a restart may happen twice: delivery is at least once, as in every broker with deadlines.
//
// The parts are interfaces of a few methods. [MemoryBroker] and [Chaos] implement them in memory; nothing here waits on anything but
// channels, timers and contexts, so all of it works in virtual time (testing/synctest).
package mayhem
