package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

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
	var all, asJSON, raw bool
	cmd := &cobra.Command{
		Use:   "check [LESSON]",
		Short: "Test your answer to a lesson's exercise; without a name, to the next one",
		Long: `Test your answer to a lesson's exercise, first plain, then under the race detector.
Right means that every test of the exercise ran and passed in this very check. The
tests end after 30 s and say where your goroutines are. All .go files of the
exercise's folder are your answer; tests of your own are for go test, and check
leaves them out. An answer may take 1 GiB of memory; WORKSHOP_MEMORY=4GiB allows
more. Of your Go settings, check keeps what concerns downloads; doctor names those
that it does not follow.`,
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
				if found := check(cmd, l, progress, asJSON, raw); found != nil {
					err = found
				}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "check all exercises that you have begun")
	cmd.Flags().BoolVar(&raw, "raw", false, "print the race detector's report and the stacks of a crash as they are")
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
	lessons, err := course.Exercises(root)
	return slices.DeleteFunc(lessons, func(l course.Lesson) bool { return !l.Begun() }), progress, err
}

// checked is a check's result as it is printed for a script.
type checked struct {
	Lesson   string        `json:"lesson"`
	Exercise string        `json:"exercise"`
	Right    bool          `json:"right"`
	Broken   string        `json:"broken,omitempty"` // why the tests could not run to their end
	Compiles bool          `json:"compiles"`
	Raced    bool          `json:"raced"`            // the tests ran under the race detector, too
	NoRace   string        `json:"noRace,omitempty"` // why they did not, although all passed
	Tests    []checkedTest `json:"tests"`
}

type checkedTest struct {
	Name    string              `json:"name"`
	State   string              `json:"state"` // ok, to do, wrong, not run
	Message string              `json:"message,omitempty"`
	Lines   []course.SourceLine `json:"lines,omitempty"` // of exercise.go, which the message names
	Raw     string              `json:"raw,omitempty"`   // the race detector's report, a crash's stacks
	Run     string              `json:"run,omitempty"`   // what the answer did in the test
}

// check tests the learner's answer, keeps what it found and prints it. It
// returns errFailed if the answer is not right.
func check(cmd *cobra.Command, l course.Lesson, progress *learner.Progress, asJSON, raw bool) error {
	slow := waitFor(cmd.ErrOrStderr(), compiling)
	r, err := l.CheckExercise(cmd.Context(), slow.test)
	slow.stop()
	if err != nil {
		return err
	}
	if err := progress.Checked(l, r); err != nil {
		say(cmd.ErrOrStderr(), "workshop: this check is not kept: %v\n", err)
	}
	if asJSON {
		out := checked{
			Lesson: l.ID(), Exercise: l.Exercise(), Right: r.Passed(), Broken: r.Broken, Compiles: !r.NotCompiled,
			Raced: r.Raced, NoRace: r.NoRace, Tests: []checkedTest{},
		}
		for _, t := range r.Tests {
			out.Tests = append(out.Tests, checkedTest{t.Name, t.State(), t.Message, l.Quoted(t.Message), t.Raw, t.Run})
		}
		if err := printJSON(cmd, out); err != nil {
			return err
		}
	} else {
		show(cmd, l, r, raw)
	}
	if !r.Passed() {
		return errFailed
	}
	return nil
}

// show prints what a check has found. Tests that say the same stand together,
// above what they say.
func show(cmd *cobra.Command, l course.Lesson, r course.Result, raw bool) {
	w := cmd.OutOrStdout()
	say(w, "%s  %s\n", l.ID(), l.Exercise())
	told := false // one run is enough
	for _, same := range r.Grouped() {
		t := same[0]
		if t.State() != course.Wrongly {
			say(w, "  %-6s %s\n", t.State(), t.Sentence())
			continue
		}
		for _, one := range same {
			say(w, "  WRONG  %s\n", one.Sentence())
		}
		if len(same) > 1 {
			say(w, "%s\n", indent(fmt.Sprintf("%d tests say:", len(same))))
		}
		say(w, "%s\n", indent(t.Message))
		quote(cmd, l, t.Message)
		if run := t.OwnRun(); run != nil && !told {
			told = true
			printRun(w, run)
		}
		if raw && t.Raw != "" {
			say(w, "\n%s\n", t.Raw)
		}
	}
	say(w, "\n")
	switch {
	case r.Passed():
		if r.NoRace != "" {
			say(w, "race detector: not run, %s\n", r.NoRace)
		}
		say(w, "%s. How others got it wrong: go run ./workshop gallery %s\n", r.Summary(), l.Name())
	case r.Broken != "":
		say(w, "%s:\n%s\n", r.Summary(), indent(r.Broken))
		quote(cmd, l, r.Broken)
		if l.Conflict() {
			say(w, "%s\n", course.ConflictMeans)
		}
	case !slices.ContainsFunc(r.Tests, func(t course.Test) bool { return t.State() == course.Wrongly || t.Passed }):
		say(w, "%s. %s says what to write.\n", r.Summary(), l.Exercise())
	default:
		say(w, "%s. For a hint: go run ./workshop hint %s\n", r.Summary(), l.Name())
		if !raw && slices.ContainsFunc(r.Tests, func(t course.Test) bool { return t.Raw != "" }) {
			say(w, "The whole report: go run ./workshop check %s --raw\n", l.Name())
		}
	}
}

// quote prints the learner's own lines that a message names.
func quote(cmd *cobra.Command, l course.Lesson, message string) {
	for _, line := range l.Quoted(message) {
		say(cmd.OutOrStdout(), "         %5d | %s\n", line.Number, course.Printable(line.Text))
	}
}

// indent moves a message to the right, and cuts a very long one.
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
