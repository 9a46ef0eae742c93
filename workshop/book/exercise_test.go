package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

const exercised = "part1-tasks/01-create-task/"

// answer puts a text into the editor of the exercise.
func (b tab) answer(text string) {
	b.Helper()
	b.answerIn(".lab", text)
}

// answerIn does so in one of a page's labs.
func (b tab) answerIn(lab, text string) {
	b.Helper()
	b.do(script("%s", writes(lab, text)))
}

// writes is what puts a text into the editor of a lab.
func writes(lab, text string) string {
	return fmt.Sprintf(`(() => { const view = document.querySelector(%q).cmTile.view; view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: %s } }); })()`, lab+" .cm-content", must(json.Marshal(text)))
}

// check presses the button, waits for the end and gives what is said then.
func (b tab) check() string {
	b.Helper()
	b.do(script(`document.querySelector(".lab [data-do=check]").click()`))
	b.waitLong(`document.querySelector(".lab [data-do=check]").textContent === "Check"`)
	return b.text(".lab .says, .lab .found")
}

// instead is the solution of the exercise with another body of Every.
func instead(body string) string {
	return "package exercise\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"time\"\n)\n\nfunc Every(ctx context.Context, interval time.Duration, f func(context.Context) error) error {\n\tfmt.Print()\n" + body + "}\n"
}

// The sample of each part goes from its stub by a wrong answer to green; one
// lesson also meets all that can go wrong. The page stays alive.
func TestAnExerciseIsDoneInTheTab(t *testing.T) {
	t.Parallel()
	needsBrowser(t)
	files := labFiles(t)
	base, stop := publish(t, files)
	b := open(t, base, early(countsWorkers))
	read := func(page, file string) string {
		text, err := os.ReadFile(filepath.Join(theRoot(t), page, "exercise", file))
		require.NoError(t, err)
		return string(text)
	}
	b.visit(exercised)
	assert.Contains(t, b.text(".lab p"), fmt.Sprintf("%d MB", theLabSize(t, files)/1e6), "the page says the size before it loads")
	b.answer(read(exercised, "exercise.go") + "\n")
	b.waitFor(`answers[0] === false`) // a worker has looked for the engine
	b.do(script(`(async () => { window.loaded = (await Promise.all((await caches.keys()).filter((name) => name.startsWith("engine of")).map(async (name) => (await (await caches.open(name)).keys()).length))).join(); })()`))
	b.waitFor(`window.loaded === "0"`) // a reader who only writes loads none
	assert.Contains(t, b.check(), "Nothing is written yet")
	b.lookAt(".lab", "lab-stub")

	b.answer(read(exercised, "_wrong/drifts.go"))
	assert.Contains(t, b.check(), "the calls drift")
	b.waitLong(`document.querySelectorAll(".lab .run .lanes svg").length === 2`) // the solution's come later
	b.lookAt(".lab", "lab-wrong")
	b.do(phone)
	b.lookAt(".lab", "lab-wrong-phone")
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 360, "the result fits a phone")
	b.do(chromedp.EmulateViewport(1280, 900), script(`document.documentElement.dataset.theme = "dark"`))
	b.lookAt(".lab", "lab-wrong-dark")
	b.axe(".lab", "a wrong answer, dark")
	b.do(script(`document.documentElement.dataset.theme = "light"`))
	b.axe(".lab", "a wrong answer")

	b.visit(exercised)
	assert.Contains(t, b.text(".lab .cm-content"), "time.After", "the text outlives a reload")

	b.answer(instead("\treturn nothing\n"))
	b.waitFor(`workers === 1`) // it builds the stub's tests; the check waits for them
	assert.Contains(t, b.check(), "undefined: nothing")
	assert.True(t, eval[bool](b, `answers.length === 2 && answers[0] === true`), "it was made ready before")
	assert.Contains(t, b.text(".lab .cm-line.fault"), "return nothing", "the error is marked at its line")
	b.lookAt(".lab", "lab-compile")

	b.answer(instead("\tfor {\n\t}\n"))
	assert.Contains(t, b.check(), "endless loop")
	assert.Equal(t, 2, eval[int](b, `1 + 1`), "the page is alive")

	b.answer(instead("\tfor range 100 << 10 {\n\t\tfmt.Println(string(make([]byte, 1023)))\n\t}\n\treturn nil\n"))
	assert.Contains(t, b.check(), "WRONG")

	b.answer(instead("\tfor {\n\t\tgo func() { <-ctx.Done() }()\n\t}\n"))
	assert.Contains(t, strings.ToLower(b.check()), "memory")

	b.do(script(`document.querySelector(".lab [data-do=check]").click(); document.querySelector(".lab [data-do=check]").click()`))
	b.waitFor(`document.querySelector(".lab .says").textContent.startsWith("Cancelled")`)

	for range 3 {
		b.do(script(`document.querySelector(".lab [data-do=hint]").click()`))
	}
	assert.Equal(t, 3, eval[int](b, `document.querySelectorAll(".lab .hints details").length`))
	b.answer(read(exercised, "_wrong/drifts.go"))
	b.do(script(`document.querySelector(".lab [data-do=solution]").click()`))
	b.waitLong(`document.querySelector(".lab .aside .ins")`)
	assert.Contains(t, b.text(".lab .aside .ins"), "time.NewTicker")

	b.answer(read(exercised, "_solution/exercise.go"))
	assert.Contains(t, b.check(), "Right: all")
	assert.True(t, eval[bool](b, `document.querySelector(".done input").checked`))
	b.lookAt(".lab", "lab-right")

	kept := eval[string](b, `localStorage.getItem("progress")`)
	var progress struct {
		Version int
		Lessons map[string]struct {
			Right  bool
			SHA256 string
			Hints  int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(kept), &progress))
	one := progress.Lessons[strings.TrimSuffix(exercised, "/")]
	assert.Equal(t, 2, progress.Version, "it is the runner's file")
	assert.True(t, one.Right)
	assert.Equal(t, 3, one.Hints)
	assert.Len(t, one.SHA256, 64)

	for _, page := range []string{"part1-tasks/02-cancel/hold/", "part2-queues-locks/01-queue/", "part3-errors/01-exceptions/"} {
		l := must(newSite(theRoot(t), false)).lesson(strings.TrimSuffix(page, "/"))
		gallery := l.Gallery()
		wrong := filepath.Base(gallery[0].File)
		b.visit(page)
		b.answer(read(page, "_wrong/"+wrong))
		assert.Contains(t, b.check(), gallery[0].Says, wrong)
		b.answer(read(page, "_solution/exercise.go"))
		assert.Contains(t, b.check(), "Right: all", page)
	}

	b.waitLong(`navigator.serviceWorker.controller !== null`)
	b.do(command(network.Disable, cdp.Empty{}))
	stop()
	b.do(chromedp.Navigate(base + exercised))
	b.waitLong(`document.documentElement.dataset.ready !== undefined && document.querySelector(".lab.ready")`)
	assert.Contains(t, b.check(), "Right: all", "offline")
	b.do(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
}

