package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// With -long it makes the runs of all mistakes, and says what they weigh.
func TestTheCatalogueShowsTheRunOfAMistake(t *testing.T) {
	b := open(t, beside(t))
	b.visit("mistakes/#01-create-task-drifts")
	b.waitFor(`document.querySelector(".mistake[open] .failing").textContent.includes("open the address")`)
	b.visit("?token=a+token")
	b.visit("mistakes/#01-create-task-drifts")
	b.waitLong(`document.querySelectorAll("#\\30 1-create-task-drifts .failing .lanes svg").length === 2`)
	shown := b.text(".mistake[open] .failing")
	assert.Contains(t, shown, "The mistake")
	assert.Contains(t, shown, "The solution")
	assert.Equal(t, 1, eval[int](b, `document.querySelectorAll(".mistake[open] .side:first-of-type .apart").length`), "the line is marked from which the runs differ")
	b.axe(".mistake[open]", "a mistake with its run")
	b.lookAt(".mistake[open]", "mistake")

	s, err := newSite(theRoot(t), false)
	require.NoError(t, err)
	if *long {
		s.failing, err = s.failingRuns(t.Context(), t.Output())
		require.NoError(t, err)
		size, without := 0, 0
		for _, content := range s.failing {
			size += len(content)
			var f failing
			require.NoError(t, json.Unmarshal(content, &f))
			if f.Test == "" {
				without++
			}
		}
		t.Logf("%d runs, %d mistakes without one, %.0f kB", len(s.failing), without, float64(size)/1e3)
		return
	}
	kept, err := s.failingRun(t.Context(), "01-create-task-drifts")
	require.NoError(t, err)
	var f failing
	require.NoError(t, json.Unmarshal(kept, &f))
	text, _ := f.Lines[f.Wrong][2].(string)
	assert.Contains(t, b.text(".mistake[open] .apart"), text)
}

func TestARunIsMadeSmall(t *testing.T) {
	lines := func(texts ...string) []lesson.RunLine {
		var all []lesson.RunLine
		for i, text := range texts {
			all = append(all, lesson.RunLine{At: time.Duration(i) * time.Second, Task: "f", Text: text, Waiting: text == "waits"})
		}
		return all
	}
	shown := func(mine, theirs []lesson.RunLine) failing {
		run := &lesson.Run{Lines: mine, Wrong: -1, Solution: theirs}
		return compact(&course.Said{Sentences: []string{"it ends"}, Run: run, Apart: run.Apart()})
	}
	f := shown(lines("waits", "stays"), lines("waits", "ends", "is gone"))
	assert.Equal(t, []int{1, 1, 0, 0}, []int{f.Wrong, f.Same, f.Before, f.After})
	assert.Equal(t, []spoken{{int64(0), 0, "waits", 0, true}, {int64(1e6), 0, "stays"}}, f.Lines)
	assert.Equal(t, []spoken{{int64(1e6), 0, "ends"}, {int64(2e6), 0, "is gone"}}, f.Solution)

	same := shown(lines("begins", "ends"), lines("begins", "ends"))
	assert.Equal(t, []int{-1, 2}, []int{same.Wrong, same.Same})
	assert.Empty(t, same.Solution)

	long := strings.Split(strings.Repeat("turns ", 100), " ")
	f = shown(lines(append(long, "stays")...), lines(append(long, "ends")...))
	assert.Equal(t, "stays", f.Lines[f.Wrong][2], "of a long run it shows what is round the mistake")
	assert.Equal(t, "ends", f.Solution[0][2])
	assert.LessOrEqual(t, len(f.Lines), mostSpoken)

	f = shown(lines("begins"), nil)
	assert.Equal(t, []int{-1, 0}, []int{f.Wrong, f.Same})
	assert.Empty(t, compact(nil).Test, "a mistake whose test tells no run")
}
