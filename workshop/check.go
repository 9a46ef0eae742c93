package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/lesson/course"
)

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "run LESSON",
		Short:   "Tell a lesson's story",
		Example: "  workshop run 1.2\n  workshop run cancel",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := find(args[0])
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

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check LESSON",
		Short:   "Test your answer to a lesson's exercise",
		Example: "  workshop check 1.2\n  workshop check part1-tasks/02-cancel",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := find(args[0])
			if err != nil {
				return err
			}
			return check(cmd, l)
		},
	}
}

func check(cmd *cobra.Command, l course.Lesson) error {
	if !l.HasExercise() {
		return fmt.Errorf("%s, %s, has no exercise", l.ID(), l.Title())
	}
	r, err := l.CheckExercise(cmd.Context())
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	say(w, "%s  %s\n", l.ID(), l.Exercise())
	passed, missing, before := 0, 0, ""
	for _, t := range r.Tests {
		switch {
		case t.Passed:
			passed++
			say(w, "  ok     %s\n", sentence(t.Name))
		case t.NotWritten():
			missing++
			say(w, "  to do  %s\n", sentence(t.Name))
		default:
			say(w, "  WRONG  %s\n", sentence(t.Name))
			if said := position.ReplaceAllString(t.Message, ""); said == before {
				say(w, "%s\n", indent("the same"))
			} else {
				say(w, "%s\n", indent(t.Message))
				before = said
			}
		}
	}
	if err := loadProgress(l.Root).save(l, r.Passed()); err != nil {
		say(cmd.ErrOrStderr(), "workshop: this check is not kept: %v\n", err)
	}
	say(w, "\n")
	switch wrong := len(r.Tests) - passed - missing; {
	case r.Passed():
		say(w, "Right: all %d tests pass. How others got it wrong: %s/exercise/_wrong\n", passed, l.Dir)
		return nil
	case r.Broken != "":
		say(w, "The tests could not run to their end:\n%s\n", indent(r.Broken))
	case missing == len(r.Tests):
		say(w, "Nothing is written yet. %s says what to write.\n", l.Exercise())
	default:
		say(w, "%d right, %d wrong, %d not written yet. Hints are on the lesson's page: %s/README.md\n", passed, wrong, missing, l.Dir)
	}
	return errFailed
}

// position is where in the tests a message comes from.
var position = regexp.MustCompile(`(?m)^\w+\.go:\d+: `)

// sentence is a test's name in words: TestDoesNotDrift does not drift.
func sentence(name string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(name, "Test") {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	words := strings.ToLower(strings.ReplaceAll(b.String(), "_", " "))
	return words
}

func indent(text string) string {
	return "         " + strings.ReplaceAll(text, "\n", "\n         ")
}
