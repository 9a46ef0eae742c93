// Package exercise is yours: write a Writer.
package exercise

import (
	"context"
	"errors"
	"fmt"
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

// A Writer writes lines in the background. The caller of Post never waits, and
// no line is lost in silence: Post refuses it, or it is written, or failed is
// told, or Close names it.
type Writer struct {
	// yours
}

// New returns a Writer that writes by calling write, and on which size lines,
// at least one, can wait.
//
//   - write is called once for each line, in the order in which Post took them,
//     one call at a time. It begins as soon as there is a line and no other call
//     is under way.
//   - When write returns an error, failed is called with the line and that error,
//     once, before the next line is written. The Writer goes on.
//   - The ctx of write is alive when write is called, and ends when the ctx given
//     to Close ends, with the same cause. It has none of that ctx's values.
//   - write and failed may call Post. They do not panic.
func New(size int, write func(ctx context.Context, line string) error, failed func(line string, err error)) *Writer {
	panic("not written yet")
}

// Post takes a line to be written, and never waits for anything that takes
// time. It may be called from any goroutine, also while Close runs.
//
//   - When size lines wait already, it returns ErrFull. The line that is being
//     written does not wait any more.
//   - Once Close has been called, it returns ErrClosed, also when size lines wait.
//   - After an error the line is the caller's: it is not written, and Close does
//     not name it. After nil it is the Writer's.
func (w *Writer) Post(line string) error {
	panic("not written yet")
}

// Close takes no more lines and waits until those that wait are written. It is
// called once.
//
//   - When all are written, or have failed, it returns nil, also when ctx has
//     ended by then.
//   - When ctx ends first, no further write begins. Close waits for the one that
//     is under way, whose ctx has ended as well. If there are lines that write was
//     never called with, it returns a *LostError that names them, otherwise nil.
//     The line under way is not among them: its error goes to failed.
//   - On a ctx that has already ended it does the same, at once: with no line
//     left it returns nil.
//   - When Close returns, no call of write or failed is under way, none will
//     come, and no goroutine or derived context is left, also while ctx is still alive.
func (w *Writer) Close(ctx context.Context) error {
	panic("not written yet")
}
