//wrong: starts a goroutine for each line: they all write at once, in no order, and Close cannot stop them
//want:  while another call was under way
//kind:  unbounded

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
	ctx    context.Context
	end    context.CancelCauseFunc
	write  func(ctx context.Context, line string) error
	failed func(line string, err error)

	mu      sync.Mutex
	closed  bool
	size    int
	waiting int
	wg      sync.WaitGroup
}

// New returns a Writer that writes by calling write.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	ctx, end := context.WithCancelCause(context.Background())
	return &Writer{ctx: ctx, end: end, write: write, failed: failed, size: size}
}

// Post takes a line to be written, and never waits.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	if w.waiting > w.size {
		return ErrFull
	}
	w.waiting++
	w.wg.Go(func() {
		if err := w.write(w.ctx, line); err != nil {
			w.failed(line, err)
		}
		w.mu.Lock()
		w.waiting--
		w.mu.Unlock()
	})
	return nil
}

// Close takes no more lines and waits until those that wait are written.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	defer context.AfterFunc(ctx, func() { w.end(context.Cause(ctx)) })()
	w.wg.Wait()
	return nil
}
