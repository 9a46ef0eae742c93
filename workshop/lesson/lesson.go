// Package lesson is what every lesson and every exercise of the workshop uses.
//
// A lesson is a [Story]: a function that speaks through log/slog. [Main] tells
// it in real time, [Play] in the virtual time of a testing/synctest bubble, and
// [Golden] keeps the transcript and the picture that a run gives up to date.
// An exercise's tests run in a [Bubble], which turns a deadlock, a leaked
// goroutine or a hang into one failure that a learner can read.
package lesson

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"
)

// A Story is what a lesson tells. It returns when its last task has ended, and
// early, with an error, when ctx ends.
//
// It speaks through log: Info is what happens, Warn a cancellation or a
// timeout, Error a failure. The task that speaks is the attribute "task"; a
// line without one is the story's own and belongs to the task "main":
//
//	log := log.With("task", "worker 0")
//	log.Info("waits for the lock", lesson.Waiting)
type Story func(ctx context.Context, log *slog.Logger) error

// Waiting is an attribute of a line: from here to its next line this task
// waits. Its picture is drawn hatched for as long.
var Waiting = slog.Bool(waitingKey, true)

// To is an attribute of a line that acts on other tasks: it cancels them, wakes
// them up or hands something over to them, and each of them answers with a line
// at the same instant. In pictures an arrow leads there.
func To(tasks ...string) slog.Attr { return slog.Any(toKey, tasks) }

// Pause waits for d and returns nil. It returns early, with the cause, when ctx
// ends, and when the story itself ends: a clean-up that nothing may interrupt is
// a pause with [context.WithoutCancel], and Ctrl-C still ends it.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	stage := context.Background()
	if s, ok := ctx.Value(stageKey{}).(context.Context); ok {
		stage = s
	}
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-stage.Done():
		return context.Cause(stage)
	}
}

// Over is why the story has ended that ctx belongs to, and nil while it goes on.
// Unlike ctx.Err, it is nil after a cancellation that is part of the story.
func Over(ctx context.Context) error {
	if stage, ok := ctx.Value(stageKey{}).(context.Context); ok {
		return context.Cause(stage)
	}
	return nil
}

type stageKey struct{}

// staged is ctx as a story gets it: whatever is derived from it knows it.
func staged(ctx context.Context) context.Context { return context.WithValue(ctx, stageKey{}, ctx) }

// Main is the main function of a lesson: it tells story in real time on the
// standard output, in colour on a terminal unless NO_COLOR is set.
//
// The first Ctrl-C ends the story's context and Main waits for the story to
// return; the second one ends the program at once. An error of the story is
// printed on the standard error, and the exit status is then 1.
//
// With STORY_TRACE=FILE in the environment Main tells story in virtual time, as
// [Play] does, and writes its trace to FILE, a JSON list of [Event]. With
// STORY_ORDER=N it does so in another legal order, the one that N draws.
func Main(story Story) {
	if file := os.Getenv("STORY_TRACE"); file != "" {
		_, source, _, _ := runtime.Caller(1)
		traced(story, file, os.Getenv("STORY_ORDER"), filepath.Dir(source))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // from then on a second Ctrl-C is the system's
	start := time.Now()
	screen := newScreen(os.Stdout)
	log := slog.New(handler{say: func(l Line, r slog.Record) {
		l.At = r.Time.Sub(start)
		screen.print(l)
	}})
	if err := story(staged(ctx), log); err != nil {
		fmt.Fprintln(os.Stderr, "the story ended early:", err)
		os.Exit(1)
	}
}

// Part is the main function of a part: it tells the stories of the part's
// lessons, the folders beside the file that calls it, one after the other,
// each in a process of its own. It ends the program with exit status 1 at the
// first story that fails.
func Part() {
	_, file, _, _ := runtime.Caller(1)
	dir := filepath.Dir(file)
	mains, _ := filepath.Glob(filepath.Join(dir, "[0-9][0-9]-*", "main.go")) // the pattern is well formed
	if len(mains) == 0 {
		fmt.Fprintf(os.Stderr, "no lessons in %s: run it from a checkout of the workshop\n", dir)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for i, main := range mains {
		if i > 0 {
			fmt.Println()
		}
		folder := filepath.Dir(main)
		fmt.Printf("%s\n\n", Title(folder))
		cmd := exec.CommandContext(ctx, "go", "run", ".")
		cmd.Dir = folder
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.Cancel = func() error { return nil } // Ctrl-C has reached the story, too; let it end
		if err := cmd.Run(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(folder), err)
			os.Exit(1)
		}
		if ctx.Err() != nil {
			os.Exit(1)
		}
	}
}