// writable is a site where an answer can be written and not checked.
func writable(t *testing.T) (base string) {
	t.Helper()
	needsBrowser(t) // before the pages are made
	s, err := newSite(theRoot(t), false)
	require.NoError(t, err)
	s.lab = &engine{lessons: map[string]inTheTab{strings.TrimSuffix(exercised, "/"): {Exercise: &exerciseInTheTab{}}}}
	files, err := s.all()
	require.NoError(t, err)
	base, _ = publish(t, files)
	return base
}

// What the reader wrote stays, also when the site has another stub; what the
// reader has done goes to another machine as the runner's file.
func TestAnswersAndProgressOutliveANewSite(t *testing.T) {
	base := writable(t)
	b := open(t, base)
	b.visit(exercised)
	assert.Empty(t, b.text(".lab .kept:not([hidden])"))
	b.answer("package mine\n")
	other := open(t, base)
	other.visit(exercised)
	assert.Contains(t, other.text(".lab .cm-content"), "package mine", "another tab has it")
	other.answer("package ours\n")
	b.waitFor(`document.querySelector(".lab .cm-content").textContent.includes("package ours")`)

	b.do(script(`localStorage.setItem("answer %s", JSON.stringify({text: "package old", stub: "another contract"}))`, strings.TrimSuffix(exercised, "/")))
	b.visit(exercised)
	assert.Contains(t, b.text(".lab .cm-content"), "package old", "the answer stays")
	assert.Contains(t, b.text(".lab .kept:not([hidden])"), "has changed since you began")
	b.answer("package older\n")
	b.visit(exercised)
	assert.NotEmpty(t, b.text(".lab .kept:not([hidden])"), "to write on is not to have seen it")
	b.do(script(`document.querySelector("[data-do=newer]").click()`))
	b.visit(exercised)
	assert.Empty(t, b.text(".lab .kept:not([hidden])"))
	assert.Contains(t, b.text(".lab .cm-content"), "package older")

	b.visit("")
	give := func(text string) string {
		b.do(script(`{ const input = document.querySelector(".exchange input"); const given = new DataTransfer(); given.items.add(new File([%s], "progress.json")); input.files = given.files; document.querySelector(".exchange [role=status]").textContent = ""; input.dispatchEvent(new Event("change")); }`, must(json.Marshal(text))))
		b.waitFor(`document.querySelector(".exchange [role=status]").textContent !== ""`)
		return b.text(".exchange [role=status]")
	}
	assert.Contains(t, give(`{"version":2,"lessons":{"part2-queues-locks/01-queue":{"right":true,"hints":2}}}`), "in 1 of the lessons")
	assert.Contains(t, b.text(`li[data-lesson="part2-queues-locks/01-queue"] .state`), "right")
	for _, bad := range []string{"", "[]", "null", `{"version":1,"lessons":{}}`, `{"version":2,"lessons":{"a":1}}`} {
		assert.Contains(t, give(bad), "no progress.json", bad)
	}
	assert.Contains(t, b.text(`li[data-lesson="part2-queues-locks/01-queue"] .state`), "right", "a broken file changes nothing")
	b.do(chromedp.Evaluate[chromedp.Void](`localStorage.clear()`))
}

