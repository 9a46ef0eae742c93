package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// hinted is a hint as it is printed for a script.
type hinted struct {
	Lesson string `json:"lesson"`
	Number int    `json:"number"`
	Of     int    `json:"of"`
	course.Hint
}

func hintCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "hint [LESSON]",
		Short:   "Show the next hint; each says more than the one before",
		Example: "  workshop hint 1.2   # the first\n  workshop hint 1.2   # the second",
		RunE: func(cmd *cobra.Command, args []string) error {
			l, progress, err := exercised(cmd, args)
			if err != nil {
				return err
			}
			hints := l.Hints()
			if len(hints) == 0 {
				return fmt.Errorf("the page of %s has no hints", l.ID())
			}
			shown := min(progress.Of(l).Hints+1, len(hints))
			if err := progress.Update(l, func(d *learner.Done) { d.Hints = shown }); err != nil {
				say(cmd.ErrOrStderr(), "workshop: that you saw this hint is not kept: %v\n", err)
			}
			if asJSON {
				return printJSON(cmd, hinted{l.ID(), shown, len(hints), hints[shown-1]})
			}
			w := cmd.OutOrStdout()
			say(w, "Hint %d of %d: %s\n\n%s\n", shown, len(hints), hints[shown-1].Title, hints[shown-1].Text)
			if shown == len(hints) {
				say(w, "\nThis was the last one. The solution: go run ./workshop solution %s\n", l.Name())
			}
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// solved is the solution as it is printed for a script.
type solved struct {
	Lesson string `json:"lesson"`
	Shown  bool   `json:"shown"`          // false: there are hints left, and it was not asked for twice
	File   string `json:"file,omitempty"` // from the root
	Diff   string `json:"diff"`           // from the answer to the solution; empty if they are the same
}

func solutionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "solution [LESSON]",
		Short: "Show what the solution does otherwise than your answer",
		Long: `Show the difference between your answer and the solution. It is shown when your
answer is right, after the last hint, or when you ask twice.`,
		Example: "  workshop solution 1.2",
		RunE: func(cmd *cobra.Command, args []string) error {
			l, progress, err := exercised(cmd, args)
			if err != nil {
				return err
			}
			ready := progress.MaySeeSolution(l)
			if err := progress.Update(l, func(d *learner.Done) { d.Asked++ }); err != nil {
				say(cmd.ErrOrStderr(), "workshop: that you asked is not kept: %v\n", err)
			}
			if !ready && asJSON {
				return printJSON(cmd, solved{Lesson: l.ID()})
			}
			if !ready {
				say(cmd.OutOrStdout(), "There are hints left: go run ./workshop hint %s. Ask again to see the solution all the same.\n", l.Name())
				return nil
			}
			diff, err := learner.Compare(l)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, solved{l.ID(), true, l.Dir + "/exercise/_solution/exercise.go", diff})
			}
			say(cmd.OutOrStdout(), "%s", cmp.Or(diff, "Your answer is the solution, but for comments.\n"))
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func galleryCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "gallery [LESSON]",
		Short:   "Show how others got it wrong, once your answer is right",
		Example: "  workshop gallery 1.2",
		RunE: func(cmd *cobra.Command, args []string) error {
			l, progress, err := exercised(cmd, args)
			if err != nil {
				return err
			}
			if progress.State(l) != learner.Right {
				return fmt.Errorf("the gallery of %s opens when your answer is right: go run ./workshop check %s", l.ID(), l.Name())
			}
			all := l.Gallery()
			if asJSON {
				return printJSON(cmd, all)
			}
			w := cmd.OutOrStdout()
			say(w, "%d ways in which others went wrong in %s:\n", len(all), l.Title())
			for _, a := range all {
				diff, err := learner.Mistake(l, a)
				if err != nil {
					return err
				}
				say(w, "\n  %s\n  the test says: %s\n  %s, against the solution:\n%s", a.Wrong, a.Says, a.File, diff)
			}
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func resetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "reset LESSON",
		Short:   "Put an exercise back to its beginning; a copy of your answer is kept",
		Example: "  workshop reset 1.2",
		RunE: func(cmd *cobra.Command, args []string) error {
			l, _, err := exercised(cmd, args)
			if err != nil {
				return err
			}
			kept, err := learner.Reset(l)
			if err != nil {
				return err
			}
			if kept == "" {
				say(cmd.OutOrStdout(), "%s is as it was at the beginning.\n", l.Exercise())
			} else {
				say(cmd.OutOrStdout(), "%s is as it was at the beginning. Your answer is kept in %s\n", l.Exercise(), kept)
			}
			return nil
		},
	}
}
