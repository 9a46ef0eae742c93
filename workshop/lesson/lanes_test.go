package lesson_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/lesson"
)

var booth = lesson.Transcript{
	{Task: "main", Text: "opens", Waiting: true},
	{Task: "clerk", Text: "sells"},
	{At: time.Second, Task: "clerk", Text: "waits for change", Waiting: true},
	{At: 2 * time.Second, Task: "clerk", Text: "is told to stop", Level: slog.LevelWarn},
	{At: 2 * time.Second, Task: "clerk", Text: "has lost a coin", Level: slog.LevelError},
	{At: 2 * time.Second, Task: "clerk", Text: "goes home"},
	{At: 3 * time.Second, Task: "main", Text: "is cancelled", Level: slog.LevelWarn},
	{At: 4 * time.Second, Task: "main", Text: "closes"},
}

func TestLanesHatchWhatWaitsAndMarkWhatFails(t *testing.T) {
	assert.Equal(t, strings.TrimPrefix(`
       0s        1s        2s        3s        4s
main   ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱◆━━━━━━━━━●
clerk  ●━━━━━━━━━●╱╱╱╱╱╱╱╱╱✗
       ● says  ╱ waits  ◆ cancelled or out of time  ✗ failed`, "\n"), booth.Lanes(lesson.View{Width: 51, Until: booth.End()}))
}

func TestLanesShowWhatWasSaidUntilThen(t *testing.T) {
	assert.Equal(t, strings.TrimPrefix(`
       0s        1s        2s        3s        4s
main   ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱
clerk  ●━━━━━━━━━●╱╱╱╱╱
       ● says  ╱ waits  ◆ cancelled or out of time  ✗ failed`, "\n"), booth.Lanes(lesson.View{Width: 51, Until: 1500 * time.Millisecond}))
}

func TestLanesHaveTheColoursOfTheLines(t *testing.T) {
	lanes := booth.Lanes(lesson.View{Width: 51, Until: booth.End(), Colour: true})
	assert.Contains(t, lanes, "\x1b[36mmain \x1b[0m", "the first task's")
	assert.Contains(t, lanes, "\x1b[33m◆\x1b[0m")
	assert.Contains(t, lanes, "\x1b[31m✗\x1b[0m")
	assert.Empty(t, lesson.Transcript{}.Lanes(lesson.View{Width: 51}))
	assert.Contains(t, booth[:2].Lanes(lesson.View{Width: 10}), "main   ●\nclerk  ●\n", "one instant")
	assert.Contains(t, booth.Lanes(lesson.View{Width: 51, Until: booth.End(), End: 8 * time.Second}), "main   ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱◆━━━━●\n", "room for more")
}
