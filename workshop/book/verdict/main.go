// Verdict says what a run of an exercise's tests means that took place in a
// browser. It is built for wasm and reads a file system that the page fills:
// the workshop's root is /workshop, the answer lies in its exercise.
//
//	verdict LESSON EVENTS CRASH FAILED
//	verdict stretch ANSWER DIR
//
// The second writes the answer as the second run of a check has it, and what must be beside it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"example.com/asyncio-to-go/workshop/course"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// test is a test as the page shows it.
type test struct {
	Sentence string `json:"sentence"`
	State    string `json:"state"`
	Message  string `json:"message,omitempty"`
}

func run(args []string) error {
	if args[0] == "stretch" {
		answer, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		longer, file, beside := course.Longer(answer)
		return errors.Join(os.WriteFile(args[2]+"/exercise.go", longer, 0o600), os.WriteFile(args[2]+"/"+file, []byte(beside), 0o600))
	}
	l, err := course.Find("/workshop", args[0])
	if err != nil {
		return err
	}
	events, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer func() { _ = events.Close() }()
	crash, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	found, err := l.Replayed(map[string]string{"exercise.go": l.Answer()}, course.Replay{Events: events, Crash: string(crash), Failed: args[3] == "true"})
	if err != nil {
		return err
	}
	shown := struct {
		Passed bool   `json:"passed"`
		Broken string `json:"broken,omitempty"`
		Tests  []test `json:"tests"`
	}{Passed: found.Passed(), Broken: found.Broken}
	for _, t := range found.Tests {
		shown.Tests = append(shown.Tests, test{t.Sentence(), t.State(), t.Message})
	}
	return json.NewEncoder(os.Stdout).Encode(shown)
}
