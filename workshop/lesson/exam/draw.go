package exam

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// A Draw draws a scenario. A failing scenario is shown with the smallest numbers
// and the first choices that still fail, so put what is usual first.
type Draw struct {
	*rapid.T
	drawn int
}

func (d *Draw) label(what string) string {
	d.drawn++
	return fmt.Sprintf("%s %d", what, d.drawn)
}

// Int draws a number from low to high, both included.
func (d *Draw) Int(low, high int) int {
	return rapid.IntRange(low, high).Draw(d.T, d.label("int"))
}

// Chance is true once in n times.
func (d *Draw) Chance(n int) bool { return d.Int(0, n-1) == n-1 && n > 0 }

// Pick draws one of several things.
func Pick[T any](d *Draw, from ...T) T { return from[d.Int(0, len(from)-1)] }

// Time draws one of several durations, given in milliseconds. Some nanoseconds
// are added to each that is drawn, others each time, so that no two sums of them
// are the same instant: a scenario has no ties.
func (d *Draw) Time(ms ...int) time.Duration {
	t := time.Duration(Pick(d, ms...)) * time.Millisecond
	return t + time.Duration(rand.New(rand.NewPCG(uint64(d.drawn), 0)).IntN(300_000)) //nolint:gosec // needs no secrecy, but the same sequence each time
}

// How a context ends.
type How int

// The ways in which an [End] comes.
const (
	Never How = iota
	Cancelled
	Deadline
)

// An End says when and how a context ends.
type End struct {
	How   How
	At    time.Duration // since the scenario began; zero, and Cancelled: before the call
	Far   bool          // Cancelled comes before a deadline that is an hour away
	Plain bool          // without a cause: context.Canceled or context.DeadlineExceeded
}

func (e End) String() string {
	var text string
	switch {
	case e.How == Cancelled && e.At <= 0:
		text = "ctx has ended before the call"
	case e.How == Cancelled:
		text = "ctx is cancelled at " + Clock(e.At)
	case e.How == Deadline:
		text = "ctx has its deadline at " + Clock(e.At)
	default:
		return "ctx does not end"
	}
	if e.Far && e.How == Cancelled {
		text += ", long before its deadline"
	}
	if e.Plain {
		text += ", without a cause of its own"
	}
	return text
}

// Cause is why the context ends that gets this cause.
func (e End) Cause(cause error) error {
	switch {
	case !e.Plain:
		return cause
	case e.How == Deadline:
		return context.DeadlineExceeded
	default:
		return context.Canceled
	}
}

// End draws an end of a context: none, before the call, or at one of several
// times in milliseconds, by a cancellation or a deadline.
func (d *Draw) End(ms ...int) End {
	switch d.Int(0, 7) {
	case 0, 1, 2:
		return End{}
	case 3, 4:
		return End{How: Cancelled, At: d.Time(ms...)}
	case 5, 6:
		return End{How: Deadline, At: d.Time(ms...)}
	default:
		return End{How: Cancelled}
	}
}

// Names are the errors that a scenario knows, by the words in which to speak of
// them.
type Names map[string]error

// Of says what err is: no error, one of the known ones, what it wraps of them,
// or another error. Errors that wrap the same known ones are alike: their texts
// are the answer's own.
func (n Names) Of(err error) string {
	if err == nil {
		return "no error"
	}
	var wrapped []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		if same(err, n[name]) {
			return name
		}
		if errors.Is(err, n[name]) {
			wrapped = append(wrapped, name)
		}
	}
	if len(wrapped) == 0 {
		return "another error"
	}
	return "an error that wraps " + strings.Join(wrapped, " and ")
}

// Is says which of the known errors errors.Is finds in err, and does not tell
// whether they are wrapped: for a contract that does not, either.
func (n Names) Is(err error) string {
	return strings.TrimPrefix(n.Of(err), "an error that wraps ")
}

// Cause is the name of what has ended ctx, which an answer has made from callers.
// Once callers has ended as well, it is the name of what has ended that: an answer
// may see that end before ctx has it from callers, and end ctx by another cause.
func (n Names) Cause(ctx, callers context.Context) string {
	if callers.Err() != nil {
		ctx = callers
	}
	return n.Of(context.Cause(ctx))
}

// same compares as == does, also errors that cannot be compared.
func same(a, b error) (equal bool) {
	defer func() { _ = recover() }()
	return a == b //nolint:errorlint // that it is not wrapped is the question
}
