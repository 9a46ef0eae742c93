//wrong: only a signal ends the context of work: when work returns by itself, its context is left alive
//want:  the context of work is still alive: what waits for its end is left behind
//kind:  leak

package exercise

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// A SignalError is the cause of a context that a signal has ended.
type SignalError struct{ Signal os.Signal }

func (e SignalError) Error() string { return "stopped by signal: " + e.Signal.String() }

// ErrUnfinished is what Run reports of work that does not come to an end in time.
var ErrUnfinished = errors.New("asked to stop, and did not in time")

// Run does the work of a program and returns its exit status.
func Run(signals <-chan os.Signal, within time.Duration, work func(ctx context.Context) error, report func(error)) int {
	ctx, stop := context.WithCancelCause(context.Background())
	finished := make(chan error, 1)
	go func() { finished <- work(ctx) }()

	select {
	case err := <-finished: // before any signal
		return exit(err, report)
	case sig := <-signals:
		stop(SignalError{Signal: sig})
	}

	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case err := <-finished:
		if isStop(err, context.Cause(ctx)) {
			return 0
		}
		return exit(err, report)
	case sig := <-signals:
		return 128 + int(sig.(syscall.Signal))
	case <-limit.C:
		return exit(ErrUnfinished, report)
	}
}

func exit(err error, report func(error)) int {
	if err != nil {
		report(err)
		return 1
	}
	return 0
}

// isStop looks into err for something that is neither cause nor context.Canceled.
func isStop(err, cause error) bool {
	for err != nil && err != cause && err != context.Canceled {
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			for _, part := range several.Unwrap() {
				if !isStop(part, cause) {
					return false
				}
			}
			return len(several.Unwrap()) > 0
		}
		err = errors.Unwrap(err)
	}
	return err != nil
}
