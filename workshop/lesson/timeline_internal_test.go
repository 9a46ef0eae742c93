package lesson

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomTranscript is a story of a few tasks with lines of any length, many at
// one instant.
func randomTranscript(r *rand.Rand) Transcript {
	var t Transcript
	at := time.Duration(0)
	for range 1 + r.IntN(30) {
		if r.IntN(3) > 0 {
			at += time.Duration(r.IntN(8)) * 100 * time.Millisecond
		}
		t = append(t, Line{
			At: at, Task: fmt.Sprint("task ", r.IntN(4)), Text: strings.Repeat("<words & ", r.IntN(6)) + "end",
			Level: []slog.Level{slog.LevelInfo, slog.LevelWarn, slog.LevelError}[r.IntN(3)], Waiting: r.IntN(2) == 0,
		})
	}
	return t
}

func TestLabelsOfThePictureDoNotCollide(t *testing.T) {
	for seed := range uint64(300) {
		said := randomTranscript(rand.New(rand.NewPCG(seed, 1)))
		p := plot{said: said, lines: said, tasks: said.tasks()}
		p.layOut()
		above := 0.0
		for i, ln := range p.lanes {
			top, bottom := ln.bar-barHeight, ln.bar
			for j, a := range ln.labels {
				end := a.start + glyph*float64(len([]rune(a.text)))
				assert.LessOrEqual(t, end, p.width, "seed %d: a label ends outside", seed)
				if a.below {
					bottom = max(bottom, a.baseline(ln))
				} else {
					top = min(top, a.baseline(ln)-labelRow)
				}
				for _, b := range ln.labels[j+1:] {
					if a.below != b.below {
						assert.NotEqual(t, a.At, b.At, "seed %d: an instant's labels are torn apart", seed)
						continue
					}
					if a.row == b.row {
						assert.Less(t, end, b.start, "seed %d: %q covers %q", seed, a.text, b.text)
					}
					if a.row < b.row && a.At != b.At {
						assert.Less(t, end, b.mark, "seed %d: the line to the mark of %q crosses %q", seed, b.text, a.text)
					}
				}
			}
			assert.Greater(t, top, above, "seed %d: the labels of lane %d reach into the lane above", seed, i)
			above = bottom
		}
	}
}

func TestAnArrowLeadsFromALineToEachTaskOnWhichItActs(t *testing.T) {
	said := Transcript{
		{Task: "main", Text: "starts"},
		{Task: "a", Text: "begins"},
		{Task: "b", Text: "begins"},
		{At: time.Second, Task: "main", Text: "cancels both", To: []string{"a", "b"}},
		{At: time.Second, Task: "a", Text: "is cancelled"},
		{At: time.Second, Task: "b", Text: "is cancelled"},
	}
	picture := said.Timeline("t")
	assert.Equal(t, 2, strings.Count(picture, `<path class="arrow" marker-end="url(#head)" d="M`)-1, "two, and one in the legend")
	assert.Contains(t, picture, "<title>main: cancels both → a</title>")
	assert.Contains(t, picture, "<title>main: cancels both → b</title>")
	said[3].To = nil
	assert.NotContains(t, said.Timeline("t"), `class="arrow"`)
}

func TestPictureIsWellFormedAndTellsTheStory(t *testing.T) {
	for seed := range uint64(50) {
		said := randomTranscript(rand.New(rand.NewPCG(seed, 2)))
		picture := said.Timeline("A & <B>")
		assert.Equal(t, picture, said.Timeline("A & <B>"))
		d := xml.NewDecoder(strings.NewReader(picture))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, "seed %d", seed)
		}
	}
	said := Transcript{{Task: "main", Text: "starts"}, {At: time.Second, Task: "main", Text: "ends", Level: slog.LevelWarn}}
	assert.Contains(t, said.Timeline("t"), `<desc id="story">1 task over 1 second. main: starts at 0.0s, ends at 1.0s.</desc>`)
	torn := Transcript{{Task: "a", Text: "is warned", Level: slog.LevelWarn}, {Task: "a", Text: "fails", Level: slog.LevelError}}.Timeline("t")
	assert.Equal(t, 2, strings.Count(torn, `scale(0.6)`), "each line's words have its mark")
	assert.Equal(t, 3, strings.Count(torn, ` class="fail"`), "a cross on the bar, one at the words, one in the legend")
	assert.Equal(t, 2, strings.Count(torn, ` class="warn"`), "no diamond on the bar")
}

func TestWhatTheStoryTellsInColumnsIsATable(t *testing.T) {
	said := Transcript{
		{Task: "main", Text: "measures"},
		{At: time.Second, Task: "main", Text: "tidy late stop"},
		{At: time.Second, Task: "a", Text: "half yes  yes, at once"},
		{At: time.Second, Task: "b", Text: "no   no   half"},
		{At: time.Second, Task: "c", Text: "yes  no   no"},
	}
	lines, columns := said.table()
	assert.Equal(t, said[:1], lines)
	require.NotNil(t, columns)
	assert.Equal(t, []string{"tidy", "late", "stop"}, columns.head)
	assert.Equal(t, []string{"half", "yes", "yes, at once"}, columns.rows[0].cells)
	assert.Contains(t, said.Timeline("t"), `>yes, at once</text>`)
	for _, other := range []Transcript{said[:4], said[2:], {said[0], said[1], {Task: "a", Text: "is here now"}, {Task: "b", Text: "is here now"}, {Task: "c", Text: "is here now"}}} {
		lines, columns := other.table()
		assert.Equal(t, other, lines)
		assert.Nil(t, columns)
	}
}
