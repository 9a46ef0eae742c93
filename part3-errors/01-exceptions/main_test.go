package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/tasks"
	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/lesson"
)

// programs are what a child process of these tests may run: each has one goroutine that fails and a main that goes on.
var programs = map[string]func(){
	"silent": func() {
		_ = tasks.Go(context.Background(), func(context.Context) (int, error) { return 0, errors.New("no stamp") })
		for range 3 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
		fmt.Println("main ends")
	},
	"panics": func() {
		defer fmt.Println("main cleans up")
		defer func() { _ = recover() }()
		go func() { panic("page 3 of 2") }()
		time.Sleep(10 * time.Second)
		fmt.Println("main ends")
	},
}

func TestMain(m *testing.M) {
	if program := programs[os.Getenv("LESSON_PROGRAM")]; program != nil {
		program()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// runProgram runs one of the programs and returns all that it has printed.
func runProgram(t *testing.T, name string) (output string, status int) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), "LESSON_PROGRAM="+name, "GORACE=atexit_sleep_ms=0")
	said, _ := child.CombinedOutput() // the status says it
	return string(said), child.ProcessState.ExitCode()
}

func TestAnErrorThatNoCodeReadsIsNeverReported(t *testing.T) {
	output, status := runProgram(t, "silent")
	assert.Equal(t, "main ends\n", output, "nothing reports it, not even when the task is garbage")
	assert.Zero(t, status)
}

func TestAPanicThatIsNotRecoveredEndsTheProgram(t *testing.T) {
	output, status := runProgram(t, "panics")
	assert.True(t, strings.HasPrefix(output, "panic: page 3 of 2\n"), output)
	assert.NotContains(t, output, "main ends", "its recover is in another goroutine")
	assert.NotContains(t, output, "main cleans up", "no deferred call of another goroutine runs")
	assert.Equal(t, 2, status)
}

type townError string

func (e townError) Error() string { return "no town " + string(e) }

func TestWhatIsWrappedAndJoinedIsFoundAgain(t *testing.T) {
	errStreet := errors.New("no street")
	all := errors.Join(
		fmt.Errorf("invoice 10: %w", errStreet),
		nil,
		fmt.Errorf("invoice 11: %w", townError("Ys")),
	)
	require.EqualError(t, all, "invoice 10: no street\ninvoice 11: no town Ys")
	require.ErrorIs(t, all, errStreet)
	town, ok := errors.AsType[townError](all)
	require.True(t, ok)
	assert.Equal(t, townError("Ys"), town)
	assert.NoError(t, errors.Join(nil, nil), "a join of nils is nil")
}

// The page says that a supervisor reports the failure and the panic of tasks that no code waits for.
func TestASupervisorReportsErrorsAndPanics(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var heard []string
		s := supervisor.New(t.Context(), supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
			heard = append(heard, fmt.Sprintf("%s: %v", f.Task, f.Err))
		}))
		_ = s.Go("invoice 12", func(context.Context) error { return errors.New("no stamp") })
		require.NoError(t, s.Wait(t.Context()))
		_ = s.Go("invoice 9", func(context.Context) error { panic("page 3 of 2") })
		require.NoError(t, s.Stop(t.Context(), nil))
		assert.Equal(t, []string{"invoice 12: no stamp", "invoice 9: panic: page 3 of 2"}, heard)
	})
}
