package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

// The test binary is also the program that SIGQUIT ends.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "waits" {
		fmt.Println("waits")
		time.Sleep(time.Hour)
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) {
	lesson.Golden(t, story, lesson.Claim(func(t *testing.T, said lesson.Transcript) {
		lines := lesson.ByTask(said.String())["main"]
		assert.Contains(t, lines, "order 2 is in order, askBank, wait", "a dump has the whole stack")
		assert.Contains(t, lines, "mail 1 is in mail, wait", "a mail that no task waits for is in the dump")
	}))
}

func TestSIGQUITPrintsTheStacksAndEndsTheProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: Windows has no SIGQUIT")
	}
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, "waits")
	var dump bytes.Buffer
	cmd.Stderr = &dump
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = bufio.NewReader(out).ReadString('\n') // it runs
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGQUIT))
	exit, failed := errors.AsType[*exec.ExitError](cmd.Wait())
	require.True(t, failed)
	assert.Equal(t, 2, exit.ExitCode())
	assert.Contains(t, dump.String(), "SIGQUIT: quit")
	assert.Contains(t, dump.String(), "goroutine 1 ")
	assert.Contains(t, dump.String(), ".TestMain(")
}

// The page says that the mutex profile names the holder, and the block profile the goroutine that waits.
func TestTheMutexProfileNamesTheHolderAndTheBlockProfileTheWaiter(t *testing.T) {
	runtime.SetBlockProfileRate(1)
	defer runtime.SetBlockProfileRate(0)
	defer runtime.SetMutexProfileFraction(runtime.SetMutexProfileFraction(1))
	var mu sync.Mutex
	var waiter sync.WaitGroup
	mu.Lock()
	waiter.Go(func() { waits(&mu) })
	require.Eventually(t, func() bool {
		return strings.Contains(profile(t, "goroutine"), ".waits+") && state(t, "sync.Mutex.Lock")
	},
		time.Minute, time.Millisecond)
	holds(&mu)
	waiter.Wait()
	assert.Contains(t, profile(t, "mutex"), ".holds+")
	assert.NotContains(t, profile(t, "mutex"), ".waits+")
	assert.Contains(t, profile(t, "block"), ".waits+")
}

//go:noinline
func waits(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
}

//go:noinline
func holds(mu *sync.Mutex) { mu.Unlock() }

func profile(t *testing.T, name string) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, pprof.Lookup(name).WriteTo(&text, 1))
	return text.String()
}

// state says whether a goroutine waits in this state.
func state(t *testing.T, waits string) bool {
	t.Helper()
	var text strings.Builder
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&text, 2))
	return strings.Contains(text.String(), "["+waits)
}

func TestTheFlightRecorderHoldsWhatHasJustHappened(t *testing.T) {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Second})
	require.NoError(t, recorder.Start())
	defer recorder.Stop()
	time.Sleep(10 * time.Millisecond)
	var recent bytes.Buffer
	_, err := recorder.WriteTo(&recent)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(recent.String(), "go 1."), "a trace, for go tool trace")
}

// The page says that the leak profile names what no code can wake up, and no goroutine that waits for a ctx which main could cancel.
func TestTheLeakProfileFindsWhatNoCodeCanWakeUp(t *testing.T) {
	require.FileExists(t, "testdata/leak/main.go")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./testdata/leak")
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile", "GOFLAGS=")
	found, err := cmd.Output()
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		t.Fatalf("%s", exit.Stderr)
	}
	require.NoError(t, err)
	assert.Contains(t, string(found), "goroutineleak profile: total 1\n")
	assert.Contains(t, string(found), "main.leaks+")
	assert.NotContains(t, string(found), "main.hangs+")
}

// runDump runs exercise/dump on the exercise as it is handed out.
func runDump(t *testing.T, flag string) (string, error) {
	t.Helper()
	answer, err := filepath.Abs("exercise/exercise.go")
	require.NoError(t, err)
	stub, err := filepath.Abs("exercise/_stub/exercise.go")
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {answer: stub}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	require.FileExists(t, stub)
	require.FileExists(t, "exercise/dump/main.go")
	out, err := exec.CommandContext(t.Context(), "go", "run", flag, "-overlay="+file, "./exercise/dump").CombinedOutput()
	return string(out), err
}

// left are the goroutines of a dump that are not main's, without what differs from run to run.
func left(dump string) []string {
	dump = strings.ReplaceAll(dump, "/_stub/", "/") // the build cache may have compiled the one file or the other, which are the same
	dump = regexp.MustCompile(`(?m) \+0x[0-9a-f]+$|goroutine \d+|\([^()]*\)$`).ReplaceAllString(strings.ReplaceAll(dump, "\r\n", "\n"), "")
	stacks := strings.Split(strings.TrimSpace(dump), "\n\n")
	stacks = stacks[min(2, len(stacks)):] // without the counts and main
	slices.Sort(stacks)
	return stacks
}

func TestTheDumpOfTheExerciseIsThatOfItsProgram(t *testing.T) {
	file, err := os.ReadFile("exercise/dump.txt")
	require.NoError(t, err)
	want := left(string(file))
	require.Len(t, want, 6)
	var got []string
	for range 5 { // on a busy machine an answer may come after the limit
		dump, err := runDump(t, "-trimpath")
		require.NoError(t, err, dump)
		if got = left(dump); slices.Equal(got, want) {
			return
		}
	}
	assert.Equal(t, want, got, "its head says how to make dump.txt anew")
}

func TestTheRaceDetectorFindsTheRacesOfTheExercise(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-race", "-o", os.DevNull, "./testdata/leak").CombinedOutput(); err != nil {
		if os.Getenv("REQUIRE_ALL") != "" {
			t.Fatalf("the race detector: %s", out)
		}
		t.Skipf("skipped: the race detector does not build here (a C compiler is missing?): %s", out)
	}
	out, err := runDump(t, "-race")
	require.Error(t, err)
	assert.Contains(t, out, "WARNING: DATA RACE")
	assert.Contains(t, out, "(*Desk).Poll.func1()")
}
