package locks_test

import (
	"context"
	"errors"
	"flag"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var long = flag.Bool("long", false, "prove more: minutes in place of a second")

func TestMain(m *testing.M) {
	flag.Parse()
	if *long {
		_ = flag.Set("rapid.checks", "50000")
	}
	goleak.VerifyTestMain(m)
}

// errWhy is the cause with which these tests end a ctx. A call that returns context.Canceled in its place has lost it.
var errWhy = errors.New("the reason why")

// A hookCtx does something each time that it has been looked at, as another goroutine might that runs just then.
type hookCtx struct {
	context.Context     //nolint:containedctx // it is one
	afterErr, afterDone func()
}

func (c hookCtx) Err() error {
	defer c.afterErr()
	return c.Context.Err()
}

func (c hookCtx) Done() <-chan struct{} {
	defer c.afterDone()
	return c.Context.Done()
}

// A call runs on a goroutine of its own.
type call struct{ errc chan error }

// start begins a call and returns when it waits or has returned, so that calls come in the order in which they are started.
func start(fn func() error) call {
	c := call{make(chan error, 1)} // the goroutine ends even if no test reads the result
	go func() { c.errc <- fn() }()
	synctest.Wait()
	return c
}

func (c call) waits(t *testing.T, msg string) {
	t.Helper()
	synctest.Wait()
	require.Empty(t, c.errc, msg)
}

func (c call) returns(t *testing.T, want error, msg string) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-c.errc:
		require.Equal(t, want, err, msg)
	default:
		require.Fail(t, "the call still waits", msg)
	}
}
