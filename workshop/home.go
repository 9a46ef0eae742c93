package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/lesson/course"
)

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the lessons, and how far you are",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := list(cmd.OutOrStdout())
			return err
		},
	}
}

// list prints all lessons and returns the first one whose exercise is not
// right yet; nil if all are.
func list(w io.Writer) (*course.Lesson, error) {
	root, err := course.Root(".")
	if err != nil {
		return nil, err
	}
	parts, err := course.Parts(root)
	if err != nil {
		return nil, err
	}
	done := loadProgress(root)
	var next *course.Lesson
	for _, p := range parts {
		if len(p.Lessons) == 0 {
			continue
		}
		say(w, "Part %d: %s\n", p.Number, p.Title)
		for _, l := range p.Lessons {
			state := done.state(l)
			say(w, "  %-4s %-20s %-44s %s\n", l.ID(), l.Name(), l.Title(), state)
			if next == nil && l.HasExercise() && state != right {
				next = &l
			}
		}
		say(w, "\n")
	}
	return next, nil
}

// home is what a learner sees first: what is here, where he is, what to do next.
func home(w io.Writer) error {
	say(w, "asyncio-to-go: concurrency in Go for those who know asyncio\n\n")
	next, err := list(w)
	if err != nil {
		return err
	}
	if next == nil {
		say(w, "Every exercise is right. Thank you for working through it all.\n")
		return nil
	}
	say(w, "Next is %s, %s:\n\n", next.ID(), next.Title())
	say(w, "  read its page      %s/README.md\n", next.Dir)
	say(w, "  watch its story    go run ./workshop run %s\n", next.Name())
	say(w, "  do its exercise    %s\n", next.Exercise())
	say(w, "  check your answer  go run ./workshop check %s\n", next.Name())
	return nil
}

// say prints; nobody can be told when that fails.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}
