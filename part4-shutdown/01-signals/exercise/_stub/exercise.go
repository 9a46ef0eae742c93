// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"os"
	"time"
)

// A SignalError is the cause of a context that a signal has ended.
type SignalError struct{ Signal os.Signal }

func (e SignalError) Error() string { return "stopped by signal: " + e.Signal.String() }

// ErrUnfinished is what Run reports of work that does not come to an end in time.
var ErrUnfinished = errors.New("asked to stop, and did not in time")

// Run does the work of a program and returns its exit status. It does not end
// the process; that is left to main, which is short then:
//
//	signals := make(chan os.Signal, 2)
//	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
//	os.Exit(exercise.Run(signals, 10*time.Second, work, func(err error) { log.Print(err) }))
//
// Run calls work once and, as a rule, returns when work has returned.
//
//   - The first signal, sig, ends work's context: context.Cause(ctx) is then
//     SignalError{Signal: sig}. Work cleans up and returns.
//   - The second signal ends the program: Run returns at once, without a
//     report, although work has not returned. The status is 128 plus the number
//     of this second signal.
//   - Work that has not returned when `within` has passed since the first signal
//     is given up: Run reports ErrUnfinished and returns 1 at once.
//   - When work returns nil, the status is 0, asked or not.
//   - When work returns an error, Run reports that error, as it is, and the
//     status is 1, no matter whether work failed by itself or while it cleaned up.
//   - But when work was asked to stop and its error says only that, Run reports
//     nothing and the status is 0. It says only that if it is context.Cause(ctx)
//     or context.Canceled, or wraps one of the two. An error that has several in
//     it (errors.Join, fmt.Errorf with two %w) says only that if each of them
//     does. Nobody has asked before a signal came: then context.Canceled is a
//     failure like any other.
//
// Report is called at most once, and before Run returns. Signals is never closed,
// and all that comes from it is a syscall.Signal. Run does not recover a panic of
// work. It leaves nothing behind, apart from work that it has given up.
func Run(signals <-chan os.Signal, within time.Duration, work func(ctx context.Context) error, report func(error)) int {
	panic("not written yet")
}
