package lesson_test

import (
	"fmt"
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

// telling is a story of a line for each of these lines; a star in front says that it is tied.
func telling(lines ...string) *lesson.Telling {
	told := &lesson.Telling{}
	for _, line := range lines {
		text, tied := strings.CutPrefix(line, "*")
		told.Events = append(told.Events, lesson.Event{Line: lesson.ReadTranscript(text)[0], Tied: tied})
	}
	return told
}

func TestLinesThatNothingOrdersMayChangePlaces(t *testing.T) {
	const a0, b0, c0 = "   0.0s  a           says\n", "   0.0s  b           says\n", "   0.0s  c           says\n"
	const b1, c1, b1too = "   1.0s  b           says\n", "   1.0s  c           says\n", "   1.0s  b           goes on\n"
	const places = "This run differs from the transcript, as it may: %d lines changed places, and nothing orders them"
	for _, c := range []struct {
		name  string
		told  *lesson.Telling
		run   string
		words string // empty: not legal
	}{
		{"all tied", telling("*"+a0, "*"+b0, "*"+c0), c0 + a0 + b0, fmt.Sprintf(places, 3) + "."},
		{"the first of two tied", telling("*"+a0, b0), b0 + a0, fmt.Sprintf(places, 2) + "."},
		{"the second of two tied", telling(a0, "*"+b0), b0 + a0, fmt.Sprintf(places, 2) + "."},
		{"none tied", telling(a0, b0), b0 + a0, ""},
		{
			"tied in another order", &lesson.Telling{Events: telling(a0, b0).Events, Orders: [][]lesson.Event{telling("*"+a0, "*"+b0).Events}},
			b0 + a0, fmt.Sprintf(places, 2) + ".",
		},
		{"what is tied is another time's", telling("*"+a0, "*"+b0, b1, c1), a0 + b0 + c1 + b1, ""},
		{"what is tied is another line's", telling("*"+b1, "*"+a0, b1too, c1), a0 + b1 + c1 + b1too, ""},
		{"what is tied is another task's", telling("*"+a0, b0, c0), a0 + c0 + b0, ""},
		{"said twice", telling(a0, b0, b1, c1), a0 + b0 + b1 + c1, "This run printed exactly the transcript."},
		{
			"a late line behind a later one", telling("   1.0s  a           says\n", "   1.1s  b           says\n"),
			"   1.1s  b           says\n   1.2s  a           says\n",
			fmt.Sprintf(places, 2) + "; 1 line came up to 0.2 s late, and a busy machine's timers do.",
		},
		{
			"a line behind one that was to come much later", telling("   1.0s  a           says\n", "   1.3s  b           says\n"),
			"   1.3s  b           says\n   1.2s  a           says\n", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			words, legal := c.told.Compare(c.run)
			assert.Equal(t, c.words != "", legal, words)
			if legal {
				assert.Equal(t, c.words, words)
			}
		})
	}
}

func TestTimesOfACapturedRunAreTheMachines(t *testing.T) {
	told := twoTied()
	told.Captured = true
	for run, want := range map[string]string{
		told.Transcript().String(): "This run printed exactly the transcript.",
		"   0.0s  a           starts\n   0.0s  b           begins\n   0.0s  c           begins\n   1.4s  b           ends\n": "This run printed exactly the transcript.",
		"   0.0s  a           starts\n   0.0s  b           begins\n   0.0s  c           begins\n   1.7s  b           ends\n": "This run differs from the transcript, as it may: " +
			"the times are this machine's.",
		"   0.0s  c           begins\n   0.3s  a           starts\n   0.9s  b           begins\n   1.1s  b           ends\n": "This run differs from the transcript, as it may: " +
			"3 lines changed places, and nothing orders them; the times are this machine's.",
		"   0.0s  a           starts\n   0.0s  b           begins\n   0.0s  b           ends\n   0.0s  c           begins\n": "This run differs from the transcript, as it may: " +
			"2 lines changed places, and nothing orders them.",
	} {
		words, legal := told.Compare(run)
		assert.True(t, legal, words)
		assert.Equal(t, want, words, run)
	}
	untied := telling("   0.0s  a           says\n", "   0.0s  b           says\n")
	untied.Captured = true
	_, legal := untied.Compare("   0.0s  b           says\n   0.0s  a           says\n")
	assert.True(t, legal, "no trace of a real run tells which lines are tied")
}

func TestATranscriptIsReadBackWithLongNamesAndAmongOtherText(t *testing.T) {
	said := lesson.Transcript{
		{Task: "a-long-name-that-says-nothing"},
		{At: 100 * time.Millisecond, Task: "a", Text: "says  two  spaces"},
		{At: 12300 * time.Millisecond, Task: "night cook", Text: "is there"},
		{At: 12300 * time.Millisecond, Task: "dishwasher-2", Text: "is there"},
	}
	const other = "   0.0s  short\n   0.0s  a           \nno line of a story, however long it is\n   0.0s  a-long-name-that-says-nothing\n"
	require.Equal(t, said, lesson.ReadTranscript("=== RUN   TestStory\n"+other+said[1:].String()+"PASS\nok  \t0.1s\n"))
}
