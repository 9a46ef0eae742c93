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
		p := plot{lines: said, tasks: said.tasks()}
		p.layOut()
		for i, ln := range p.lanes {
			top := ln.bar - barHeight
			for j, a := range ln.labels {
				end := a.start + glyph*float64(len([]rune(a.text)))
				assert.LessOrEqual(t, end, p.width, "seed %d: a label ends outside", seed)
				top = min(top, ln.bar-barHeight-float64((a.row+1)*labelRow))
				for _, b := range ln.labels[j+1:] {
					if a.row == b.row {
						assert.Less(t, end, b.start, "seed %d: %q covers %q", seed, a.text, b.text)
					}
					if a.row < b.row {
						assert.Less(t, end, b.mark, "seed %d: the line to the mark of %q crosses %q", seed, b.text, a.text)
					}
				}
			}
			if i > 0 {
				assert.Greater(t, top, p.lanes[i-1].bar, "seed %d: the labels of lane %d reach into the lane above", seed, i)
			}
		}
	}
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
}
