package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/conc/pool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/supervisor"
	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) {
	if os.Getenv("LESSON_PROGRAM") == "late" {
		lateForAPool()
		return
	}
	goleak.VerifyTestMain(m)
}

// lateForAPool is a program whose pool gets a task while its owner waits. It tries until the pool refuses one, however late its owner waits.
func lateForAPool() {
	p := pool.New()
	tried := make(chan struct{})
	p.Go(func() { <-tried })
	go func() {
		defer close(tried)
		defer func() { fmt.Println("the pool refuses it:", recover()) }()
		for range 500 {
			time.Sleep(20 * time.Millisecond)
			p.Go(func() {})
		}
	}()
	p.Wait()
}

func TestStory(t *testing.T) { lesson.Golden(t, story) }

// The page says that every cell of its table was found by a probe, those of Go's rows by running this program.
func TestThePageShowsWhatTheProbesFindInGo(t *testing.T) {
	page := pageRows(t)
	found := probedRows(t, lesson.Play(t, story).String())
	require.ElementsMatch(t, []string{"WaitGroup", "errgroup", "conc pool", "Group", "supervisor"}, slices.Collect(maps.Keys(found)))
	for name, label := range map[string]string{
		"WaitGroup": "`sync.WaitGroup`", "errgroup": "`errgroup.Group`", "conc pool": "`conc` pool", "Group": "`tasks.Group`", "supervisor": "`supervisor`",
	} {
		assert.Equal(t, found[name], page[label], "the page's row %s", label)
	}
}

// And asyncio's rows by running lesson.py.
func TestThePageShowsWhatTheProbesFindInPython(t *testing.T) {
	page := pageRows(t)
	for _, python := range course.Pythons(t) {
		found := probedRows(t, python.Tell(t))
		require.ElementsMatch(t, []string{"completed", "gather", "TaskGroup", "Supervisor"}, slices.Collect(maps.Keys(found)))
		for name, label := range map[string]string{
			"completed": "`as_completed`", "gather": "`gather(…, return_exceptions=True)`", "TaskGroup": "`TaskGroup`", "Supervisor": "lesson.py's `Supervisor`",
		} {
			assert.Equal(t, found[name], page[label], "the page's row %s", label)
		}
	}
}

// probedRows are the rows that a story ends with, by who says them, in the words of the page.
func probedRows(t *testing.T, transcript string) map[string][]string {
	t.Helper()
	_, table, ok := strings.Cut(transcript, "tidy late more sibl stop results\n")
	require.True(t, ok, "the story tells no table:\n%s", transcript)
	rows := make(map[string][]string)
	for line := range strings.Lines(table) {
		// "   3.2s  errgroup    half yes  ...": the time, the name, five cells of five characters, the rest
		name, cells := strings.TrimSpace(line[9:19]), strings.TrimSpace(line[21:])
		cell := func(i int) string { return strings.TrimSpace(cells[5*i : 5*i+5]) }
		rows[name] = []string{
			map[string]string{"yes": "yes", "half": "if waited for", "no": "no"}[cell(0)],
			map[string]string{
				"yes yes": "yes", "yes no": "until one fails", "race yes": "until waited for", "no no": "no",
			}[cell(1)+" "+cell(2)],
			cell(3),
			map[string]string{"yes": "yes", "half": "asks only", "no": "no"}[cell(4)],
			cells[25:],
		}
	}
	return rows
}

// pageRows are the rows of the page's tables, by their first cell.
func pageRows(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	rows := make(map[string][]string)
	for line := range strings.Lines(string(page)) {
		if line, ok := strings.CutPrefix(strings.TrimSpace(line), "| "); ok {
			cells := strings.Split(strings.TrimSuffix(line, " |"), " | ")
			rows[cells[0]] = cells[1:]
		}
	}
	return rows
}

// The page says what becomes of a task that panics in a conc pool: Wait panics with it, when the others have ended.
func TestTheWaitOfAConcPoolPanics(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		start := time.Now()
		p := pool.New().WithContext(t.Context())
		p.Go(func(context.Context) error { panic("a bug") })
		p.Go(func(ctx context.Context) error { return lesson.Pause(ctx, time.Second) })
		assert.Panics(t, func() { _ = p.Wait() })
		assert.Equal(t, time.Second, time.Since(start))
	})
}

// And what it does with a task that comes while its owner waits. That is a data race, therefore it is tried in a process of its own.
func TestAConcPoolPanicsAtATaskThatComesDuringWait(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), "LESSON_PROGRAM=late")
	output, _ := child.CombinedOutput() // under the race detector its status is 66
	assert.Contains(t, string(output), "the pool refuses it: send on closed channel")
}

// The page says that a deferred Stop does what an async with block does.
func TestADeferredStopIsTheBlock(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := false
		owner := func(ctx context.Context) error {
			house := supervisor.New(ctx)
			defer func() { _ = house.Stop(context.WithoutCancel(ctx), nil) }()
			_ = house.Go("heater", func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended = true
				return ctx.Err()
			})
			return errors.New("leaves early")
		}
		require.EqualError(t, owner(t.Context()), "leaves early")
		assert.True(t, ended)
	})
}

// The page says that a task may stop its own supervisor; frost is the cause that the other tasks get.
func TestATaskMayStopItsOwnSupervisor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		frost := errors.New("frost")
		house := supervisor.New(t.Context())
		var why error
		_ = house.Go("heater", func(ctx context.Context) error {
			<-ctx.Done()
			why = context.Cause(ctx)
			return ctx.Err()
		})
		_ = house.Go("phone", func(ctx context.Context) error { return house.Stop(ctx, frost) })
		require.NoError(t, house.Wait(t.Context()))
		assert.Equal(t, frost, why)
	})
}
