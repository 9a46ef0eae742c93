package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "run [LESSON]",
		Short:   "Tell a lesson's story; without a name, that of the next lesson",
		Example: "  workshop run 1.2\n  workshop run cancel",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, _, err := named(cmd, args)
			if err != nil {
				return err
			}
			if _, err := os.Stat(filepath.Join(l.Root, l.Dir, "main.go")); err != nil {
				return fmt.Errorf("%s has no main.go to run; git checkout %s brings it back", l.Dir, l.Dir)
			}
			story := exec.CommandContext(cmd.Context(), "go", "run", ".")
			story.Dir = filepath.Join(l.Root, l.Dir)
			story.Stdin, story.Stdout, story.Stderr = os.Stdin, cmd.OutOrStdout(), cmd.ErrOrStderr()
			story.Cancel = func() error { return nil } // Ctrl-C has reached the story, too; let it end
			if err := story.Run(); err != nil {
				return fmt.Errorf("the story of %s has failed: %w", l.Folder(), err)
			}
			return nil
		},
	}
}

// named is the lesson that a person named, or the next one.
func named(cmd *cobra.Command, args []string) (course.Lesson, *learner.Progress, error) {
	root, progress, err := open(cmd)
	if err != nil {
		return course.Lesson{}, nil, err
	}
	if len(args) > 0 {
		l, err := course.Find(root, args[0])
		return l, progress, err
	}
	l, err := progress.Next(root)
	if err == nil && l == nil {
		err = fmt.Errorf("%w: every exercise is right; which lesson?", errUse)
	}
	if err != nil {
		return course.Lesson{}, nil, err
	}
	return *l, progress, nil
}

// exercised is [named], of a lesson with an exercise.
func exercised(cmd *cobra.Command, args []string) (course.Lesson, *learner.Progress, error) {
	l, progress, err := named(cmd, args)
	if err == nil && !l.HasExercise() {
		err = fmt.Errorf("%w: %s, %s, has no exercise", errUse, l.ID(), l.Title())
	}
	return l, progress, err
}

func checkCommand() *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:   "check [LESSON]",
		Short: "Test your answer to a lesson's exercise; without a name, to the next one",
		Long: `Test your answer to a lesson's exercise. The tests end themselves after 30 s, by
saying where your goroutines are; what does not end then is killed.`,
		Example: "  workshop check 1.2\n  workshop check part1-tasks/02-cancel\n  workshop check --all   # finds again what is right",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lessons, progress, err := chosen(cmd, args, all)
			if err != nil {
				return err
			}
			if len(lessons) == 0 && !asJSON {
				say(cmd.OutOrStdout(), "No exercise is begun.\n")
			}
			for _, l := range lessons {
				if found := check(cmd, l, progress, asJSON); found != nil {
					err = found
				}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "check all exercises that somebody has begun")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// chosen are the lessons that check is to check.
func chosen(cmd *cobra.Command, args []string, all bool) ([]course.Lesson, *learner.Progress, error) {
	if !all {
		l, progress, err := exercised(cmd, args)
		return []course.Lesson{l}, progress, err
	}
	if len(args) > 0 {
		return nil, nil, fmt.Errorf("%w: --all and a lesson's name", errUse)
	}
	root, progress, err := open(cmd)
	if err != nil {
		return nil, nil, err
	}
	lessons, err := course.Lessons(root)
	return slices.DeleteFunc(lessons, func(l course.Lesson) bool { return !l.Begun() }), progress, err
}

// checked is a check's result as it is printed for a script.
type checked struct {
	Lesson   string        `json:"lesson"`
	Exercise string        `json:"exercise"`
	Right    bool          `json:"right"`
	Broken   string        `json:"broken,omitempty"` // why the tests could not run to their end
	Tests    []checkedTest `json:"tests"`
}

type checkedTest struct {
	Name    string              `json:"name"`
	State   string              `json:"state"` // ok, to do, wrong
	Message string              `json:"message,omitempty"`
	Lines   []course.SourceLine `json:"lines,omitempty"` // of exercise.go, which the message names
}

// check tests the learner's answer, keeps what it found and prints it. It
// returns errFailed if the answer is not right.
func check(cmd *cobra.Command, l course.Lesson, progress *learner.Progress, asJSON bool) error {
	r, err := l.CheckExercise(cmd.Context(), nil)
	if err != nil {
		return err
	}
	if err := progress.Checked(l, r); err != nil {
		say(cmd.ErrOrStderr(), "workshop: this check is not kept: %v\n", err)
	}
	if asJSON {
		out := checked{Lesson: l.ID(), Exercise: l.Exercise(), Right: r.Passed(), Broken: r.Broken, Tests: []checkedTest{}}
		for _, t := range r.Tests {
			out.Tests = append(out.Tests, checkedTest{t.Name, t.State(), t.Message, l.Quoted(t.Message)})
		}
		if err := printJSON(cmd, out); err != nil {
			return err
		}
	} else {
		show(cmd, l, r)
	}
	if !r.Passed() {
		return errFailed
	}
	return nil
}

// show prints what a check has found.
func show(cmd *cobra.Command, l course.Lesson, r course.Result) {
	w := cmd.OutOrStdout()
	say(w, "%s  %s\n", l.ID(), l.Exercise())
	count, before := make(map[string]int), ""
	for _, t := range r.Tests {
		state := t.State()
		count[state]++
		if state != course.Wrongly {
			say(w, "  %-6s %s\n", state, t.Sentence())
			continue
		}
		say(w, "  WRONG  %s\n", t.Sentence())
		if said := t.Words(); said == before {
			say(w, "%s\n", indent("the same"))
		} else {
			say(w, "%s\n", indent(t.Message))
			quote(cmd, l, t.Message)
			before = said
		}
	}
	say(w, "\n")
	switch {
	case r.Passed():
		say(w, "Right: all %d tests pass. How others got it wrong: go run ./workshop gallery %s\n", len(r.Tests), l.Name())
	case r.Broken != "":
		say(w, "The tests could not run to their end:\n%s\n", indent(r.Broken))
		quote(cmd, l, r.Broken)
		if l.Conflict() {
			say(w, "%s\n", course.ConflictMeans)
		}
	case count[course.ToDo] == len(r.Tests):
		say(w, "Nothing is written yet. %s says what to write.\n", l.Exercise())
	default:
		say(w, "%d right, %d wrong, %d not written yet. For a hint: go run ./workshop hint %s\n", count[course.OK], count[course.Wrongly], count[course.ToDo], l.Name())
	}
}

// quote prints the learner's own lines that a message names.
func quote(cmd *cobra.Command, l course.Lesson, message string) {
	for _, line := range l.Quoted(message) {
		say(cmd.OutOrStdout(), "         %5d | %s\n", line.Number, line.Text)
	}
}

// indent moves a message to the right, and cuts one that nobody would read to its end.
func indent(text string) string {
	const most = 40
	lines := strings.Split(text, "\n")
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], fmt.Sprintf("… and %d more lines", more))
		if strings.Contains(text, course.Cut) {
			lines = append(lines, course.Cut)
		}
	}
	return "         " + strings.Join(lines, "\n         ")
}
