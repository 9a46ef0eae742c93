package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

func runCommand() *cobra.Command {
	var shuffle bool
	var seed uint64
	cmd := &cobra.Command{
		Use:   "run [LESSON]",
		Short: "Tell a lesson's story; without a name, that of the next lesson",
		Long: `Tell a lesson's story in real time, and say how this run differs from the
transcript on the lesson's page. The transcript is told in virtual time and is
one of the legal orders; --shuffle tells another one, which a seed draws.`,
		Example: "  workshop run 1.2\n  workshop run cancel\n  workshop run 1.1 --shuffle\n  workshop run 1.1 --seed 7",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, _, err := named(cmd, args)
			if err != nil {
				return err
			}
			dir := filepath.Join(l.Root, l.Dir)
			if _, err := os.Stat(filepath.Join(dir, "main.go")); err != nil {
				return fmt.Errorf("%s has no main.go to run; git checkout %s brings it back", l.Dir, l.Dir)
			}
			if cmd.Flags().Changed("seed") {
				return tellOrder(cmd, l, []uint64{seed})
			}
			if shuffle {
				return tellOrder(cmd, l, drawn())
			}
			return tell(cmd, l)
		},
	}
	cmd.Flags().BoolVar(&shuffle, "shuffle", false, "tell another legal order, in virtual time")
	cmd.Flags().Uint64Var(&seed, "seed", 0, "tell the order of this `number`")
	return cmd
}

// tell tells the story in real time, and says how it differs from the transcript.
func tell(cmd *cobra.Command, l course.Lesson) error {
	var printed bytes.Buffer
	slow := waitFor(cmd.ErrOrStderr(), compiling)
	defer slow.stop()
	story := exec.CommandContext(cmd.Context(), "go", "run", ".")
	story.Dir = filepath.Join(l.Root, l.Dir)
	story.Stdin, story.Stdout, story.Stderr = os.Stdin, io.MultiWriter(slow, cmd.OutOrStdout(), &printed), cmd.ErrOrStderr()
	if isTerminal(cmd.OutOrStdout()) && os.Getenv("TERM") != "dumb" {
		story.Env = append(os.Environ(), "CLICOLOR_FORCE=1") // its standard output is a pipe
	}
	story.Cancel = func() error { return nil } // Ctrl-C has reached the story, too; let it end
	if err := story.Run(); err != nil {
		return fmt.Errorf("the story of %s has failed: %w", l.Folder(), err)
	}
	if trace, err := lesson.ReadTrace(story.Dir); err == nil && trace.Go != nil { // verify says so, if it is missing
		words, _ := trace.Go.Compare(printed.String())
		say(cmd.ErrOrStderr(), "\n%s\n", words)
	}
	return nil
}

// drawn are a few seeds to try, until one gives another order.
func drawn() []uint64 {
	seeds := make([]uint64, 5)
	for i := range seeds {
		seeds[i] = rand.Uint64N(1000)
	}
	return seeds
}

// tellOrder tells the story in virtual time, in the first order that is not the
// transcript's; a mark stands before each line that has another place there.
func tellOrder(cmd *cobra.Command, l course.Lesson, seeds []uint64) error {
	trace, err := lesson.ReadTrace(filepath.Join(l.Root, l.Dir))
	if err != nil {
		return err
	}
	if trace.Go == nil || trace.Go.Captured {
		return fmt.Errorf("%w: %s is told in real time only: go run ./workshop run %s", errUse, l.ID(), l.ID())
	}
	if len(trace.Go.Orders) == 0 {
		say(cmd.OutOrStdout(), "%s can be told in one order only: each of its lines waits for another, or comes at an instant of its own.\n", l.ID())
		return nil
	}
	told := trace.Go.Transcript()
	for _, seed := range seeds {
		var order lesson.Transcript
		slow := waitFor(cmd.ErrOrStderr(), compiling)
		order, err = inOrder(cmd.Context(), filepath.Join(l.Root, l.Dir), seed)
		slow.stop()
		if err != nil {
			return fmt.Errorf("the story of %s: %w", l.Folder(), err)
		}
		last := seed == seeds[len(seeds)-1]
		if order.String() == told.String() && !last {
			continue
		}
		for i, line := range order {
			text := line.String()
			if i >= len(told) || told[i].String() != text {
				text = "~" + text[1:]
			}
			say(cmd.OutOrStdout(), "%s\n", text)
		}
		what := "another legal order; lines with ~ stand elsewhere in the transcript"
		if order.String() == told.String() {
			what = "the transcript's own"
		}
		say(cmd.ErrOrStderr(), "\nThe order of --seed %d: %s.\n", seed, what)
		return nil
	}
	return nil
}

// inOrder is what the story in the folder dir says in the order that a seed draws.
func inOrder(ctx context.Context, dir string, seed uint64) (lesson.Transcript, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-vet=off", "-run=^TestStory$", "-args", "-order", fmt.Sprint(seed))
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	said := lesson.ReadTranscript(string(out))
	if err != nil || len(said) == 0 {
		return nil, fmt.Errorf("it cannot be told in virtual time: %s", strings.TrimSpace(cmp.Or(stderr.String(), string(out))))
	}
	return said, nil
}
