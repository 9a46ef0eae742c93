//wrong: holds the mutex of Post while failed runs: a failed that posts waits without end
//want:  or a goroutine locks it twice
//kind:  deadlock

// Package exercise is yours: write a Writer.
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
	end  context.CancelCauseFunc // of the ctx that write gets
	done chan struct{}           // closed when run has returned
	lost []string                // run's own until done

	mu     sync.Mutex // makes one step of asking and sending
	closed bool
	lines  chan string
}

// New returns a Writer that writes by calling write.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	ctx, end := context.WithCancelCause(context.Background())
	w := &Writer{end: end, done: make(chan struct{}), lines: make(chan string, size)}
	go w.run(ctx, write, failed)
	return w
}

func (w *Writer) run(ctx context.Context, write func(context.Context, string) error, failed func(string, error)) {
	defer close(w.done)
	for line := range w.lines {
		if ctx.Err() != nil {
			w.lost = append(w.lost, line)
			continue
		}
		if err := write(ctx, line); err != nil {
			w.mu.Lock()
			failed(line, err)
			w.mu.Unlock()
		}
	}
}

// Post takes a line to be written, and never waits.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.lines <- line:
		return nil
	default:
		return ErrFull
	}
}

// Close takes no more lines and waits until those that wait are written.
func (w *Writer) Close(ctx context.Context) error {
	if ctx.Err() != nil { // an AfterFunc would come a little later
		w.end(context.Cause(ctx))
	}
	stop := context.AfterFunc(ctx, func() { w.end(context.Cause(ctx)) })
	w.mu.Lock()
	w.closed = true
	close(w.lines)
	w.mu.Unlock()
	<-w.done
	stop()
	w.end(nil)
	if len(w.lost) > 0 {
		return &LostError{Lines: w.lost, Cause: context.Cause(ctx)}
	}
	return nil
}
