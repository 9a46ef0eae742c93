package lesson_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// broken is set in the child process whose tests fail on purpose.
const broken = "LESSON_TEST_BROKEN"

func TestMain(m *testing.M) {
	if os.Getenv(broken) != "" {
		lesson.SetPatience(300 * time.Millisecond)
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

var (
	wg      sync.WaitGroup
	results = make(chan int)
)

// spin is the loop that has no statement to stand on.
func spin() {
	for { //nolint:revive,staticcheck // without a statement, on purpose
	}
}

var spinLine = func() int {
	_, _, line, _ := runtime.Caller(0)
	return line - 5 // its end: an empty loop has no other place
}()

type brokenTest struct {
	name string
	body func(t *testing.T)
	want string // a regular expression; one failure, and nothing else
}

func brokenTests() []brokenTest {
	waitFor := func(c chan int) { <-c }
	return []brokenTest{
		{"deadlock", func(*testing.T) {
			c := make(chan int)
			for range 3 {
				go waitFor(c)
			}
			waitFor(c)
		}, `bubble_test.go:\d+: deadlock: no goroutine can go on, each waits for another:
\s+brokenTests.func1 \(bubble_test.go:\d+\): waits to receive from a channel, 4 of them`},
		{"leak", func(*testing.T) {
			go func() { time.Sleep(time.Hour) }()
		}, `bubble_test.go:\d+: leak: the test is over, but what it started still waits:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): sleeps`},
		{"not written yet", func(*testing.T) {
			panic("not written yet")
		}, `bubble_test.go:\d+: not written yet: brokenTests.\S+ \(bubble_test.go:\d+\)`},
		{"panic", func(*testing.T) {
			go func() { select {} }() // left behind by the panic: not worth a word
			panic(errors.New("on purpose"))
		}, `bubble_test.go:\d+: panic: on purpose
\s+brokenTests.\S+ \(bubble_test.go:\d+\)`},
		{"failure", func(t *testing.T) {
			go func() { select {} }() // left behind by the failure: not worth a word
			t.Fatal("the real reason")
		}, `bubble_test.go:\d+: the real reason`},
		{"mutex held across a sleep", func(*testing.T) {
			var mu sync.Mutex
			mu.Lock()
			go func() {
				time.Sleep(time.Second)
				mu.Unlock()
			}()
			mu.Lock()
		}, `bubble_test.go:\d+: hang: the test does not come to an end; virtual time stands still while a goroutine waits for a mutex that another one holds while it waits: either that one should unlock before it waits, or the two should not share a mutex:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): waits for a sync.Mutex
\s+brokenTests.\S+ \(bubble_test.go:\d+\): sleeps`},
		{"a WaitGroup of the package", func(*testing.T) {
			wg.Go(func() { time.Sleep(time.Second) })
			wg.Wait()
		}, `bubble_test.go:\d+: hang: the test does not come to an end; virtual time stands still while a goroutine waits for a sync.WaitGroup that was made outside the bubble:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): waits for a sync.WaitGroup
\s+brokenTests.\S+ \(bubble_test.go:\d+\): sleeps`},
		{"a channel of the package", func(*testing.T) {
			<-results
		}, `bubble_test.go:\d+: hang: the test does not come to an end; virtual time stands still while a goroutine waits for a channel that was made outside the bubble:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): waits to receive from a channel`},
		{"a pipe", func(*testing.T) {
			r, w, err := os.Pipe()
			if err == nil {
				_, _ = r.Read(make([]byte, 1))
			}
			runtime.KeepAlive(w) // collected, it would be closed
		}, `bubble_test.go:\d+: hang: the test does not come to an end; virtual time stands still while a goroutine waits for the real world, such as a file, a connection or a process:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): IO wait`},
		{"endless loop", func(*testing.T) {
			n := 0
			for n >= 0 {
				n = (n + 1) % 10
			}
		}, `bubble_test.go:\d+: hang: the test does not come to an end; what runs in it goes on and on:
\s+brokenTests.\S+ \(bubble_test.go:\d+\): runs`},
		{"empty loop", func(*testing.T) {
			spin()
		}, `bubble_test.go:\d+: hang: the test does not come to an end; what runs in it goes on and on:
\s+spin \(bubble_test.go:` + strconv.Itoa(spinLine) + `\): runs`},
		{"a failure that goes on", func(t *testing.T) {
			for {
				t.Error("the real reason")
				time.Sleep(time.Hour)
			}
		}, `(?s)bubble_test.go:\d+: the real reason.*
\s+bubble_test.go:\d+: hang: the test does not come to an end; what runs in it goes on and on:.*`},
	}
}

func TestBubbleMakesOneReadableFailureOf(t *testing.T) {
	if os.Getenv(broken) != "" {
		for _, b := range brokenTests() {
			lesson.ForgetHang()
			t.Run(b.name, func(t *testing.T) { lesson.Bubble(t, b.body) })
		}
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), broken+"=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "the broken tests passed:\n%s", out)
	for _, b := range brokenTests() {
		t.Run(b.name, func(t *testing.T) {
			name := strings.ReplaceAll(b.name, " ", "_")
			_, report, ran := strings.Cut(string(out), "--- FAIL: TestBubbleMakesOneReadableFailureOf/"+name+" (")
			require.True(t, ran, "the test did not run, or did not fail:\n%s", out)
			_, report, _ = strings.Cut(report, "\n")
			report, _, _ = strings.Cut(report, "\n    --- ")
			report, _, _ = strings.Cut(report, "\nFAIL")
			assert.Regexp(t, `^\s+`+b.want+`$`, report)
		})
	}
}

func TestBubblePassesInVirtualTime(t *testing.T) {
	began := time.Now()
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		time.Sleep(time.Hour)
		assert.Equal(t, time.Hour, time.Since(start))
	})
	assert.Less(t, time.Since(began), 3*time.Second)
}

func TestNoBubbleRunsBehindAHang(t *testing.T) {
	if os.Getenv(broken) != "" {
		t.Run("hang", func(t *testing.T) { lesson.Bubble(t, func(*testing.T) { spin() }) })
		t.Run("next", func(t *testing.T) { lesson.Bubble(t, func(*testing.T) { panic("it runs") }) })
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=30s", "-test.v")
	cmd.Env = append(os.Environ(), broken+"=1")
	out, err := cmd.Output()
	require.Error(t, err)
	assert.Contains(t, string(out), "=== ATTR  TestNoBubbleRunsBehindAHang/hang hang true")
	assert.Contains(t, string(out), "not run: the answer hangs")
	assert.Contains(t, string(out), "--- SKIP: TestNoBubbleRunsBehindAHang/next")
}