// With cookies blocked, a browser refuses to keep anything, by an exception.
func TestABrowserThatKeepsNothingLosesNothingUntilThePageIsLeft(t *testing.T) {
	b := open(t, writable(t), early(`for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });`))
	b.visit(exercised)
	b.press("t")
	assert.NotEmpty(t, eval[string](b, `document.documentElement.dataset.theme ?? ""`))
	b.answer("package mine\n")
	assert.Contains(t, b.text(".lab .says"), "keeps nothing here: download your answer")
	assert.True(t, eval[bool](b, `document.querySelector(".lab .keeps").hidden`), "nothing says that the answer stays")
	b.do(script(`document.querySelector(".done input").click(); dispatchEvent(new Event("progress"))`)) // the tick is read again
	assert.True(t, eval[bool](b, `document.querySelector(".done input").checked`))
}

// What is written in one tab stands in the other at once, so that the next letter typed there loses nothing.
func TestNeitherOfTwoTabsLosesTheLearnersText(t *testing.T) {
	needsPython(t)
	for name, place := range map[string]struct{ base, page, lab, says string }{
		"an exercise": {writable(t), exercised, ".lab", ".lab .says"},
		"a story":     {beside(t), "part1-tasks/06-shield/", `.editing[data-file="lesson.py"]`, ".change .says"},
	} {
		one, two := open(t, place.base), open(t, place.base)
		has := func(text string) string {
			return fmt.Sprintf(`document.querySelector(%q).cmTile.view.state.doc.toString().includes(%q)`, place.lab+" .cm-content", text)
		}
		for _, b := range []tab{one, two} {
			b.visit(place.page)
			if name == "a story" {
				b.change(place.page)
			}
			b.do(script(`document.querySelector(%q).focus()`, place.lab+" .cm-content"))
		}
		one.press(strings.Split("one", "")...)
		two.waitFor(has("one"))
		two.press(strings.Split("two", "")...)
		one.waitFor(has("two"))
		assert.True(t, eval[bool](one, has("one")), "%s: the first tab's text is still there", name)

		two.do(script("%s", writes(place.lab, "other")))
		one.waitFor(has("other"))
		assert.Contains(t, one.text(place.says), "Another tab has changed", name)
		one.do(chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		two.waitFor(has("one") + " && " + has("two"))
		one.do(script(`localStorage.clear()`))
	}
}

// Without https a browser has no caches, no service worker and no crypto.subtle.
func TestTheTabRunsProgramsAndChecksWithoutHTTPS(t *testing.T) {
	needsPython(t)
	needsBrowser(t)
	base, _ := publish(t, labFiles(t))
	b := open(t, strings.Replace(base, "127.0.0.1", strangeHost, 1))
	b.change(exercised)
	require.False(t, eval[bool](b, `isSecureContext || "caches" in self`))
	assert.Contains(t, b.text(".lab p"), "The first check loads Go: ", "not once: it is loaded again on each visit")
	b.edit("lesson.py", `repeat("is alive", 1.5)`, `repeat("is alive", 2.5)`)
	b.do(script(`document.querySelector(".change [data-do=run]").click()`))
	b.waitLong(`document.querySelector(".change [data-do=run]").textContent === "Run"`)
	assert.Empty(t, b.text(".faults"))
	assert.Contains(t, b.text(".lines li:not(.past)"), "2.5sheartbeatis alive")
	b.answer(string(must(os.ReadFile(filepath.Join(theRoot(t), exercised, "exercise", "_solution", "exercise.go")))))
	assert.Contains(t, b.check(), "Right: all")
}

// theLabSize is how large the engine is, compressed.
func theLabSize(t *testing.T, files map[string][]byte) int {
	t.Helper()
	var manifest struct{ Size int }
	require.NoError(t, json.Unmarshal(files["engine/manifest.json"], &manifest))
	assert.Less(t, manifest.Size, 25_000_000, "the engine, compressed")
	return manifest.Size
}

// countsWorkers has a page count its workers, and keep what they answer.
const countsWorkers = `window.answers = []; window.workers = 0; window.Worker = class extends Worker {
	constructor(...args) { super(...args); workers++; this.addEventListener("message", ({ data }) => "value" in data && answers.push(data.value)); }
}`

// The figures of docs/lab.md: go test ./workshop/book -run FiguresOfTheLab -long -v.
func TestTheFiguresOfTheLab(t *testing.T) {
	if !*long {
		t.Skip("-long measures how long checks take, and what they leave in memory")
	}
	needsBrowser(t)
	files := labFiles(t)
	base, _ := publish(t, files)
	b := open(t, base, early(countsWorkers))
	b.visit(exercised)
	solution, err := os.ReadFile(filepath.Join(theRoot(t), exercised, "exercise/_solution/exercise.go"))
	require.NoError(t, err)
	took := func(text string) time.Duration {
		b.answer(text)
		start := time.Now()
		require.Contains(t, b.check(), "Right: all")
		return time.Since(start)
	}
	download := took(string(solution))
	b.visit(exercised) // in a new worker, which takes the engine from the browser's cache
	first := took(string(solution))
	b.visit(exercised)
	b.answer(string(solution) + "\n")
	b.waitLong(`answers[0] === true`) // the engine is ready for the reader who writes
	ready := took(string(solution))
	var later []time.Duration
	for i := range 20 {
		later = append(later, took(strings.Replace(string(solution), "\n\ttick ", fmt.Sprintf("\n\t_ = %d\n\ttick ", i), 1)))
	}
	slices.Sort(later)
	memory := largestRenderer(t)
	assert.LessOrEqual(t, memory, 1000, "the tab's memory after twenty checks, in MB")
	t.Logf("engine %.1f MB; first check %v with its download, %v without, %v for a reader who has written for a while; later checks %v (median), %v (slowest); the tab's memory after all of them %d MB",
		float64(theLabSize(t, files))/1e6, download.Round(100*time.Millisecond), first.Round(100*time.Millisecond), ready.Round(100*time.Millisecond), later[len(later)/2].Round(100*time.Millisecond), later[len(later)-1].Round(100*time.Millisecond), memory)
}

// largestRenderer is the resident memory of the browser's largest page, in MB.
func largestRenderer(t *testing.T) (most int) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, file := range all {
		args, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(args), "--type=renderer") {
			continue // it has ended, or is no page
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(file), "status"))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		var kilobytes int
		if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
			most = max(most, kilobytes/1000)
		}
	}
	return most
}

