// Package exercise is yours: write New, Pay and Close.
package exercise

import (
	"context"
	"errors"
	"time"
)

var (
	// ErrTooSlow is the cause of the end of a charge that takes longer than the limit.
	ErrTooSlow = errors.New("the bank takes too long")

	// ErrClosed is what Pay returns once Close has been called.
	ErrClosed = errors.New("the cashier has closed")
)

// A Payment is what a client owes.
type Payment struct{ Order, Cents int }

// A Receipt says that it is paid.
type Receipt struct{ Order, Cents int }

// A Cashier charges clients. A client may leave while the bank is at work, but
// a charge that has begun is not cut off for that: it goes on, within a limit,
// and the Cashier owns it until it ends.
//
// All its methods may be called from many goroutines at once. No lock is held
// while the bank is at work: in the tests, virtual time would stand still.
type Cashier struct {
	// yours
}

// New returns a Cashier that charges by calling charge, which asks the bank
// and returns early when its context ends. Each charge may take as long as limit.
func New(charge func(context.Context, Payment) (Receipt, error), limit time.Duration) *Cashier {
	panic("not written yet")
}

// Pay charges p at once, beside all other payments, and returns what charge
// returned: the receipt also where it comes beside an error.
//
//   - When ctx ends before the charge does, Pay returns context.Cause(ctx) at
//     once, and the charge goes on. If both end at one instant, either is right.
//   - When ctx has ended already, Pay returns context.Cause(ctx) and charges
//     nothing.
//   - Once Close has been called, Pay returns ErrClosed and charges nothing.
//     (Where both hold, either is right.)
//   - The context that charge gets has the values of ctx, but ends neither with
//     ctx nor at its deadline. It ends with the cause ErrTooSlow when limit has
//     passed since the charge began, or when Close says so. Pay still waits for
//     charge and returns what it returns then, also a receipt.
//   - charge does not panic; what a panic does is not the Cashier's concern.
func (c *Cashier) Pay(ctx context.Context, p Payment) (Receipt, error) {
	panic("not written yet")
}

// Close refuses new payments and waits until the charges under way have ended,
// also those whose clients have left. Then it returns nil.
//
//   - When ctx ends first, Close ends the contexts of the charges under way,
//     with context.Cause(ctx) as their cause, still waits until all of them
//     have returned, however long that takes, and returns context.Cause(ctx). (Where ctx has ended and no
//     charge is under way, nil and the cause are both right.)
//   - When Close has returned, no charge is under way and none will begin, and
//     the Cashier has left no goroutine or derived context behind, also while ctx is still alive.
//   - Close may be called again, also while another Close waits: each of them
//     waits, and cancels the charges when its own ctx ends.
func (c *Cashier) Close(ctx context.Context) error {
	panic("not written yet")
}
