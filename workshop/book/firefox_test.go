package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lookAt keeps a picture of the page from an element on, as that of a tab does.
func (f *fox) lookAt(selector, name string) {
	f.Helper()
	dir := os.Getenv("BOOK_LOOK")
	if dir == "" {
		return
	}
	for _, width := range []int{1280, 500} {
		f.size(width, 900)
		for _, theme := range []string{"dark", "light"} {
			f.do(fmt.Sprintf(`(document.documentElement.dataset.theme = %q, document.querySelector(%q).scrollIntoView({ block: "start", behavior: "instant" }), new Promise(requestAnimationFrame))`, theme, selector))
			var picture []byte // base64, as encoding/json reads it
			f.must("WebDriver:TakeScreenshot", object{"full": false}, &picture)
			require.NoError(f, os.WriteFile(filepath.Join(dir, fmt.Sprintf("firefox-%s-%s-%d.png", name, theme, width)), picture, 0o644))
		}
		var wide int
		f.give(`document.documentElement.scrollWidth`, &wide)
		assert.LessOrEqual(f, wide, width, "%s fits", name)
	}
	f.size(1280, 900)
}

// check presses the button, waits for the end and gives what is said then.
func (f *fox) check() string {
	f.Helper()
	f.do(`document.querySelector(".lab [data-do=check]").click()`)
	f.waitFor(`document.querySelector(".lab [data-do=check]").textContent === "Check"`)
	return f.text(".lab .says, .lab .found")
}

// What a reader does first works in Firefox as it does in Chromium: read, step
// through a story, change both programs and run them, do the exercise, reload,
// and do it again without a network.
func TestTheMainPathWorksInFirefox(t *testing.T) {
	t.Parallel()
	needsPython(t)
	base, stop := publish(t, labFiles(t))
	f := openInFirefox(t, base)
	read := func(name ...string) string {
		return string(must(os.ReadFile(filepath.Join(theRoot(t), exercised, "exercise", filepath.Join(name...)))))
	}
	f.visit("")
	assert.Equal(t, "asyncio-to-go", f.text("h1"))
	f.lookAt("body", "home")

	f.visit(changed)
	var shown []moment
	var played string
	f.give(playThrough, &played)
	require.NoError(t, json.Unmarshal([]byte(played), &shown))
	var arrows int
	f.give(`document.querySelectorAll(".lanes .arrow").length`, &arrows)
	lesson := must(newSite(theRoot(t), false)).lesson(strings.TrimSuffix(changed, "/"))
	checkMoments(t, *lesson, "", shown, arrows)
	f.lookAt(".player", "lesson")

	f.do(`document.querySelector("[data-do=change]").click()`)
	f.waitFor(`document.querySelector(".change:not([hidden])")`)
	f.do(`document.querySelector(".player").scrollIntoView({ block: "start", behavior: "instant" })`)
	f.edit("main.go", "1500*time.Millisecond", "2500*time.Millisecond")
	f.edit("lesson.py", `repeat("is alive", 1.5)`, `repeat("is alive", 2.5)`)
	f.do(`document.querySelector(".change [data-do=run]").click()`)
	f.waitFor(`document.querySelector(".change [data-do=run]").textContent === "Run"`)
	assert.Empty(t, f.text(".faults"))
	assert.Contains(t, f.text(".lines li:not(.past)"), "2.5sheartbeatis alive", "both programs say it at once")
	assert.Contains(t, f.text(".lines .past"), "1.5sheartbeatis alive")
	f.lookAt(".player", "changed")

	assert.Contains(t, f.check(), "Nothing is written yet")
	f.do(writes(".lab", read("_wrong", "drifts.go")))
	assert.Contains(t, f.check(), "the calls drift")
	f.waitFor(`document.querySelectorAll(".lab .run .lanes svg").length === 2`)
	f.lookAt(".lab", "exercise")
	f.do(writes(".lab", read("_solution", "exercise.go")))
	assert.Contains(t, f.check(), "Right: all")

	f.visit(exercised)
	assert.Contains(t, f.text(".lab .cm-content"), "time.NewTicker", "the answer outlives a reload")
	assert.Contains(t, f.check(), "Right: all", "the engine is there again")

	f.waitFor(`navigator.serviceWorker.controller !== null`)
	stop()
	f.visit(exercised)
	assert.Contains(t, f.check(), "Right: all", "offline")
}