// An entry of the catalogue of mistakes shows what its answer does.
func TestAMistakeOfTheCatalogueRunsInTheTab(t *testing.T) {
	needsBrowser(t)
	base, _ := publish(t, labFiles(t))
	b := open(t, base)
	b.visit("mistakes/")
	const place = "details.mistake[open] .lab"
	drifts := must(newSite(theRoot(t), false)).lesson(strings.TrimSuffix(exercised, "/")).Gallery()
	drifts = slices.DeleteFunc(drifts, func(w course.WrongAnswer) bool { return !strings.HasSuffix(w.File, "/drifts.go") })
	require.Len(t, drifts, 1)
	b.do(script(`{ const entry = document.getElementById("01-create-task-drifts"); entry.open = true; entry.scrollIntoView(); entry.querySelector(".lab button").click(); }`))
	b.waitLong(fmt.Sprintf(`document.querySelector(%q).textContent === "Run it here"`, place+" button"))
	assert.Contains(t, b.text(place+" .found"), drifts[0].Says)
	b.waitLong(fmt.Sprintf(`document.querySelectorAll(%q).length === 2`, place+" .run .lanes svg"))
	b.lookAt("details.mistake[open]", "lab-mistake")
	b.axe("details.mistake[open]", "a mistake that has run")
	b.do(phone)
	b.lookAt("details.mistake[open]", "lab-mistake-phone")
	assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 360, "it fits a phone")
}
