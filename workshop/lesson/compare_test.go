package lesson_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// a starts, then b and c do at one instant, then b ends.
func twoTied() *lesson.Telling {
	event := func(at time.Duration, task, text string, tied bool) lesson.Event {
		return lesson.Event{Line: lesson.Line{At: at, Task: task, Text: text, Level: slog.LevelInfo}, Tied: tied}
	}
	return &lesson.Telling{Events: []lesson.Event{
		event(0, "a", "starts", false), event(0, "b", "begins", true), event(0, "c", "begins", true), event(1500*time.Millisecond, "b", "ends", false),
	}}
}

func TestARealRunIsComparedWithTheTranscript(t *testing.T) {
	const whole = "   0.0s  a           starts\n   0.0s  b           begins\n   0.0s  c           begins\n   1.5s  b           ends\n"
	for _, c := range []struct {
		name, run, words string
		legal            bool
	}{
		{"the same", whole, "This run printed exactly the transcript.", true},
		{"in colours", "\x1b[2m   0.0s\x1b[0m  \x1b[36ma         \x1b[0m  \x1b[0mstarts\x1b[0m\n" + whole[strings.Index(whole, "\n")+1:], "This run printed exactly the transcript.", true},
		{
			"two tied lines the other way round", "   0.0s  a           starts\n   0.0s  c           begins\n   0.0s  b           begins\n   1.5s  b           ends\n",
			"This run differs from the transcript, as it may: 2 lines changed places, and nothing orders them.", true,
		},
		{
			"late", strings.Replace(whole, "1.5s", "1.7s", 1),
			"This run differs from the transcript, as it may: 1 line came up to 0.2 s late, and a busy machine's timers do.", true,
		},
		{
			"early", strings.Replace(whole, "1.5s", "1.4s", 1),
			`This run differs from the transcript, and should not: b says "ends" 0.1 s early.`, false,
		},
		{
			"an effect before its cause", "   0.0s  a           starts\n   0.0s  b           begins\n   1.5s  b           ends\n   0.0s  c           begins\n",
			`This run differs from the transcript, and should not: "ends" comes before "begins".`, false,
		},
		{
			"a line too few", whole[:strings.LastIndex(whole, "   1.5s")],
			`This run differs from the transcript, and should not: b does not say "ends".`, false,
		},
		{
			"a line too many", whole + "   1.5s  b           ends\n",
			`This run differs from the transcript, and should not: b says "ends".`, false,
		},
		{
			"another line", whole + "   1.6s  d           comes\n",
			`This run differs from the transcript, and should not: d says "comes".`, false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			words, legal := twoTied().Compare(c.run)
			assert.Equal(t, c.words, words)
			assert.Equal(t, c.legal, legal)
		})
	}
}

func TestOneTiedLineMayPassAnotherThatIsNot(t *testing.T) {
	told := twoTied()
	told.Events[0].Tied = true
	_, legal := told.Compare("   0.0s  b           begins\n   0.0s  a           starts\n   0.0s  c           begins\n   1.5s  b           ends\n")
	assert.True(t, legal)
	told.Events[0].Tied, told.Events[1].Tied = false, false
	words, legal := told.Compare("   0.0s  b           begins\n   0.0s  a           starts\n   0.0s  c           begins\n   1.5s  b           ends\n")
	assert.False(t, legal, words)
}

func TestTimesOfACapturedRunAreTheMachines(t *testing.T) {
	told := twoTied()
	told.Captured = true
	words, legal := told.Compare("   0.0s  c           begins\n   0.3s  a           starts\n   0.9s  b           begins\n   1.1s  b           ends\n")
	assert.True(t, legal, words)
}

func TestATranscriptIsReadBackWithLongNamesAndAmongOtherText(t *testing.T) {
	said := lesson.Transcript{
		{At: 100 * time.Millisecond, Task: "a", Text: "says  two  spaces"},
		{At: 12300 * time.Millisecond, Task: "night cook", Text: "is there"},
	}
	require.Equal(t, said, lesson.ReadTranscript("=== RUN   TestStory\n"+said.String()+"PASS\nok  	0.1s\n"))
}