// edit replaces a piece of a program that is being changed.
func (f *fox) edit(file, from, to string) {
	f.Helper()
	var missing string
	f.give(edits(file, from, to), &missing)
	require.Empty(f, missing)
}

// A private window, and a browser that blocks cookies, refuse to keep some things or all.
func TestFirefoxChecksAnswersWhereItKeepsNothing(t *testing.T) {
	t.Parallel()
	solution := string(must(os.ReadFile(filepath.Join(theRoot(t), exercised, "exercise", "_solution", "exercise.go"))))
	for name, pref := range map[string]string{
		"a private window": `user_pref("browser.privatebrowsing.autostart", true);`,
		"no cookies":       `user_pref("network.cookie.cookieBehavior", 2);`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, _ := publish(t, labFiles(t))
			f := openInFirefox(t, base, pref)
			f.visit(exercised)
			f.do(writes(".lab", solution))
			if name == "no cookies" {
				assert.Contains(t, f.text(".lab .says"), "keeps nothing here: download your answer")
			}
			assert.Contains(t, f.check(), "Right: all")
		})
	}
}

// What the keys, the dialogs, the slides and a share do is the same in Firefox.
func TestThePagesAreReadByKeysInFirefox(t *testing.T) {
	t.Parallel()
	base, _ := publish(t, labFiles(t))
	f := openInFirefox(t, base)
	f.visit(exercised)
	f.press("?")
	f.waitFor(`document.querySelector("#keys[open]")`)
	f.press(foxEscape)
	f.waitFor(`!document.querySelector("#keys[open]")`)

	f.press("p")
	slide := `document.querySelector(".presenting .slide.current")?.dataset.slide`
	f.waitFor(slide + ` === "The question"`)
	f.press(foxPageDown)
	f.waitFor(slide + ` === "Run it"`)
	f.press(foxEscape)
	f.waitFor(`!document.querySelector(".presenting")`)

	stub := f.text(".lab .cm-content")
	f.do(writes(".lab", "package exercise // mine\n"))
	for _, c := range []struct{ command, keeps string }{{"WebDriver:DismissAlert", "mine"}, {"WebDriver:AcceptAlert", stub}} {
		f.do(`void setTimeout(() => document.querySelector(".lab [data-do=reset]").click())`)
		require.Eventually(t, func() bool {
			_, err := f.ask(c.command, object{})
			return err == nil
		}, patience, 20*time.Millisecond, "the page asks before it resets")
		assert.Contains(t, f.text(".lab .cm-content"), c.keeps)
	}

	f.do(`document.querySelector("[data-do=change]").click()`)
	f.waitFor(`document.querySelector(".change:not([hidden])")`)
	f.edit("main.go", "1500*time.Millisecond", "2500*time.Millisecond")
	f.do(`document.querySelector(".change [data-do=share]").click()`)
	f.waitFor(`document.querySelector(".change").textContent.includes("Your change is in the link itself")`)
	var link string
	f.give(`location.href`, &link)
	f.visit("")
	f.visit(strings.TrimPrefix(link, base))
	f.waitFor(`document.querySelector(".change:not([hidden])")?.textContent.includes("This is the change from the link")`)

	f.visit("")
	f.press("/")
	f.waitFor(`document.activeElement.id === "query"`)
	f.press("drift")
	f.waitFor(`document.querySelector("#results a")`)
	f.press(foxEnter)
	f.waitFor(`location.pathname !== "/some/where/" && ` + isReady)
}
