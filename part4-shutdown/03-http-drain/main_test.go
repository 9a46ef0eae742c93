package main

import (
	"context"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// The test binary stands for the lesson's program: it tells the story, and it
// is the server under load.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "story" || os.Args[1] == "-serve") {
		os.Args = slices.DeleteFunc(os.Args, func(arg string) bool { return arg == "story" })
		main()
		return
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or a server under -race takes a second to end
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story(inMemory), lesson.Drains(3500*time.Millisecond)) }

// inMemory is a door without a network: no socket can take part in virtual time.
func inMemory(context.Context) (door, error) { return newMemory(), nil }

type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

func newMemory() *memory {
	m := &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
	m.close = sync.OnceFunc(func() { close(m.closed) })
	return m
}

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { m.close(); return nil }
func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// The order of lines of different tasks depends on how busy the machine is;
// what each task says does not.
func TestTheRealRunSaysWhatTheTranscriptSays(t *testing.T) {
	t.Parallel()
	transcript, err := os.ReadFile("transcript.txt")
	require.NoError(t, err)
	assert.Equal(t, lesson.ByTask(string(transcript)), lesson.ByTask(lesson.RealRun(t)))
}

func TestAThousandOrdersInFlightAreAnsweredInFull(t *testing.T) {
	t.Parallel()
	r, err := load(t.Context(), io.Discard, inFlight(t), false)
	require.NoError(t, err)
	assert.Zero(t, r.cutOff, "cut off")
	assert.GreaterOrEqual(t, r.answered, r.inFlight, "only who came after the signal may be refused")
	assert.GreaterOrEqual(t, r.refused, 1, "who comes when the door is closed is refused")
	assert.Zero(t, r.status, "exit status")
	assert.GreaterOrEqual(t, r.took, 500*time.Millisecond, "the door was closed before the balancer could know")
	assert.Less(t, r.took, 10*time.Second, "it waited for its grace to end, not for the orders")
}

func TestAMainThatReturnsWhenServeDoesCutsThemAllOffAndItsExitStatusIs0(t *testing.T) {
	t.Parallel()
	r, err := load(t.Context(), io.Discard, inFlight(t), true)
	require.NoError(t, err)
	assert.Equal(t, r.inFlight, r.cutOff, "cut off")
	assert.Zero(t, r.answered, "answered")
	assert.Zero(t, r.status, "exit status")
}

// inFlight is how many orders a test has in flight when it sends SIGTERM.
func inFlight(t *testing.T) int {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no process can be sent SIGTERM on Windows")
	}
	return 1000
}
