//right: a slice under a mutex holds the lines, and a channel of one wakes the goroutine that writes

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
	size int
	bell chan struct{} // has room for one ring: there is something new
	done chan struct{}

	mu      sync.Mutex // guards what follows
	waiting []string
	closed  bool
	until   context.Context // Close's; no line is begun when it has ended
	end     context.CancelCauseFunc
}

// New returns a Writer that writes by calling write.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	ctx, end := context.WithCancelCause(context.Background())
	w := &Writer{size: size, bell: make(chan struct{}, 1), done: make(chan struct{}), until: context.Background(), end: end}
	go func() {
		defer close(w.done)
		for range w.bell {
			for {
				line, ok, over := w.next()
				if over {
					return
				}
				if !ok {
					break
				}
				if err := write(ctx, line); err != nil {
					failed(line, err)
				}
			}
		}
	}()
	return w
}

func (w *Writer) next() (line string, ok, over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 || w.until.Err() != nil {
		return "", false, w.closed
	}
	line, w.waiting = w.waiting[0], w.waiting[1:]
	return line, true, false
}

func (w *Writer) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// Post takes a line to be written, and never waits.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.ring()
	switch {
	case w.closed:
		return ErrClosed
	case len(w.waiting) >= w.size:
		return ErrFull
	}
	w.waiting = append(w.waiting, line)
	return nil
}

// Close takes no more lines and waits until those that wait are written.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed, w.until = true, ctx
	w.ring()
	w.mu.Unlock()
	defer w.end(nil)
	select {
	case <-w.done:
	case <-ctx.Done():
		w.end(context.Cause(ctx))
		<-w.done
	}
	if len(w.waiting) > 0 {
		return &LostError{w.waiting, context.Cause(ctx)}
	}
	return nil
}
