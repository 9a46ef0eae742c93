// Package locks has the locks of asyncio for which Go has no word: a [Lock], an [Event], a [Condition] and a [Barrier]
// whose waiters give up when their ctx ends, and are served first come, first served.
//
// Use sync.Mutex where nothing waits while the lock is held, close(chan) for an event that happens once, sync.Cond where
// nobody gives up, sync.WaitGroup for a phase that ends once. For semaphores there is golang.org/x/sync/semaphore.
//
// All four keep the same promises. Where ctx ends first, a call returns [context.Cause] of it and leaves nothing behind: no
// waiter, no lock, no place in a round; a wake-up that the waiter had already been given goes on to the next. Where ctx
// has ended before the call, nothing is taken, even if the call need not have waited. Misuse is a panic that starts with
// "locks: ".
//
// A waiter is durably blocked in the sense of [testing/synctest]. That is why each wait for a Lock, a Condition or a
// Barrier makes a channel of its own: one that is kept for the next wait would tie the Lock to the bubble of the first.
// Only an Event has a channel for all, since Done must return one.
package locks
