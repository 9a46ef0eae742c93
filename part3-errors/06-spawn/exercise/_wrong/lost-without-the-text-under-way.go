//wrong: does not name a line whose text is that of the line under way
//want:  another one with the same text
//kind:  work lost

// Package exercise is yours: write a Writer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	Lines []string
	Cause error
}

// Error says how many lines are lost, and why.
func (e *LostError) Error() string {
	return fmt.Sprintf("%d lines not written: %v", len(e.Lines), e.Cause)
}

// Unwrap returns the cause.
func (e *LostError) Unwrap() error { return e.Cause }

// A Writer writes lines in the background.
type Writer struct {
	size   int
	write  func(ctx context.Context, line string) error
	failed func(line string, err error)
	ctx    context.Context
	cancel context.CancelCauseFunc
	all    sync.WaitGroup

	mu      sync.Mutex
	waiting []string
	busy    bool
	current string
	closed  bool
	end     context.Context
	idle    chan struct{}
}

// New returns a Writer that writes by calling write, and on which size lines, at least one, can wait.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	w := &Writer{size: size, write: write, failed: failed, end: context.Background(), idle: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancelCause(context.Background())
	return w
}

// Post takes a line to be written, and never waits for anything that takes time.
func (w *Writer) Post(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return ErrClosed
	}
	if len(w.waiting) >= w.size {
		return ErrFull
	}
	w.waiting = append(w.waiting, line)
	if !w.busy {
		w.busy = true
		w.all.Go(w.run)
	}
	return nil
}

func (w *Writer) run() {
	for {
		w.mu.Lock()
		if len(w.waiting) == 0 || w.end.Err() != nil {
			w.busy = false
			if w.closed {
				close(w.idle)
			}
			w.mu.Unlock()
			return
		}
		line := w.waiting[0]
		w.current = line
		w.waiting = w.waiting[1:]
		w.mu.Unlock()
		if err := w.write(w.ctx, line); err != nil {
			w.failed(line, err)
		}
	}
}

// Close takes no more lines and waits until those that wait are written.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	w.end = ctx
	if !w.busy {
		close(w.idle)
	}
	w.mu.Unlock()
	select {
	case <-w.idle:
	case <-ctx.Done():
		w.cancel(context.Cause(ctx))
		<-w.idle
	}
	w.all.Wait()
	w.cancel(nil)
	w.waiting = slices.DeleteFunc(w.waiting, func(line string) bool { return line == w.current })
	if len(w.waiting) > 0 {
		return &LostError{Lines: w.waiting, Cause: context.Cause(ctx)}
	}
	return nil
}
