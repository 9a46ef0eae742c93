// Package exercise is yours: write Restart.
package exercise

import (
	"context"
	"errors"
	"time"
)

// ErrGaveUp says that a child has failed too often.
var ErrGaveUp = errors.New("gave up")

// A Policy says how often a child may fail. Erlang calls Max the intensity and Within the period.
type Policy struct {
	Max    int           // as many failures within Within are forgiven; 0 or more
	Within time.Duration // a failure is forgotten when it is this old, or older; more than 0
	Pause  time.Duration // between a failure and the next start
}

// Restart runs child, and starts it again after each failure, until child is done, has failed too often, or ctx ends.
//
//   - A child that returns nil is done, also when ctx has ended: Restart returns nil.
//   - A child that returns an error or panics has failed, also with context.Canceled, context.DeadlineExceeded or
//     ErrGaveUp of its own while ctx is alive.
//     The error of a panic contains the text of its value, and if the value is an error, errors.Is finds it.
//   - After a failure Restart pauses for Pause and starts child anew. Each run gets ctx, values and all, the first as well as the tenth.
//   - It gives up at the failure with which more than Max of them are younger than Within, counted back from that moment, whenever
//     that moment is. It does so at once, without a pause. errors.Is finds both ErrGaveUp and the last failure in what it returns.
//   - Once ctx has ended, child is never started, not even for the first time, and not when ctx ends at the instant at which the pause
//     is over. Restart waits for the child that runs, but for no pause. Unless that child is done, the error it returns is, or wraps,
//     context.Cause(ctx), whatever error the child returned, and not ErrGaveUp unless the child returned that.
//   - One child runs at a time, and when Restart returns, none runs and no goroutine or derived context is left, also while ctx is still alive.
func Restart(ctx context.Context, policy Policy, child func(context.Context) error) error {
	panic("not written yet")
}
