package lesson

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// mostLines is how much a story may say that is told in virtual time, where an
// endless story takes no time and never ends.
const mostLines = 500

// traced tells story in virtual time, in the order of seed or, if that is
// empty, in the one of [Play]. It prints the lines and writes the trace to file,
// as story.py does; what a [Bubble] would fail with goes to the standard error.
// The story's source is in dir. traced ends the program.
func traced(story Story, file, seed, dir string) {
	workingDir = filepath.Clean(dir)
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "story", F: func(t *testing.T) {
		end := func(events []Event, fault error) {
			if err := errors.Join(fault, writeEvents(file, events)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
		end(tellTo(t, story, seed, end))
	}}}, nil, nil)
}

// tellTo is what was said, and why the story did not come to its end. One that
// says too much goes on; its first lines are passed to tooLong.
func tellTo(t *testing.T, story Story, seed string, tooLong func([]Event, error)) ([]Event, error) {
	t.Helper()
	choose := inTurn
	if seed != "" {
		number, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("STORY_ORDER: %w", err)
		}
		choose = shuffled(number)
	}
	n := new(narrator)
	n.choose = func(ready []*wish) int {
		if len(n.granted) == mostLines {
			tooLong(n.events(), fmt.Errorf("the story was ended after %d lines: it goes on and on", mostLines))
		}
		i := choose(ready)
		fmt.Println(ready[i].Line)
		return i
	}
	var ended error
	fault := Attempt(t, func(t *testing.T) { ended = n.tell(t.Context(), story) })
	switch {
	case hung.Load(): // it goes on, and n with it
		return []Event{}, errors.New(fault)
	case fault != "":
		ended = errors.New(fault)
	case ended != nil:
		ended = fmt.Errorf("the story ended early: %w", ended)
	}
	return n.events(), ended
}

func writeEvents(file string, events []Event) error {
	text, err := json.Marshal(events)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
