package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const changed = "part1-tasks/01-create-task/"

// needsPython skips a test where npm has not installed pyodide.
func needsPython(t *testing.T) {
	t.Helper()
	s, err := newSite(theRoot(t), false)
	require.NoError(t, err)
	if s.pyodide() == "" {
		skipWithout(t, "pyodide is not installed (npm ci in workshop/book/web): lesson.py was not run in a tab")
	}
}

// edit replaces a piece of a program that is being changed.
func (b tab) edit(file, from, to string) {
	b.Helper()
	done := eval[string](b, edits(file, from, to))
	require.Empty(b, done)
}

// edits is what replaces a piece of a program that is being changed; it gives what does not fit.
func edits(file, from, to string) string {
	return `(() => {
		const [file, from, to] = ` + string(must(json.Marshal([]string{file, from, to}))) + `;
		const view = document.querySelector('.editing[data-file="' + file + '"] .cm-content').cmTile.view;
		const at = view.state.doc.toString().indexOf(from);
		if (at < 0) return "it has no " + from;
		view.dispatch({ changes: { from: at, to: at + from.length, insert: to } });
		return "";
	})()`
}

// run runs both programs and waits for their end.
func (b tab) run() {
	b.Helper()
	b.do(script(`document.querySelector(".change [data-do=run]").click()`))
	b.ran()
}

func (b tab) ran() {
	b.Helper()
	b.waitFor(`document.querySelector(".change [data-do=run]").textContent === "Run"`)
}

func (b tab) change(page string) {
	b.Helper()
	b.visit(page)
	b.do(script(`document.querySelector("[data-do=change]").click()`))
	b.waitFor(`document.querySelector(".change:not([hidden])")`)
	b.do(script(`document.querySelector(".player").scrollIntoView({ block: "start", behavior: "instant" })`)) // an editor draws only what is in view
}

// inTheLab is a tab with the page of a lesson whose programs are being changed.
func inTheLab(t *testing.T) tab {
	t.Helper()
	needsPython(t)
	needsBrowser(t)
	base, _ := publish(t, labFiles(t))
	b := open(t, base)
	b.change(changed)
	return b
}

// A trouble is a change that does not go well, and what the page says of it.
type trouble struct {
	file, from, to string
	says           string // a regular expression
	at             string // the line that is marked; empty: the page does not know it
}

const (
	goStory = `log.Info("both have ended")`
	pyStory = `say("both have ended")`
)

// troubles are run in pairs, to save time: one of each language.
var troubles = [][2]trouble{
	{
		{"main.go", goStory, `log.Info(both)`, `undefined: both`, `log.Info(both)`},
		{"lesson.py", pyStory, `say("both have ended"`, `SyntaxError: .*never closed`, `say("both have ended"`},
	},
	{
		{"main.go", goStory, `<-make(chan int)`, `deadlock: no goroutine can go on`, `<-make(chan int)`},
		{"lesson.py", pyStory, `await asyncio.Event().wait()`, `deadlock: nothing is ready to run(.|\n)*main: lesson.py:\d+ waits in Event.wait`, `await asyncio.Event().wait()`},
	},
	{
		{"main.go", goStory, `go func() { select {} }()`, `leak: `, `go func() { select {} }()`},
		{"lesson.py", pyStory, `asyncio.sleep(5)`, `coroutine 'sleep' was never awaited`, `asyncio.sleep(5)`},
	},
	{
		{"main.go", goStory, `panic("no bank")`, `panic: no bank`, `panic("no bank")`},
		{"lesson.py", pyStory, `raise ValueError("no bank")`, `ValueError: no bank`, `raise ValueError("no bank")`},
	},
	{
		{"main.go", goStory, `go func() { panic("no bank") }(); tasks.Wait(); time.Sleep(1)`, `panic: no bank`, `go func() { panic("no bank") }(); tasks.Wait(); time.Sleep(1)`},
		{"lesson.py", pyStory, `print("x" * 100_000_000)`, ``, ``},
	},
	{
		{"main.go", goStory, `for range 1000 { fmt.Printf("%100000d", 1) }`, ``, ``},
		{"lesson.py", pyStory, `sys.exit(3)`, `SystemExit: 3`, `sys.exit(3)`},
	},
	{
		{"main.go", goStory, `for {}`, `hang: it did not come to its end within 10 s`, ``},
		{"lesson.py", pyStory, `while True: pass`, `hang: it did not come to its end within 10 s`, ``},
	},
	{
		{"main.go", goStory, `for { go func() { select {} }() }`, `out of memory|hang: `, ``},
		{"lesson.py", pyStory, `x = [asyncio.create_task(asyncio.sleep(1)) for _ in iter(int, 1)]`, `MemoryError|hang: `, ``},
	},
}

func TestWhatGoesWrongInTheTabIsSaid(t *testing.T) {
	t.Parallel()
	b := inTheLab(t)
	for _, pair := range troubles {
		b.do(script(`document.querySelector(".change [data-do=reset]").click()`))
		for _, one := range pair {
			b.edit(one.file, one.from, one.to)
		}
		b.run()
		said := b.text(".faults li")
		for _, one := range pair {
			if one.says == "" {
				side := map[string]string{"main.go": "go", "lesson.py": "python"}[one.file]
				assert.Empty(t, b.text(`.faults [data-side="`+side+`"]`), one.to)
			} else {
				assert.Regexp(t, one.says, said, one.to)
			}
			if one.at != "" {
				b.waitFor(fmt.Sprintf(`[...document.querySelectorAll('.editing[data-file=%q] .cm-line.fault')].some((l) => l.textContent.includes(%s))`, one.file, must(json.Marshal(one.at))))
			}
		}
		t.Logf("%s", said)
		b.lookAt(".player", "trouble")
	}
}

