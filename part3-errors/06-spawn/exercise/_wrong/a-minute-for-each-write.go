//wrong: gives each write a minute
//want:  the ctx of a write that takes 10m ended with "context deadline exceeded"
//kind:  lost cancellation

package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	ErrFull   = errors.New("too many lines wait to be written")
	ErrClosed = errors.New("the writer is closed")
)

type LostError struct {
	Lines []string
	Cause error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("%d lines not written: %v", len(e.Lines), e.Cause)
}

func (e *LostError) Unwrap() error { return e.Cause }

type Writer struct {
	size   int
	write  func(ctx context.Context, line string) error
	failed func(line string, err error)
	ctx    context.Context
	cancel context.CancelCauseFunc
	idle   chan struct{} // closed when the goroutine has ended after Close

	mu      sync.Mutex // guards what follows
	waiting []string
	working bool
	closed  bool
	end     context.Context // of Close
}

func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	w := &Writer{size: size, write: write, failed: failed, idle: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancelCause(context.Background())
	return w
}

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
	if !w.working {
		w.working = true
		go w.work()
	}
	return nil
}

// take takes the first line, or says that there is none to be written.
func (w *Writer) take() (line string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 || w.end != nil && w.end.Err() != nil {
		w.working = false
		if w.closed {
			close(w.idle)
		}
		return "", false
	}
	line = w.waiting[0]
	w.waiting = w.waiting[1:]
	return line, true
}

func (w *Writer) work() {
	for {
		line, ok := w.take()
		if !ok {
			return
		}
		ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
		err := w.write(ctx, line)
		cancel()
		if err != nil {
			w.failed(line, err)
		}
	}
}

func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	w.closed, w.end = true, ctx
	if !w.working {
		close(w.idle)
	}
	w.mu.Unlock()
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		w.cancel(context.Cause(ctx))
	})
	<-w.idle
	if !stop() {
		<-ended
	}
	w.cancel(nil)
	if len(w.waiting) > 0 {
		return &LostError{Lines: w.waiting, Cause: context.Cause(ctx)}
	}
	return nil
}
