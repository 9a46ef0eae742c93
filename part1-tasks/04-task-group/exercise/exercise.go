// Package exercise is yours: write Fetch.
package exercise

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrLost is why a call of get is cancelled once another mirror has answered.
	ErrLost = errors.New("another mirror was faster")

	// ErrNoMirrors is what Fetch returns when there are no mirrors to ask.
	ErrNoMirrors = errors.New("no mirrors")
)

// Fetch asks several mirrors for the same file and returns the first good
// answer: what a call of get returned with a nil error, also an empty file. What
// a call returns beside an error is not an answer. Fetch does not change mirrors.
//
//   - It asks a mirror by calling get, in the order of mirrors, each once at
//     most. The first one is asked at once. The next one is asked when hedge,
//     which is positive, has passed since the last one was asked, and also as
//     soon as any call fails: a failure brings in one more mirror. So hedge
//     counts anew from each mirror that is asked. A mirror that has been asked
//     goes on meanwhile and may still be the first to answer.
//   - The calls get contexts made from ctx, with its values.
//   - As soon as there is a good answer, no further mirror is asked, and the
//     contexts of the other calls end, with ErrLost as their cause. Fetch waits
//     for these calls, but what they return does not matter any more, nor does
//     an end of ctx: it returns that answer.
//   - When all mirrors have failed, Fetch returns all the errors, joined, in the
//     order in which the calls failed, each wrapped as "mirror: error" with the
//     name of its mirror.
//   - When ctx ends, so do the contexts of the calls, and no further mirror is
//     asked. Fetch waits for the calls and returns context.Cause(ctx), whatever
//     they return then, also if one has a good answer by then. If an answer
//     comes at the instant at which ctx ends, Fetch may return either. On a ctx
//     that has already ended, no mirror is asked and Fetch returns the cause.
//   - Without mirrors Fetch returns ErrNoMirrors. (Where ctx has ended, too, the
//     cause is right as well.)
//   - When Fetch returns, no call of get is under way and no goroutine or derived context is left,
//     also while ctx is still alive.
//   - get does not panic; what a panic does is not Fetch's concern.
func Fetch(
	ctx context.Context,
	mirrors []string,
	hedge time.Duration,
	get func(ctx context.Context, mirror string) ([]byte, error),
) ([]byte, error) {
	panic("not written yet")
}
