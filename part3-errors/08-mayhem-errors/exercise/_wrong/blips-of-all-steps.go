//wrong: counts the failures of all steps together: the third failure of any step stands
//want:  each step has three attempts of its own
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

var (
	ErrBlip  = errors.New("a blip")
	ErrNever = errors.New("will never work")
)

type BusyError struct{ After time.Duration }

func (e BusyError) Error() string { return fmt.Sprint("busy for ", e.After) }

type Step func(ctx context.Context) error

type Delivery interface {
	Ack(ctx context.Context) error
	Nack(ctx context.Context, delay time.Duration) error
	Drop(ctx context.Context, reason error) error
}

func Handle(ctx context.Context, d Delivery, steps ...Step) error {
	last := make([]error, len(steps))
	var wg sync.WaitGroup
	var failed atomic.Int32
	for i, step := range steps {
		wg.Go(func() { last[i] = stubborn(ctx, step, &failed) })
	}
	wg.Wait()
	reason := errors.Join(last...)
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if reason == nil {
		return d.Ack(settling)
	}
	if errors.Is(reason, ErrNever) {
		return d.Drop(settling, reason)
	}
	if ctx.Err() != nil {
		return d.Nack(settling, 0)
	}
	return d.Nack(settling, delay(last))
}

// stubborn runs a step until it succeeds or its failure stands.
func stubborn(ctx context.Context, step Step, failed *atomic.Int32) error {
	for n := 1; ; n++ {
		err := step(ctx)
		if !errors.Is(err, ErrBlip) || failed.Add(1) == 3 || ctx.Err() != nil {
			return err
		}
		t := time.NewTimer(time.Duration(n) * 100 * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

func delay(failures []error) time.Duration {
	longest, found := time.Duration(0), false
	for _, err := range failures {
		if busy, ok := errors.AsType[BusyError](err); ok {
			longest, found = max(longest, busy.After), true
		}
	}
	if !found {
		return time.Second
	}
	return longest
}
