//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// A running is the lesson's program while it runs, and what it has said.
type running struct {
	*exec.Cmd
	lines *bufio.Scanner
	said  strings.Builder
}

func start(t *testing.T, telling string) *running {
	t.Helper()
	r := &running{Cmd: child(t, telling)}
	out, err := r.StdoutPipe()
	require.NoError(t, err)
	r.lines = bufio.NewScanner(out)
	require.NoError(t, r.Start())
	t.Cleanup(func() {
		if r.ProcessState == nil { // the test has failed before it waited
			_ = r.Process.Kill()
			_ = r.Wait()
		}
	})
	return r
}

// hears reads until the program says something; with an empty text, to its end.
func (r *running) hears(t *testing.T, text string) {
	t.Helper()
	for r.lines.Scan() {
		r.said.WriteString(r.lines.Text() + "\n")
		if text != "" && strings.Contains(r.lines.Text(), text) {
			return
		}
	}
	require.Empty(t, text, "the program did not say that, but:\n%s", &r.said)
}

// signal sends one when the program has said something.
func (r *running) signal(t *testing.T, when string, s os.Signal) {
	t.Helper()
	r.hears(t, when)
	require.NoError(t, r.Process.Signal(s))
}

// end waits for the program's; ProcessState then says how it was.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.hears(t, "")
	_ = r.Wait()
}

func TestARealSignalDoesTheShutdownOfTheStory(t *testing.T) {
	t.Parallel()
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}
	runs := []*running{start(t, "mayhem"), start(t, "mayhem")}
	for i, r := range runs {
		r.signal(t, "web-3       is taken", signals[i])
	}
	for i, r := range runs {
		r.end(t)
		assert.Equal(t, 0, r.ProcessState.ExitCode(), "%s", &r.said)
		said := lesson.ByTask(r.said.String())
		main := said["main"]
		require.Len(t, main, 8, "%s", &r.said)
		assert.Equal(t, []string{
			"opens metrics, database, broker", signals[i].String() + " signal received", "has nothing in flight any more",
			"closes the broker", "closes the database", "flushes the metrics",
		}, main[:6])
		assert.Equal(t, "exit status 0", main[7])

		// Each of the three was acked, nacked, or waits for its next try; the metrics and the broker say the same.
		became := map[string]int{}
		for _, host := range []string{"web-1", "web-2", "web-3"} {
			last := said[host][len(said[host])-1]
			became[strings.Fields(last)[1]]++
		}
		acked, failed, nacked := became["acked"], became["host"], became["nacked,"]
		assert.Equal(t, 3, acked+failed+nacked, "%s", &r.said)
		assert.Equal(t, fmt.Sprintf("%d acked, %d failed, %d nacked", acked, failed, nacked), main[6])
		assert.Equal(t, []string{fmt.Sprintf("3 came, %d acked, %d left", acked, 3-acked)}, said["broker"])
	}
}

func TestARealSignalThatMeetsAFailureEndsInExitStatus1(t *testing.T) {
	t.Parallel()
	r := start(t, "full disk")
	r.signal(t, "web-1       is taken", syscall.SIGTERM)
	r.end(t)
	assert.Equal(t, 1, r.ProcessState.ExitCode(), "%s", &r.said)
	assert.Regexp(t, `(?s)flushes the metrics.*exit status 1: closes the database: disk full`, r.said.String())
}

func TestTheSecondSignalEndsItAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			r := start(t, "mayhem")
			r.signal(t, "web-1       is taken", s)
			r.hears(t, "signal received")
			ended := make(chan struct{})
			var sending sync.WaitGroup
			sending.Go(func() { // until it has ended: the first few may come before the program has stopped listening
				again := time.NewTicker(20 * time.Millisecond)
				defer again.Stop()
				for r.Process.Signal(s) == nil {
					select {
					case <-again.C:
					case <-ended:
						return
					}
				}
			})
			r.end(t)
			close(ended)
			sending.Wait()
			status := r.ProcessState.Sys().(syscall.WaitStatus)
			assert.True(t, status.Signaled() && status.Signal() == s, "%v:\n%s", r.ProcessState, &r.said)
			assert.NotContains(t, r.said.String(), "exit status")
		})
	}
}
