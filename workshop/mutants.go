package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
)

// verifyMutants prints the mutants that live, lesson by lesson, and a line of
// figures for each.
func verifyMutants(cmd *cobra.Command, lessons []course.Lesson, asJSON bool) error {
	w := cmd.OutOrStdout()
	if asJSON {
		w = io.Discard
	}
	if err := course.CanRace(cmd.Context()); err != nil {
		say(w, "mutants run without -race: %v\n", err)
	}
	start := time.Now()
	all := make([]course.Mutant, 0) // null is no list
	sum := make(map[course.MutantState]int)
	var failed error
	var exercises []course.Lesson
	for _, l := range lessons {
		if l.HasExercise() {
			exercises = append(exercises, l)
		}
		exercises = append(exercises, l.Further()...)
	}
	for _, l := range exercises {
		begin, n := time.Now(), make(map[course.MutantState]int)
		err := l.Mutants(cmd.Context(), func(m course.Mutant) {
			all = append(all, m)
			n[m.State]++
			sum[m.State]++
			if m.State == course.Lives || m.State == course.Stale {
				say(w, "%s\n", mutantLine(m))
				failed = errFailed
			}
		})
		if cmd.Context().Err() != nil {
			return err
		}
		if err != nil {
			say(cmd.ErrOrStderr(), "FAIL %s: %v\n", l.Dir, err)
			failed = errFailed
			continue
		}
		say(w, "%s %s: %s in %v\n", l.ID(), l.Name(), mutantFigures(n), time.Since(begin).Round(100*time.Millisecond))
	}
	if len(lessons) > 1 {
		say(w, "%s in %v\n", mutantFigures(sum), time.Since(start).Round(100*time.Millisecond))
	}
	if asJSON {
		return cmp.Or(printJSON(cmd, all), failed)
	}
	return failed
}

func mutantLine(m course.Mutant) string {
	place := m.File
	if m.Line > 0 {
		place += fmt.Sprintf(":%d", m.Line)
	}
	text := fmt.Sprintf("%s %s: %s", strings.ToUpper(string(m.State)), place, m.Change)
	if m.Says != "" {
		text += " (" + m.Says + ")"
	}
	return text
}

func mutantFigures(n map[course.MutantState]int) string {
	all := 0
	var parts []string
	for _, state := range []course.MutantState{course.Killed, course.Listed, course.Lives, course.Stale} {
		if state != course.Stale {
			all += n[state]
		}
		if n[state] > 0 || state == course.Killed {
			parts = append(parts, fmt.Sprintf("%d %s", n[state], map[course.MutantState]string{
				course.Killed: "killed", course.Listed: "live and are listed", course.Lives: "live", course.Stale: "stale in the list",
			}[state]))
		}
	}
	return fmt.Sprintf("%d %s, %s", all, plural("mutant", all), strings.Join(slices.Clip(parts), ", "))
}
