package course

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPageIsReadByItsHeadAndHeadings(t *testing.T) {
	for name, end := range map[string]string{"plain": "\n", "Windows": "\r\n"} {
		t.Run(name, func(t *testing.T) {
			var page strings.Builder
			for _, line := range []string{
				"---", "minutes: 45", "hours: 6 ", "article: Dive 2", "---", "# Title", "", "How?", "", "## In Go", "", "minutes: 3", "", "## Hints", "",
				"<details><summary>1. A nudge</summary>", "", "Look.", "</details>",
				"<details><summary>More</summary>Think.</details>", "", "## Go further", "", "Far.",
			} {
				page.WriteString(line + end)
			}
			l := Lesson{Root: lay(t, map[string]string{"p/README.md": page.String(), "p/notes.md": "# Notes" + end + end + "**Goal.** See." + end}), Dir: "p"}
			assert.Equal(t, 45, l.Minutes())
			assert.Equal(t, 6, l.Hours())
			assert.Equal(t, "Dive 2", l.Front("article"))
			assert.Empty(t, l.Front("section"))
			assert.Equal(t, "How?", l.Question())
			assert.Equal(t, "minutes: 3", l.Section("In Go"))
			assert.Equal(t, "Far.", l.Section("Go further"))
			assert.Empty(t, l.Section("Run it"))
			assert.Equal(t, []Hint{{"A nudge", "Look."}, {"More", "Think."}}, l.Hints())
			assert.Equal(t, "\n**Goal.** See.", l.Notes())
		})
	}
	assert.Zero(t, Lesson{Root: t.TempDir(), Dir: "p"}.Minutes(), "a page that is gone says nothing")
}

func TestTheGallerySaysOfEachWrongAnswerWhatItsHeadSays(t *testing.T) {
	l := Lesson{Root: lay(t, map[string]string{
		"p/exercise/_wrong/leaks.go":      "//wrong: leaves a goroutine\n//want:  leak:\n//kind:  leak\npackage exercise\n\n//wrong: too late\n",
		"p/exercise/_wrong/a-folder.go/x": "", // cannot be read
		"p/exercise/_wrong/none.go":       "package exercise\n\n//wrong: too late\n",
	}), Dir: "p"}
	assert.Equal(t, []WrongAnswer{
		{File: "p/exercise/_wrong/leaks.go", Wrong: "leaves a goroutine", Says: "leak:", Kind: "leak"},
		{File: "p/exercise/_wrong/none.go"},
	}, l.Gallery())
}

func TestTheContractIsTheStubsDocumentation(t *testing.T) {
	l := Lesson{Root: lay(t, map[string]string{"p/exercise/_stub/exercise.go": `// Package exercise is yours: write Do.
package exercise

import "errors"

// Most is the most.
const Most = 3

// ErrFull is for a full pool.
var ErrFull = errors.New("full")

// A Kind is one of these.
type Kind int

// The kinds.
const (
	Plain Kind = iota
	Late
)

// Usual is what most have.
var Usual Kind = Late

// A Pool has room.
type Pool struct {
	Size int // of it
}

// New makes a pool.
func New() *Pool { panic("not written yet") }

// Do does one job, and says with ErrFull that there is no room.
func (p *Pool) Do() error { panic("not written yet") }

// Run runs.
func Run() { panic("not written yet") }

func hidden() {}
`}), Dir: "p"}
	assert.Equal(t, `Package exercise is yours:
write Do.

const Most = 3

Most is the most.

var ErrFull = errors.New("full")

ErrFull is for a full pool.

func Run()

Run runs.

type Kind int

A Kind is one of these.

const (
    Plain Kind = iota
    Late
)

The kinds.

var Usual Kind = Late

Usual is what most have.

type Pool struct {
    Size int // of it
}

A Pool has room.

func New() *Pool

New makes a pool.

func (p *Pool) Do() error

Do does one job, and says with
ErrFull that there is no room.
`, l.Contract(30))
	assert.Empty(t, Lesson{Root: t.TempDir(), Dir: "p"}.Contract(80))
}

func TestAMessageQuotesTheLinesThatItNamesFiveAtMost(t *testing.T) {
	l := Lesson{Root: lay(t, map[string]string{"p/exercise/exercise.go": "one\n\ttwo\nthree\nfour\nfive\nsix\nseven"}), Dir: "p"}
	assert.Equal(t, []SourceLine{{7, "seven"}, {1, "one"}}, l.Quoted("not myexercise.go:2, exercise.go:8 or exercise.go:0, but exercise.go:7, again exercise.go:7, and exercise.go:1"))
	assert.Equal(t, []SourceLine{{6, "six"}, {5, "five"}, {4, "four"}, {3, "three"}, {2, "two"}},
		l.Quoted("exercise.go:6 exercise.go:5 exercise.go:4 exercise.go:3 exercise.go:2 exercise.go:1"))
	assert.Empty(t, Lesson{Root: t.TempDir(), Dir: "p"}.Quoted("exercise.go:1"))
}
