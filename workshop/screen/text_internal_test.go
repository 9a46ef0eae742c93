package screen

import (
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

func TestAContractLosesNoWordInANarrowTerminal(t *testing.T) {
	t.Parallel()
	lessons, err := course.Lessons("../..")
	require.NoError(t, err)
	words := func(text string) string {
		return strings.Join(strings.Fields(strings.ReplaceAll(ansi.Strip(text), "//", "")), "")
	}
	for _, l := range lessons {
		if !l.HasExercise() {
			continue
		}
		narrow := contract(l, 36)
		for line := range strings.Lines(narrow) {
			assert.LessOrEqual(t, lipgloss.Width(strings.TrimRight(line, "\n")), 36, "%s: %s", l.ID(), line)
		}
		wide := words(contract(l, 1000))
		assert.Len(t, words(narrow), len(wide), "%s: it has lost something, or has it twice", l.ID())
		for line := range strings.Lines(l.Contract(1000)) {
			assert.Contains(t, wide, words(line)[:min(12, len(words(line)))], l.ID())
		}
	}
}

func TestCodeOnAPageHasItsColours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"go", "func f() { return nil } // done", "k<func> f() { k<return> l<nil> } r<// done>"},
		{"go", "x := `a\nb`", "x := l<`a>\nl<b`>"},
		{"go", "case <-tick.C:", "k<case> <-tick.C:"},
		{"go", "…\n\"open", "…\nl<\"open>"},
		{"python", "async def f(x=None):  # done", "k<async> k<def> f(x=l<None>):  r<# done>"},
		{"python", "log(f\"a # b\", 1.5)", "log(l<f\"a # b\">, l<1.5>)"},
		{"", "func f()", "c<func f()>"},
	} {
		got := highlight(c.language, c.text)
		assert.Equal(t, c.text, ansi.Strip(got))
		for name, style := range map[string]lipgloss.Style{"k": keyword, "l": literal, "r": remark, "c": code} {
			opening, _, _ := strings.Cut(style.Render("x"), "x")
			got = strings.ReplaceAll(got, opening, name+"<")
		}
		assert.Equal(t, c.want, regexp.MustCompile(`\x1b\[\d*m`).ReplaceAllString(got, ">"), c.text)
	}
}

func TestCodeInBoldIsBoldAndHasNoBackticks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, bold.Render("call ")+code.Bold(true).Render("f")+bold.Render(" twice"), inline("**call `f` twice**"))
}

func TestPagesShowNoMarksOfMarkdown(t *testing.T) {
	t.Parallel()
	lessons, err := course.Lessons("../..")
	require.NoError(t, err)
	for _, l := range lessons {
		fenced := false
		var prose []string
		for line := range strings.Lines(pageOf(l)) { // what code contains is its own affair
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			} else if !fenced {
				prose = append(prose, line)
			}
		}
		shown := ansi.Strip(markdown(strings.Join(prose, ""), 80))
		assert.NotContains(t, shown, "`", l.ID())
		assert.NotRegexp(t, `\*\*\w`, shown, l.ID())
	}
}
