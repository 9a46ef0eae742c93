package screen

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestARunIsDrawnAboveTheSolutions(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(lesson.Run{
		Scenario: "f takes 1 s", Wrong: 2,
		Lines: []lesson.RunLine{{Task: "f", Text: "is called", Waiting: true}, {At: time.Second, Task: "f", Text: "returns"}, {At: time.Second, Task: "f 2", Text: "is called beside it"}},
		Solution: []lesson.RunLine{
			{Task: "f", Text: "is called", Waiting: true}, {At: time.Second, Task: "f", Text: "returns"}, {At: 2 * time.Second, Task: "f", Text: "is called again"},
		},
	})
	require.NoError(t, err)
	drawn := ansi.Strip(drawRun(parseRun(string(text)), 50))
	assert.Equal(t, strings.TrimPrefix(`
tried: f takes 1 s
what your answer did
     0s        0.5s       1s        1.5s      2s
f    ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱●
f 2                       ●
     ● says  ╱ waits
what the solution does
     0s        0.5s       1s        1.5s      2s
f    ●╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱●━━━━━━━━━━━━━━━━━━━●
     ● says  ╱ waits
       0s  f           is called
       1s  f           returns
▸      1s  f 2         is called beside it
=      2s  f           is called again
▸ it went wrong here  ≠ it differs first  = the solution
`, "\n"), drawn)
	assert.Nil(t, parseRun(""))
	assert.Nil(t, parseRun("{"))
	assert.Nil(t, parseRun("{}"))
}

func TestALongRunIsCutToWhatMatters(t *testing.T) {
	t.Parallel()
	r := &lesson.Run{Wrong: -1}
	for i := range 200 {
		r.Lines = append(r.Lines, lesson.RunLine{At: time.Duration(i) * time.Second, Task: "task " + string(rune('a'+i%12)), Text: "turn"})
	}
	drawn := ansi.Strip(drawRun(r, 80))
	assert.Less(t, strings.Count(drawn, "\n"), 30)
	assert.Contains(t, drawn, "and 4 more tasks")
	assert.Contains(t, drawn, "3m19s", "it failed at its end")
	r.Wrong = 3
	assert.Contains(t, ansi.Strip(drawRun(r, 80)), "▸      3s  task d")
}
