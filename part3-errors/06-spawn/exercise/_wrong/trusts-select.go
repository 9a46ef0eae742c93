//wrong: selects between the next line and the end: after the end a write may still begin
//want:  and write was called once more afterwards
//kind:  lost cancellation

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
	lines  chan string
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
	write  func(ctx context.Context, line string) error
	failed func(line string, err error)
	lost   []string // of the loop, until done

	mu      sync.Mutex
	closing context.Context // of Close, nil before
}

// New returns a Writer.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	w := &Writer{lines: make(chan string, size), done: make(chan struct{}), write: write, failed: failed}
	w.ctx, w.cancel = context.WithCancelCause(context.Background())
	go w.loop()
	return w
}

func (w *Writer) loop() {
	defer close(w.done)
	for {
		var line string
		var ok bool
		select {
		case line, ok = <-w.lines:
			if !ok {
				return
			}
		case <-w.ctx.Done():
			for line := range w.lines {
				w.lost = append(w.lost, line)
			}
			return
		}
		if err := w.write(w.ctx, line); err != nil {
			w.failed(line, err)
		}
	}
}

func (w *Writer) over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closing != nil && w.closing.Err() != nil
}

// Post takes a line to be written.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing != nil {
		return ErrClosed
	}
	select {
	case w.lines <- line:
		return nil
	default:
		return ErrFull
	}
}

// Close takes no more lines.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closing = ctx
	close(w.lines)
	w.mu.Unlock()
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		w.cancel(context.Cause(ctx))
	})
	<-w.done
	if !stop() {
		<-told
	}
	w.cancel(nil)
	if len(w.lost) > 0 {
		return &LostError{Lines: w.lost, Cause: context.Cause(ctx)}
	}
	return nil
}
