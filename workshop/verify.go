package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"example.com/asyncio-to-go/workshop/course"
)

func verifyCommand() *cobra.Command {
	var asJSON, changed bool
	cmd := &cobra.Command{
		Use:   "verify [LESSON...]",
		Short: "Prove that lessons keep what they promise; without a name, all of them",
		Long: `Prove that each lesson keeps what it promises: its page has all its pieces, its
transcript and picture are those of a run, lesson.py prints the transcript, the
exercise's stub is red, its solution is green under the race detector, shuffled,
10 times over and each time in other scenarios, other right answers 3 times, each
wrong answer is rejected in time with the words that its head promises, and each
test is failed by one of them. The texts have none of the words of
workshop/course/words.txt.

With --mutants it changes each exercise's solution instead, one place at a time
and as people get it wrong, and runs the exercise's tests on each change. A
change that no test notices is printed, unless _solution/mutants.txt lists it
with the reason; so is an entry there that is not true any more.`,
		Example: "  workshop verify\n  workshop verify 1.2 2.1\n  workshop verify --mutants 2.1\n  workshop verify --json | jq -r '.[] | select(.state == \"failed\") | .file'",
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			lessons, err := course.Lessons(root)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				lessons = nil
			} else if !changed {
				if err := errors.Join(course.CheckPages(root), course.CheckTexts(root, "")); err != nil {
					return err
				}
			}
			for _, name := range args {
				l, err := course.Find(root, name)
				if err != nil {
					return err
				}
				lessons = append(lessons, l)
			}
			if changed {
				return verifyMutants(cmd, lessons, asJSON)
			}
			return verify(cmd, lessons, asJSON)
		},
	}
	cmd.Flags().BoolVar(&changed, "mutants", false, "change the solutions, and run their tests on each change")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// proof is what became of a case, as it is printed for a script.
type proof struct {
	File  string      `json:"file"` // from the root
	Kind  course.Kind `json:"kind"`
	State string      `json:"state"` // proved, skipped, failed
	Error string      `json:"error,omitempty"`
}

func verify(cmd *cobra.Command, lessons []course.Lesson, asJSON bool) error {
	start := time.Now()
	var cases []course.Case
	for _, l := range lessons {
		cases = append(cases, l.Cases(true)...)
	}
	report := &report{w: cmd.OutOrStdout(), all: len(cases), terminal: isTerminal(cmd.ErrOrStderr())}
	report.status = cmd.ErrOrStderr()
	slow := waitFor(report.status, compiling)
	if asJSON {
		report.w = io.Discard
	}
	var g errgroup.Group
	g.SetLimit(course.SideBySide())
	for _, c := range cases {
		g.Go(func() error {
			err := c.Run(cmd.Context())
			slow.stop()
			report.add(c, err)
			return nil
		})
	}
	_ = g.Wait() // the failures are in the report
	slow.stop()
	err := report.sum(cmd.Context(), len(lessons), time.Since(start))
	if asJSON {
		slices.SortFunc(report.proofs, func(a, b proof) int { return strings.Compare(a.File, b.File) })
		err = cmp.Or(printJSON(cmd, report.proofs), err)
	}
	return err
}

// report is what verify shows: what falls short as it is found, and at the end
// a line of figures.
type report struct {
	w, status io.Writer
	terminal  bool
	all       int

	mu      sync.Mutex // guards all below
	kinds   []course.Kind
	proved  map[course.Kind]int
	skipped []string
	failed  int
	done    int
	proofs  []proof
}

func (r *report) add(c course.Case, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.proved == nil {
		r.proved = make(map[course.Kind]int)
	}
	r.done++
	if r.terminal {
		say(r.status, "\r\x1b[K")
	}
	name := c.Lesson.Dir + "/" + c.Name
	found := proof{File: name, Kind: c.Kind, State: "proved"}
	if err != nil {
		found.Error, found.State = err.Error(), "failed"
	}
	switch {
	case errors.Is(err, course.ErrSkipped):
		found.State = "skipped"
		r.skipped = append(r.skipped, err.Error())
	case err != nil:
		r.failed++
		say(r.w, "FAIL %s: %v\n", name, err)
	default:
		if !slices.Contains(r.kinds, c.Kind) {
			r.kinds = append(r.kinds, c.Kind)
		}
		r.proved[c.Kind]++
	}
	r.proofs = append(r.proofs, found)
	if r.terminal && r.done < r.all {
		say(r.status, "%d of %d, %d failed, last %s", r.done, r.all, r.failed, name)
	} else if !r.terminal && r.done%20 == 0 {
		say(r.status, "%d of %d, %d failed\n", r.done, r.all, r.failed)
	}
}

func (r *report) sum(ctx context.Context, lessons int, took time.Duration) error {
	if err := course.CanRace(ctx); err != nil {
		say(r.w, "solutions ran without -race: %v\n", err)
	}
	if versions := course.Versions(); versions != "" && r.proved[course.Python] > 0 {
		say(r.w, "lesson.py ran on Python %s\n", versions)
	}
	slices.Sort(r.skipped)
	for _, why := range slices.Compact(slices.Clone(r.skipped)) {
		say(r.w, "%s\n", why)
	}
	slices.Sort(r.kinds)
	var figures []string
	for _, k := range r.kinds {
		figures = append(figures, fmt.Sprintf("%d %s", r.proved[k], plural(string(k), r.proved[k])))
	}
	say(r.w, "%d %s in %v: %s; %d proved, %d skipped, %d failed\n", lessons, plural("lesson", lessons), took.Round(100*time.Millisecond),
		strings.Join(figures, ", "), r.done-r.failed-len(r.skipped), len(r.skipped), r.failed)
	if r.failed > 0 {
		return errFailed
	}
	return nil
}

func plural(word string, n int) string {
	if n == 1 || strings.HasSuffix(word, ".py") {
		return word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return stem + "ies"
	}
	return word + "s"
}
