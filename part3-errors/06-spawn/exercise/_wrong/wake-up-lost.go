//wrong: Post drops its wake-up if the goroutine does not listen at that moment, also between its look at the queue and its receive
//want:  the goroutine looked before the line came, and waits for a wake-up that came before it listened
//kind:  work lost

package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var (
	// ErrFull is what Post returns when too many lines wait already.
	ErrFull = errors.New("too many lines wait to be written")

	// ErrClosed is what Post returns once Close has been called.
	ErrClosed = errors.New("the writer is closed")
)

// A LostError says which lines a Writer was given and never began to write.
type LostError struct {
	Lines []string // in the order in which they were posted
	Cause error    // why: context.Cause of the ctx given to Close
}

// Error says how many lines are lost, and why.
func (e *LostError) Error() string {
	return fmt.Sprintf("%d lines not written: %v", len(e.Lines), e.Cause)
}

// Unwrap returns the cause.
func (e *LostError) Unwrap() error { return e.Cause }

// A Writer writes lines in the background.
type Writer struct {
	write  func(ctx context.Context, line string) error
	failed func(line string, err error)
	size   int

	ctx    context.Context
	cancel context.CancelCauseFunc
	wake   chan struct{}
	end    chan struct{} // closed by Close
	done   chan struct{}

	mu      sync.Mutex
	queue   []string
	closing context.Context // the ctx given to Close
}

// New returns a Writer.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	w := &Writer{write: write, failed: failed, size: size, wake: make(chan struct{}), end: make(chan struct{}), done: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancelCause(context.Background())
	go w.loop()
	return w
}

func (w *Writer) loop() {
	defer close(w.done)
	for {
		w.mu.Lock()
		closed := w.closing != nil
		if closed && w.closing.Err() != nil || closed && len(w.queue) == 0 {
			w.mu.Unlock()
			return
		}
		if len(w.queue) == 0 {
			w.mu.Unlock()
			select {
			case <-w.wake:
			case <-w.end:
			}
			continue
		}
		line := w.queue[0]
		w.queue = w.queue[1:]
		w.mu.Unlock()
		if err := w.write(w.ctx, line); err != nil {
			w.failed(line, err)
		}
	}
}

// Post takes a line to be written.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	if w.closing != nil {
		w.mu.Unlock()
		return ErrClosed
	}
	if len(w.queue) >= w.size {
		w.mu.Unlock()
		return ErrFull
	}
	w.queue = append(w.queue, line)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it is writing, and will look at the queue by itself
	}
	return nil
}

// Close takes no more lines and waits until those that wait are written.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closing = ctx
	w.mu.Unlock()
	close(w.end)
	select {
	case <-w.done:
	case <-ctx.Done():
		w.cancel(context.Cause(ctx))
		<-w.done
	}
	w.cancel(context.Cause(ctx))
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 {
		return &LostError{Lines: w.queue, Cause: context.Cause(ctx)}
	}
	return nil
}
