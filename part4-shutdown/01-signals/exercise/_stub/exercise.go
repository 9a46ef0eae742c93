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
//     SignalError{Signal: sig}. Until then it is alive. Work cleans up and returns.
//   - The second signal ends the program: Run returns at once, without a
//     report, although work has not returned. The status is 128 plus the number
//     of this second signal.
//   - When work has not returned `within` after the first signal, Run gives it
//     up: it reports ErrUnfinished and returns 1 at once.
//   - When work returns nil, the status is 0, asked or not.
//   - When work returns an error, Run reports that error, as it is, and the
//     status is 1, no matter whether work failed by itself or while it cleaned up.
//   - But when work was asked to stop and its error says only that, Run reports
//     nothing and the status is 0. It says only that if it is context.Cause(ctx)
//     or context.Canceled, or wraps one of the two. An error that has several in
//     it (errors.Join, fmt.Errorf with two %w) says only that if each of them
//     does, and so on inward. Before a signal came, no one has asked: then
//     context.Canceled is a failure like any other.
//   - What comes first decides. Of two that come at the same instant (work
//     returns, a signal comes, the time is over) either may win.
//
// Run calls report at most once, and before it returns. Signals is never closed,
// and all that comes from it is a syscall.Signal; a signal that comes after Run
// has returned is not taken. Within is more than 0. Run does not recover a panic
// of work. When Run has returned, it has left no goroutine or derived context behind, apart from one
// for work that has not returned, which ends with it.
func Run(signals <-chan os.Signal, within time.Duration, work func(ctx context.Context) error, report func(error)) int {
	panic("not written yet")
}
