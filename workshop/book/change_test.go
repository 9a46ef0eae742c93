package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
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
	change, err := json.Marshal([]string{file, from, to})
	require.NoError(b, err)
	done := eval[string](b, `(() => {
		const [file, from, to] = `+string(change)+`;
		const view = document.querySelector('.editing[data-file="' + file + '"] .cm-content').cmTile.view;
		const at = view.state.doc.toString().indexOf(from);
		if (at < 0) return "it has no " + from;
		view.dispatch({ changes: { from: at, to: at + from.length, insert: to } });
		return "";
	})()`)
	require.Empty(b, done)
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
}

// text is what an element shows.
func (b tab) text(selector string) string {
	b.Helper()
	return eval[string](b, `[...document.querySelectorAll(`+string(must(json.Marshal(selector)))+`)].map(e => e.textContent).join("\n")`)
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// look keeps a picture where somebody wants to look at it: BOOK_LOOK=FOLDER.
func (b tab) look(name string) {
	b.Helper()
	dir := os.Getenv("BOOK_LOOK")
	if dir == "" {
		return
	}
	b.do(script(`document.querySelector(".player").scrollIntoView({block: "start", behavior: "instant"})`))
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(dir+"/"+name+".png", picture, 0o644))
}

func TestBothProgramsAreChangedAndRunInTheTab(t *testing.T) {
	needsPython(t)
	b := open(t, beside(t))
	b.change(changed)
	b.edit("lesson.py", `repeat("is alive", 1.5)`, `repeat("lives", 2.5)`)
	b.run()
	b.look("python")
	assert.Contains(t, b.text(".lines .new"), "new")
	assert.Contains(t, b.text(".lines .text"), "lives")

	b.edit("lesson.py", "async def report():", "async def report(:")
	b.run()
	b.look("syntax")
	assert.Contains(t, b.text(".faults"), "SyntaxError")
	assert.Equal(t, []string{"async def report(:"}, eval[[]string](b, `[...document.querySelectorAll(".cm-line.fault")].map(l => l.firstChild.parentElement.innerText.split("\n")[0])`))
	b.do(phone)
	b.look("phone")
	b.do(chromedp.EmulateViewport(1280, 900), script(`document.documentElement.dataset.theme = "dark"`))
	b.look("dark")
}
