// Package locks has the synchronization primitives of asyncio that Go lacks: a [Lock], an [Event], a [Condition] and a
// [Barrier] whose waiters give up when their ctx ends, and are served first come, first served.
//
// Use sync.Mutex where nothing waits while the lock is held, close(chan) for an event that happens once, sync.Cond where
// no waiter gives up, sync.WaitGroup for a phase that ends once. For semaphores there is golang.org/x/sync/semaphore.
//
// All four make the same promises. If ctx ends first, a call returns [context.Cause] of ctx and leaves nothing behind: no
// waiter, no lock, no place in a round. A wake-up that the waiter had already been given passes on to the next waiter. If
// ctx has ended before the call, the call takes nothing, even if it need not have waited. Misuse, a nil context
// included, is a panic that starts with "locks: ".
//
// A waiter is durably blocked in the sense of [testing/synctest]. That is why each wait for a Lock, a Condition or a
// Barrier makes a new channel: a channel that is kept for the next wait would tie the Lock to the bubble of the first wait.
// An Event has one channel for all its waiters, because Done must return it.
package locks

import "context"

func check(ctx context.Context, call string) {
	if ctx == nil {
		panic("locks: " + call + " with a nil context")
	}
}
