package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
)

// An exception is what a browser does not do as a real machine does: an exercise
// that does not build for it, or an answer of which its tests say something else.
type exception struct {
	Lesson string `json:"lesson"`
	File   string `json:"file"` // the lesson's folder, or an answer
	Says   string `json:"says"` // the compiler, or the tests in the browser
}

// onlyJSON is written by the test that checks all answers in the engine.
//
//go:embed only.json
var onlyJSON []byte

var exceptions = func() (all []exception) {
	if err := json.Unmarshal(onlyJSON, &all); err != nil {
		panic(fmt.Sprintf("only.json: %v", err))
	}
	return all
}()

// onlyHere are the mistakes of a lesson that only a real machine finds, in words.
func onlyHere(l course.Lesson) (all []string) {
	for _, w := range l.Gallery() {
		for _, e := range exceptions {
			if e.File == w.File {
				all = append(all, w.Wrong)
			}
		}
	}
	return all
}

// notHere says why a lesson's exercise does not run in a browser; empty if it does.
func notHere(l course.Lesson) string {
	for _, e := range exceptions {
		if e.File == l.Dir {
			return e.Says
		}
	}
	return ""
}

// notInTheTab says why an exercise does not build for a browser; empty if it does.
func (s *site) notInTheTab(ctx context.Context, l course.Lesson) string {
	_, err := s.goCommand(ctx, "vet", "-tags", "exercise", "./"+l.Dir+"/exercise")
	if err == nil {
		return ""
	}
	for line := range strings.Lines(err.Error()) {
		if _, why, found := strings.Cut(line, ".go:"); found {
			_, why, _ = strings.Cut(why, ": ")
			return strings.TrimSpace(why)
		}
	}
	return err.Error()
}
