package tasks

// OnDone has fn called with the outcome, once, when it is there; also when it already is (asyncio: add_done_callback).
//
// Callbacks are called one after the other in the order in which they were added, each after the one before has returned,
// in a goroutine that the future starts for them and that ends with the last one. So fn is never called inside OnDone or Set, may
// take any lock and use the future, and holds up neither Set nor Wait, however long it takes; but it does hold up the callbacks
// behind it. Wait does not wait for callbacks. There is no way to take one back.
// OnDone(nil) panics.
func (f *Future[T]) OnDone(fn func(T, error)) {
	if fn == nil {
		panic("tasks: OnDone of a nil function")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.callbacks = append(f.callbacks, fn)
	f.callLocked()
}

// callLocked starts the goroutine that calls the callbacks, unless there is one already or nothing to call.
func (f *Future[T]) callLocked() {
	if f.settled && !f.calling && len(f.callbacks) > 0 {
		f.calling = true
		go f.call()
	}
}

// call calls the callbacks until there are no more.
func (f *Future[T]) call() {
	defer unlessPanic(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.calling = false
		f.callLocked() // a callback that ended in Goexit took this goroutine with it, but not the callbacks behind it
	})
	for {
		f.mu.Lock()
		if len(f.callbacks) == 0 {
			f.mu.Unlock()
			return
		}
		fn := f.callbacks[0]
		f.callbacks[0] = nil // lets go of what fn holds
		f.callbacks = f.callbacks[1:]
		f.mu.Unlock()
		fn(f.value, f.err)
	}
}
