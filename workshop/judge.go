package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/workshop/course"
)

// judged is an answer and what a check found.
type judged struct {
	Lesson  string  `json:"lesson"`
	Name    string  `json:"name"`
	Verdict string  `json:"verdict"` // right, wrong, to do, does not compile, not judged
	Test    string  `json:"test,omitempty"`
	Message string  `json:"message,omitempty"` // of the first test that failed
	Seconds float64 `json:"seconds"`

	lesson course.Lesson
	files  map[string]string
}

func judgeCommand() *cobra.Command {
	var (
		asJSON bool
		jobs   int
	)
	cmd := &cobra.Command{
		Use:   "judge DIR",
		Short: "Check a folder of answers, several at once",
		Long: `Check a folder of answers, several at once, and print a table. The folder holds
LESSON/NAME.go, LESSON/NAME/*.go, or clones of the workshop, one for each
learner. A lesson's further exercise is a folder in its folder: 1.2/hold/NAME.go.
Nothing is written there. The exit status is 1 if an answer whose name
begins with right- is not right, or one that begins with wrong- is.`,
		Example: "  workshop judge ../answers\n  workshop judge ../clones --json | jq -r '.[] | select(.verdict != \"right\").name'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			answers, err := collect(root, args[0])
			if err != nil {
				return err
			}
			return judge(cmd, answers, jobs, asJSON)
		},
	}
	cmd.Flags().IntVarP(&jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many to check at once")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// collect finds the answers in a folder.
func collect(root, dir string) ([]*judged, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	var all []*judged
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, "go.work")); err == nil {
			found, err := ofClone(root, path)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
			continue
		}
		l, err := course.Find(root, e.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		found, err := ofFolder(l, path)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no answers in %s; it should hold LESSON/NAME.go, or clones", errUse, dir)
	}
	return all, nil
}

// ofFolder are the answers to one lesson, and to its further exercises.
func ofFolder(l course.Lesson, dir string) ([]*judged, error) {
	entries, err := os.ReadDir(dir)
	further := l.Further()
	var all []*judged
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if i := slices.IndexFunc(further, func(f course.Lesson) bool { return f.More == e.Name() }); i >= 0 {
			found, err := ofFolder(further[i], path)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
			continue
		}
		a := &judged{Lesson: l.ID(), Name: strings.TrimSuffix(e.Name(), ".go"), lesson: l}
		switch {
		case e.IsDir():
			sources, _ := filepath.Glob(filepath.Join(path, "*.go")) // the pattern is well formed
			a.files = make(map[string]string)
			for _, file := range sources {
				a.files[filepath.Base(file)] = file
			}
		case strings.HasSuffix(e.Name(), ".go"):
			a.files = map[string]string{"exercise.go": path}
		}
		if len(a.files) > 0 {
			all = append(all, a)
		}
	}
	return all, err
}

// ofClone are the answers that a learner has begun.
func ofClone(root, dir string) ([]*judged, error) {
	lessons, err := course.Exercises(dir)
	var all []*judged
	for _, theirs := range lessons {
		ours, err := course.Find(root, theirs.ID())
		if err != nil || !theirs.Begun() {
			continue
		}
		a := &judged{Lesson: ours.ID(), Name: filepath.Base(dir), lesson: ours, files: make(map[string]string)}
		for _, name := range theirs.Files() {
			a.files[name] = filepath.Join(filepath.Dir(theirs.Answer()), filepath.FromSlash(name))
		}
		all = append(all, a)
	}
	return all, err
}

// judge checks answers and prints what it finds, in their order, as it finds it.
func judge(cmd *cobra.Command, answers []*judged, jobs int, asJSON bool) error {
	ctx := cmd.Context()
	done := make([]chan struct{}, len(answers))
	for i := range done {
		done[i] = make(chan struct{})
	}
	var g errgroup.Group
	g.SetLimit(max(1, jobs))
	started := make(chan struct{})
	go func() { // SetLimit lets Go wait
		defer close(started)
		for i, a := range answers {
			g.Go(func() error {
				defer close(done[i])
				a.run(ctx)
				return nil
			})
		}
	}()
	count := make(map[string]int)
	var surprises []string
	for i, a := range answers {
		<-done[i]
		count[a.Verdict]++
		if right := a.Verdict == "right"; strings.HasPrefix(a.Name, "right-") && !right || strings.HasPrefix(a.Name, "wrong-") && right {
			surprises = append(surprises, a.Lesson+"/"+a.Name)
		}
		if !asJSON {
			line := fmt.Sprintf("%-8s  %-40s  %-7s  %5.1f s  %s", a.Lesson, a.Name, a.Verdict, a.Seconds, firstLine(a.Message))
			say(cmd.OutOrStdout(), "%s\n", strings.TrimRight(line, " "))
		}
	}
	<-started
	_ = g.Wait() // each keeps what went wrong
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if asJSON {
		if err := printJSON(cmd, answers); err != nil {
			return err
		}
	} else {
		say(cmd.OutOrStdout(), "\n%d answers: %d right, %d wrong, %d to do, %d do not compile, %d not judged\n",
			len(answers), count["right"], count["wrong"], count["to do"], count["does not compile"], count["not judged"])
		if len(surprises) > 0 {
			say(cmd.OutOrStdout(), "%d are not what their names say: %s\n", len(surprises), strings.Join(surprises, " "))
		}
	}
	if len(surprises) > 0 {
		return errFailed
	}
	return nil
}

// run checks an answer.
func (a *judged) run(ctx context.Context) {
	began := time.Now()
	r, err := a.lesson.Judge(ctx, a.files, nil)
	a.Seconds = time.Since(began).Round(100 * time.Millisecond).Seconds()
	switch {
	case err != nil:
		a.Verdict, a.Message = "not judged", err.Error()
		if errors.Is(err, context.Canceled) {
			a.Message = ""
		}
		return
	case r.Passed():
		a.Verdict, a.Message = "right", r.NoRace
		if r.NoRace != "" {
			a.Message = "race detector: not run, " + r.NoRace
		}
		return
	case r.NotCompiled:
		a.Verdict = "does not compile"
	default:
		a.Verdict = "wrong"
	}
	a.Message = r.Broken
	states := make(map[string]bool)
	for _, t := range r.Tests {
		states[t.State()] = true
		if t.State() == course.Wrongly && a.Message == "" {
			a.Test, a.Message = t.Name, t.Message
		}
	}
	if states[course.ToDo] && !states[course.Wrongly] {
		a.Verdict = "to do"
	}
}

// firstLine is the first line of a message, without the place that says it.
func firstLine(message string) string {
	line, _, _ := strings.Cut(course.Test{Message: message}.Words(), "\n")
	return line
}
