//wrong: the last job that ends wakes RunAll: without jobs it waits without end
//want:  there is no job, and RunAll waits for one that ends
//kind:  deadlock

package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
)

type Job struct {
	Name string
	Run  func(ctx context.Context) error
}

var ErrVanished = errors.New("the job ended without returning")

type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

func RunAll(ctx context.Context, jobs []Job) error {
	errs := make([]error, len(jobs))
	all := make(chan struct{})
	var left atomic.Int64
	left.Store(int64(len(jobs)))
	for i, job := range jobs {
		go func() {
			err := ErrVanished
			defer func() {
				if value := recover(); value != nil {
					err = &PanicError{Value: value, Stack: debug.Stack()}
				}
				if err != nil {
					errs[i] = fmt.Errorf("%s: %w", job.Name, err)
				}
				if left.Add(-1) == 0 {
					close(all)
				}
			}()
			err = job.Run(ctx)
		}()
	}
	<-all
	return errors.Join(errs...)
}
