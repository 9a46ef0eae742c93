package tasks

import (
	"context"
	"sync"
)

// A Future is an outcome that will be there later: a value and an error, set once, read by many (asyncio.Future).
//
// The zero value is a pending future. A Future must not be copied after first use. All methods may be called from any
// goroutine, any number of times; what comes before Set or Fail happens before what follows a Done, Result, Wait or OnDone that sees it.
//
// Unlike asyncio's, a future cannot be canceled: a task can (see [Task]). It does not log an error that no caller has asked for.
type Future[T any] struct {
	mu        sync.Mutex // guards what follows; value and err are constant once settled
	settled   bool
	calling   bool          // a goroutine is calling the callbacks
	done      chan struct{} // nil until a caller asks for it: most futures are done before
	callbacks []func(T, error)
	value     T
	err       error
}

// closed is the Done of every future that was settled before a caller asked for it.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Set makes value the outcome. Where there already is an outcome, that one stays, and Set returns [ErrAlreadyDone].
// It waits neither for the waiters to run nor for callbacks.
func (f *Future[T]) Set(value T) error {
	return f.settle(value, nil)
}

// Fail makes err the outcome. Where there already is an outcome, that one stays, and Fail returns [ErrAlreadyDone].
// Fail(nil) panics.
func (f *Future[T]) Fail(err error) error {
	if err == nil {
		panic("tasks: Fail with a nil error")
	}
	var none T
	return f.settle(none, err)
}

// Done returns a channel that is closed when the outcome is there. It is the same channel each time while the future is pending.
func (f *Future[T]) Done() <-chan struct{} {
	done, _ := f.pending()
	return done
}

// Result returns the outcome, or [ErrNotDone] while there is none. It never waits.
func (f *Future[T]) Result() (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.settled {
		var none T
		return none, ErrNotDone
	}
	return f.value, f.err
}

// Wait waits for the outcome and returns it. When ctx ends first, it returns the zero value and [context.Cause] of ctx;
// an outcome that is already there wins, also on an ended ctx.
//
// ctx bounds this wait, not the work: a Wait that gives up cancels nothing and leaves nothing behind (in asyncio,
// cancelling await future cancels the future; this is await shield(future)).
func (f *Future[T]) Wait(ctx context.Context) (T, error) {
	if ctx == nil {
		panic("tasks: Wait with a nil context")
	}
	done, pending := f.pending()
	if !pending {
		return f.value, f.err
	}
	ended := ctx.Done()
	if ended == nil {
		<-done // cheaper than a select
		return f.value, f.err
	}
	select {
	case <-done:
	case <-ended:
		if _, pending := f.pending(); pending {
			var none T
			return none, context.Cause(ctx)
		}
	}
	return f.value, f.err
}

// pending returns the channel that Done promises, and whether it is still open.
func (f *Future[T]) pending() (<-chan struct{}, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done == nil {
		if f.settled {
			return closed, false
		}
		f.done = make(chan struct{})
	}
	return f.done, !f.settled
}

// settle makes value and err the outcome.
func (f *Future[T]) settle(value T, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.settled {
		return ErrAlreadyDone
	}
	f.settled, f.value, f.err = true, value, err
	if f.done != nil {
		close(f.done)
	}
	f.callLocked()
	return nil
}