func TestBothProgramsAreChangedAndRunInTheTab(t *testing.T) {
	b := inTheLab(t)
	b.edit("main.go", "1500*time.Millisecond", "2500*time.Millisecond")
	b.edit("lesson.py", `repeat("is alive", 1.5)`, `repeat("is alive", 2.5)`)
	b.run()
	b.lookAt(".player", "changed")
	assert.Empty(t, b.text(".faults"))
	assert.Contains(t, b.text(".lines li:not(.past)"), "2.5sheartbeatis alive")
	assert.Contains(t, b.text(".lines .past"), "1.5sheartbeatis alive")
	assert.Positive(t, eval[int](b, `document.querySelectorAll(".lanes circle.past").length`))
	b.waitFor(`!document.querySelector("[data-do=order]").hidden`)

	b.visit(changed + "#")
	b.change(changed)
	assert.Contains(t, b.text(`.editing[data-file="main.go"]`), "2500*time.Millisecond", "the change outlives a reload")

	b.do(script(`document.querySelector(".change [data-do=share]").click()`))
	b.waitFor(`location.hash.startsWith("#edit=")`)
	link := eval[string](b, `location.hash`)
	b.do(script(`document.querySelector(".change [data-do=reset]").click()`))
	assert.NotContains(t, b.text(`.editing[data-file="main.go"]`), "2500*time.Millisecond")
	assert.Zero(t, eval[int](b, `document.querySelectorAll(".lines .past").length`))
	b.visit(changed + link)
	b.waitFor(`document.querySelector(".change .says").textContent.includes("from the link")`)
	assert.Contains(t, b.text(`.editing[data-file="lesson.py"]`), `"is alive", 2.5`)
	assert.Empty(t, eval[[]string](b, `Object.keys(localStorage).filter((key) => key.startsWith("story "))`), "the reader's own text stays until the link's is edited")

	b.do(script(`{ const run = document.querySelector(".change [data-do=run]"); run.click(); run.click(); }`))
	assert.Equal(t, "Stopped.", b.text(".change .says"))
	b.run()
	assert.Contains(t, b.text(".lines li:not(.past)"), "2.5sheartbeatis alive")
	b.do(script(`localStorage.clear()`))

	b.visit("part4-shutdown/05-mayhem/") // whose player has a file of its tests and one of another package
	b.do(script(`document.querySelector("button.try").click()`))
	b.waitFor(`document.querySelector(".change .says").textContent === "Look at 2.5s web-2 is nacked, for another to take"`)
	assert.Equal(t, "2.5s", b.text(".lines [aria-current] .at"))
	b.do(script(`localStorage.clear()`))
}

// Each button of a page makes the change that stands there, and what the page promises is seen.
func TestTheButtonsOfThePagesMakeTheirChanges(t *testing.T) {
	if !*long {
		t.Skip("-long presses the button of each page")
	}
	needsPython(t)
	needsBrowser(t)
	base, _ := publish(t, labFiles(t))
	b := open(t, base)
	for _, l := range theLab.site.lessons {
		b.visit(l.Dir + "/")
		type change struct{ File, Sees string }
		for i, c := range eval[[]change](b, `[...document.querySelectorAll("pre[data-try]")].map((pre) => ({ File: pre.dataset.try, Sees: pre.parentElement.querySelector("pre.text").textContent }))`) {
			if runs := theLab.site.labOf(&l); c.File == "main.go" && !runs.Go || c.File == "lesson.py" && runs.Pyodide == "" {
				continue // the button says so
			}
			b.do(script(`document.querySelectorAll("button.try")[%d].click()`, i))
			b.waitFor(`document.querySelector(".change [data-do=run]")?.textContent === "Stop"`)
			b.waitLong(`document.querySelector(".change [data-do=run]").textContent === "Run"`)
			said := b.text(".change .says") + b.text(".faults")
			first, _, _ := strings.Cut(strings.TrimSpace(c.Sees), "\n")
			assert.Contains(t, said, strings.Join(strings.Fields(first), " "), l.ID())
		}
		b.do(script(`localStorage.clear()`))
	}
}

// Where there is no compiler, lesson.py still runs, and the page says what is missing.
func TestAStoryIsChangedByKeyOnAPhoneAndInTheDark(t *testing.T) {
	needsPython(t)
	b := open(t, beside(t))
	b.visit(changed)
	b.do(script(`document.querySelector(".player").scrollIntoView({ block: "start", behavior: "instant" })`))
	b.press("c")
	b.waitFor(`document.activeElement.matches(".cm-content")`)
	assert.Contains(t, b.text(".change .missing"), "main.go does not run here")
	assert.Contains(t, b.text(".change .tab-only"), "lesson.py runs in this tab")
	b.press("\t", "x")
	assert.True(t, eval[bool](b, `document.activeElement.matches(".cm-content")`), "Tab indents")
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.waitFor(`document.querySelector(".change [data-do=run]").textContent === "Stop"`)
	b.ran()
	assert.Contains(t, b.text(".faults"), "lesson.py:1")
	b.press(kb.Escape, "\t")
	assert.False(t, eval[bool](b, `document.activeElement.matches(".cm-content")`), "Escape, then Tab, leaves the editor")
	for _, scheme := range []string{"light", "dark"} {
		b.do(media("", "prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce"))
		b.lookAt(".player", "editor-"+scheme)
		b.axe(".player", scheme)
	}
	b.do(phone)
	b.lookAt(".player", "editor-phone")
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 360)
	b.do(script(`localStorage.clear()`))
}
