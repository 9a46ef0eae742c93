//wrong: looks at an atomic count of the lines that wait, and then adds one: two Posts take the same room
//want:  between its look and its act another Post got in
//kind:  race

// Package exercise is yours: write a Writer.
package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
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
	end  context.CancelCauseFunc
	ctx  context.Context
	done chan struct{}
	wake chan struct{}
	size int

	mu      sync.Mutex
	closed  bool
	lines   []string
	waiting atomic.Int64
}

func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	ctx, end := context.WithCancelCause(context.Background())
	w := &Writer{end: end, ctx: ctx, done: make(chan struct{}), wake: make(chan struct{}, 1), size: size}
	go w.run(write, failed)
	return w
}

func (w *Writer) run(write func(context.Context, string) error, failed func(string, error)) {
	defer close(w.done)
	for {
		w.mu.Lock()
		if w.ctx.Err() != nil || w.closed && len(w.lines) == 0 {
			w.mu.Unlock()
			return
		}
		if len(w.lines) == 0 {
			w.mu.Unlock()
			<-w.wake
			continue
		}
		line := w.lines[0]
		w.lines = w.lines[1:]
		w.waiting.Add(-1)
		w.mu.Unlock()
		if err := write(w.ctx, line); err != nil {
			failed(line, err)
		}

	}
}

func (w *Writer) Post(line string) error {
	w.mu.Lock()
	closed := w.closed
	w.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if w.waiting.Load() >= int64(w.size) {
		return ErrFull
	}
	w.waiting.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		w.waiting.Add(-1)
		return ErrClosed
	}
	w.lines = append(w.lines, line)
	w.signal()
	return nil
}

func (w *Writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Writer) Close(ctx context.Context) error {
	if ctx.Err() != nil {
		w.end(context.Cause(ctx))
	}
	stop := context.AfterFunc(ctx, func() { w.end(context.Cause(ctx)); w.signal() })
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.done
	stop()
	w.end(nil)
	if len(w.lines) > 0 {
		return &LostError{Lines: w.lines, Cause: context.Cause(ctx)}
	}
	return nil
}
