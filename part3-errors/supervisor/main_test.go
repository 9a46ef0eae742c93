package supervisor_test

import (
	"context"
	"errors"
	"flag"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

var long = flag.Bool("long", false, "run the storm and the memory tests at full length")

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

var (
	errBoom    = errors.New("boom")
	errCleanUp = errors.New("clean-up failed")
	errUpdate  = errors.New("a new version is there")
)

// atLength returns short, or full with -long.
func atLength(short, full int) int {
	if *long {
		return full
	}
	return short
}

// after works for d and then returns err; cancelled before, it returns ctx.Err() at once.
func after(d time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// stubborn works for d whatever its context says, and then returns err.
func stubborn(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

// A collector is a failure handler that keeps what it gets.
type collector struct {
	mu  sync.Mutex // guards got
	got []supervisor.Failure
}

func (c *collector) handle(_ context.Context, f supervisor.Failure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, f)
}

// failures returns what came until now, in the order in which it came.
func (c *collector) failures() []supervisor.Failure {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]supervisor.Failure(nil), c.got...)
}

// collecting returns a supervisor and what collects its failures.
func collecting(ctx context.Context) (*supervisor.Supervisor, *collector) {
	c := new(collector)
	return supervisor.New(ctx, supervisor.OnFailure(c.handle)), c
}
