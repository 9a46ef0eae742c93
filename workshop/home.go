package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// listed is a lesson as list and next print it for a script.
type listed struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Minutes  int           `json:"minutes"`
	State    learner.State `json:"state"`
	Page     string        `json:"page"`
	Exercise string        `json:"exercise,omitempty"`
}

func listing(l course.Lesson, p *learner.Progress) listed {
	one := listed{ID: l.ID(), Name: l.Name(), Title: l.Title(), Minutes: l.Minutes(), State: p.State(l), Page: l.Dir + "/README.md"}
	if l.HasExercise() {
		one.Exercise = l.Exercise()
	}
	return one
}

func listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the lessons, and how far you are",
		Example: "  workshop list\n  workshop list --json | jq -r '.[] | select(.state == \"right\").id'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, progress, err := open(cmd)
			if err != nil {
				return err
			}
			if asJSON {
				lessons, err := course.Lessons(root)
				if err != nil {
					return err
				}
				all := make([]listed, 0, len(lessons))
				for _, l := range lessons {
					all = append(all, listing(l, progress))
				}
				return printJSON(cmd, all)
			}
			return list(cmd.OutOrStdout(), root, progress)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func list(w io.Writer, root string, progress *learner.Progress) error {
	parts, err := course.Parts(root)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if len(p.Lessons) == 0 {
			continue
		}
		say(w, "Part %d: %s\n", p.Number, p.Title)
		for _, l := range p.Lessons {
			say(w, "  %-4s %-20s %-44s %s\n", l.ID(), l.Name(), l.Title(), progress.State(l))
		}
		say(w, "\n")
	}
	return nil
}

func nextCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "next",
		Short:   "Say what to do next",
		Long:    "Say what to do next: the first lesson whose exercise is not right yet.",
		Example: "  workshop next\n  cd $(dirname $(workshop next --json | jq -r .exercise))",
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, progress, err := open(cmd)
			if err != nil {
				return err
			}
			l, err := progress.Next(root)
			switch {
			case err != nil:
				return err
			case !asJSON:
				next(cmd.OutOrStdout(), l)
				return nil
			case l == nil:
				return printJSON(cmd, nil)
			default:
				return printJSON(cmd, listing(*l, progress))
			}
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func next(w io.Writer, l *course.Lesson) {
	if l == nil {
		say(w, "Every exercise is right. Thank you for working through it all.\n")
		return
	}
	say(w, "Next is %s, %s:\n\n", l.ID(), l.Title())
	say(w, "  read its page      %s/README.md\n", l.Dir)
	say(w, "  watch its story    go run ./workshop run %s\n", l.Name())
	say(w, "  do its exercise    %s\n", l.Exercise())
	say(w, "  check your answer  go run ./workshop check %s\n", l.Name())
}

// home is what a learner sees first without a terminal: what is here, where
// he is, what to do next.
func home(cmd *cobra.Command) error {
	root, progress, err := open(cmd)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	say(w, "asyncio-to-go: concurrency in Go for readers who know asyncio\n\n")
	if err := list(w, root, progress); err != nil {
		return err
	}
	l, err := progress.Next(root)
	if err == nil {
		next(w, l)
	}
	return err
}

// open is the workshop's root and what the learner has done; what is to be
// said about the latter it says.
func open(cmd *cobra.Command) (root string, progress *learner.Progress, err error) {
	if root, err = course.Root("."); err != nil {
		return "", nil, err
	}
	progress, note := learner.Load(root)
	if note != "" {
		say(cmd.ErrOrStderr(), "workshop: %s\n", note)
	}
	return root, progress, nil
}

// say prints; when that fails there is no one left to tell.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print it as JSON")
}

func printJSON(cmd *cobra.Command, value any) error {
	to := json.NewEncoder(cmd.OutOrStdout())
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	return to.Encode(value)
}
