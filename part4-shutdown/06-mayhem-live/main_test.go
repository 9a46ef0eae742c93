package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

var long = flag.Bool("long", false, "prove more: minutes in place of seconds")

// The test binary stands for the lesson's program, and for a NATS server that can be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "-steps", "-data":
			main()
			return
		case "nats-server":
			natsServer(os.Args[2:])
			return
		}
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or each process takes a second to end under -race
	flag.Parse()
	_ = flag.Set("test.parallel", "6") // they wait more than they work
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Captured(t, story) }

// A child is the lesson's program in a process of its own, and what it has said so far.
type child struct {
	t      *testing.T
	cmd    *exec.Cmd
	stderr strings.Builder
	said   chan struct{} // closed when it will say no more

	mu    sync.Mutex // guards what follows
	steps []string   // "web-1 is acked"
	times []time.Time
	more  chan struct{}
}

// run starts the service. It is killed when the test is over, if it has not ended.
func run(t *testing.T, args ...string) *child {
	t.Helper()
	return runIn(t, nil, args...)
}

// runIn starts it with more in its environment.
func runIn(t *testing.T, env []string, args ...string) *child {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	s := &child{t: t, said: make(chan struct{}), more: make(chan struct{})}
	s.cmd = exec.Command(program, append([]string{"-steps"}, args...)...) //nolint:noctx // the test ends it
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	go s.listen(out)
	t.Cleanup(s.kill)
	return s
}

func (s *child) listen(out io.Reader) {
	defer close(s.said)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20) // a host may be as long as a message
	for lines.Scan() {
		var step struct {
			Msg, Task string
			Time      time.Time
		}
		if json.Unmarshal(lines.Bytes(), &step) != nil {
			continue // the last line of a process that was killed
		}
		s.mu.Lock()
		s.steps, s.times = append(s.steps, step.Task+" "+step.Msg), append(s.times, step.Time)
		close(s.more)
		s.more = make(chan struct{})
		s.mu.Unlock()
	}
}

// waitFor waits until the service has said so many lines that contain text. It gives up after a minute without one more.
func (s *child) waitFor(n int, text string) {
	s.t.Helper()
	if !s.reaches(n, text) {
		require.FailNow(s.t, "the service has ended", "%v before %d lines say %q\n%s", s.cmd.Wait(), n, text, s.stderr.String())
	}
}

// reaches does so, too, and reports whether that came before the service's end.
func (s *child) reaches(n int, text string) bool {
	s.t.Helper()
	const patience = time.Minute
	give := time.NewTimer(patience)
	defer give.Stop()
	for seen, count, ended := 0, 0, false; ; {
		s.mu.Lock()
		more := s.more
		for ; seen < len(s.steps); seen++ {
			if _, what, _ := strings.Cut(s.steps[seen], " "); strings.Contains(what, text) {
				count++
				give.Reset(patience)
			}
		}
		s.mu.Unlock()
		if count >= n || ended {
			return count >= n
		}
		select {
		case <-more:
		case <-s.said:
			ended = true
		case <-give.C:
			require.FailNow(s.t, "the service does not say it", "%d of %d lines say %q; the last are %q", len(s.all(text)), n, text, s.last())
		}
	}
}

// all are the tasks of the lines that contain text, in order.
func (s *child) all(text string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tasks []string
	for _, line := range s.steps {
		if task, what, _ := strings.Cut(line, " "); strings.Contains(what, text) {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

// when are the times of the lines that contain text.
func (s *child) when(text string) (times []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, line := range s.steps {
		if strings.Contains(line, text) {
			times = append(times, s.times[i])
		}
	}
	return times
}

// silence tells where the service said nothing for the longest time.
func (s *child) silence() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	longest, before := time.Duration(0), "the first line"
	for i := 1; i < len(s.times); i++ {
		if gap := s.times[i].Sub(s.times[i-1]); gap > longest {
			longest, before = gap, s.steps[i]
		}
	}
	return fmt.Sprintf("it said nothing for %v before %q", longest, before)
}

func (s *child) last() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.steps[max(0, len(s.steps)-5):]
}

func (s *child) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.said
	_ = s.cmd.Wait() // says that it was killed, or was called before
}

// ends waits until the service has ended and returns its exit status.
func (s *child) ends() int {
	s.t.Helper()
	select {
	case <-s.said:
	case <-time.After(2 * time.Minute):
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // says where it is
		time.Sleep(time.Second)
		s.kill()
		require.FailNow(s.t, "the service does not end", "%s; the last lines are %q\n%s", s.silence(), s.last(), s.stderr.String())
	}
	_ = s.cmd.Wait() // the status says it all
	return s.cmd.ProcessState.ExitCode()
}

func (s *child) terminate() {
	s.t.Helper()
	if runtime.GOOS == "windows" {
		s.t.Skip("Windows has no SIGTERM to send")
	}
	require.NoError(s.t, s.cmd.Process.Signal(syscall.SIGTERM))
}

// freePort is below those that the system gives to connections: another one's end would take it before it is listened to.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 20_000 + rand.IntN(10_000) //nolint:gosec // a test's
		if _, taken := ports.LoadOrStore(port, true); taken {
			continue
		}
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprint("127.0.0.1:", port))
		if err == nil {
			require.NoError(t, l.Close())
			return port
		}
	}
	require.FailNow(t, "there is no free port")
	return 0
}

var ports sync.Map // those that were given away

func fileInTheWay(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	return name
}
