package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

// patience is for a machine that has other things to do as well.
const patience = 60 * time.Second

// skipWithout skips a test that needs something the machine does not have; with
// REQUIRE_ALL=1 it fails.
func skipWithout(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("REQUIRE_ALL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// strangeHost is a name of this machine that a browser does not trust as it trusts localhost.
const strangeHost = "book.test"

// theBrowser is one for all tests; its end is that of the test binary.
var theBrowser = sync.OnceValues(func() (context.Context, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(patience), chromedp.Flag("host-resolver-rules", "MAP "+strangeHost+" 127.0.0.1"))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		browser, cancel := chromedp.NewContext(allocator)
		endOfBrowser = func() { cancel(); stop() }
		return browser, chromedp.Do(browser)
	}
	return nil, exec.ErrNotFound
})

var endOfBrowser = func() {}

func TestMain(m *testing.M) {
	status := m.Run()
	endOfBrowser()
	os.Exit(status)
}

// needsBrowser skips a test where there is no browser.
func needsBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: it needs a browser")
	}
	browser, err := theBrowser()
	if err != nil {
		skipWithout(t, "chromium is not installed: the pages were not tried in a browser (%v)", err)
	}
	return browser
}

// A tab is a page of the browser that fails its test when the page complains of
// anything, or asks another host for something.
type tab struct {
	*testing.T
	ctx  context.Context //nolint:containedctx // chromedp keeps a tab in a context
	base string
}

func open(t *testing.T, base string, actions ...action) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(needsBrowser(t))
	t.Cleanup(cancel)
	address, err := url.Parse(base)
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(ctx))
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			assert.Fail(t, "a script failed", "%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				assert.Fail(t, "the console has something", "%s", e.Args[0].Value)
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				assert.Fail(t, "the console has something", "%s %s", e.Entry.Text, e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			to, err := url.Parse(e.Request.URL)
			if err != nil || to.Host != address.Host && to.Scheme != "data" && to.Scheme != "blob" {
				assert.Fail(t, "the page asks another host", e.Request.URL)
			}
		}
	}))
	one := tab{t, ctx, base}
	one.do(command(network.Enable, network.EnableParams{}), command(log.Enable, cdp.Empty{}), chromedp.EmulateViewport(1280, 900))
	one.do(actions...)
	return one
}

// An action is something to do in a tab.
type action = chromedp.Action[chromedp.Void]

// command is an action of the browser's own protocol.
func command[P, R any](c cdp.Command[P, R], params P) action {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}

// early runs a script in each page before the page's own.
func early(source string) action {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, browserpage.Enable, browserpage.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, browserpage.AddScriptToEvaluateOnNewDocument, browserpage.AddScriptToEvaluateOnNewDocumentParams{Source: source})
		return chromedp.Void{}, err
	}
}

func (b tab) do(actions ...action) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	require.NoError(b, chromedp.Do(ctx, actions...))
}

// visit loads a page and waits until its scripts have done their part.
func (b tab) visit(path string) {
	b.Helper()
	path, fragment, _ := strings.Cut(path, "#")
	if fragment != "" {
		path += "?again#" + fragment // the page that is there already would not be loaded anew
	}
	b.do(chromedp.Navigate(b.base + path))
	b.waitFor(isReady)
}

// isReady is what holds in a page once its scripts have done their part.
const isReady = `document.documentElement.dataset.ready !== undefined`

// waitFor looks until an expression of the page holds, also while the page changes for another.
func (b tab) waitFor(expression string) {
	b.Helper()
	b.wait(expression, patience)
}

// waitLong is for the engine, whose compiler a busy browser compiles for minutes.
func (b tab) waitLong(expression string) {
	b.Helper()
	b.wait(expression, 5*patience)
}

func (b tab) wait(expression string, limit time.Duration) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && holds {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			require.NoError(b, ctx.Err(), "waited for %s: %v", expression, err)
		}
	}
}

// eval is what an expression of the page gives.
func eval[T any](b tab, expression string) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b, err)
	return value
}

// script runs in the page.
func script(text string, args ...any) action {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(text, args...))
}

// press types keys, wherever the focus is.
func (b tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

func theRoot(t *testing.T) string {
	t.Helper()
	root, err := course.Root(".")
	require.NoError(t, err)
	return root
}

// beside serves the workshop as the command does beside a clone.
func beside(t *testing.T) string {
	t.Helper()
	return besideClone(t, theRoot(t))
}

// toWrite is this workshop's site before it is written.
func toWrite() (*site, error) {
	root, err := course.Root(".")
	if err != nil {
		return nil, err
	}
	return newSite(root, false)
}

// written is the static site, made once for all tests.
var written = sync.OnceValues(func() (map[string][]byte, error) {
	s, err := toWrite()
	if err != nil {
		return nil, err
	}
	return s.all()
})

// theSite is what [written] makes. With -short a test that needs it is skipped: under the race
// detector it takes a minute and a half to make, on one goroutine.
func theSite(t *testing.T) map[string][]byte {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: it needs the whole site")
	}
	files, err := written()
	require.NoError(t, err)
	return files
}

// published serves the static site from a sub-path, as a plain file server would.
func published(t *testing.T) (base string, stop func()) {
	t.Helper()
	return publish(t, theSite(t))
}

func publish(t *testing.T, files map[string][]byte) (base string, stop func()) {
	t.Helper()
	dir := t.TempDir()
	lay(t, dir, files)
	return serveFolder(t, dir)
}

func lay(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, content, 0o644))
	}
}

func serveFolder(t *testing.T, dir string) (base string, stop func()) {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/some/where/", http.FileServer(http.Dir(dir))))
	t.Cleanup(server.Close)
	return server.URL + "/some/where/", server.Close
}

// text is what an element shows.
func (b tab) text(selector string) string {
	b.Helper()
	return eval[string](b, textOf(selector))
}

func textOf(selector string) string {
	return `[...document.querySelectorAll(` + string(must(json.Marshal(selector))) + `)].map(e => e.textContent).join("\n")`
}

// lookAt keeps a picture of an element where BOOK_LOOK=FOLDER asks for it.
func (b tab) lookAt(selector, name string) {
	b.Helper()
	dir := os.Getenv("BOOK_LOOK")
	if dir == "" {
		return
	}
	b.do(script(`document.querySelector(%q).scrollIntoView({ block: "start", behavior: "instant" })`, selector))
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644))
}

// axeCore is the library that finds what keeps a reader from a page.
func axeCore() ([]byte, error) {
	return os.ReadFile(filepath.Join("web", "node_modules", "axe-core", "axe.min.js"))
}

// axe fails the test if axe-core finds something serious in an element.
func (b tab) axe(selector, what string) {
	b.Helper()
	source, err := axeCore()
	if err != nil && os.Getenv("REQUIRE_ALL") != "1" {
		b.Logf("axe-core is not installed: %s was not looked at", what)
		return
	}
	require.NoError(b, err)
	b.do(script("%s", source))
	assert.Empty(b, eval[[]string](b, fmt.Sprintf(`axe.run(%q).then((r) => r.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map((n) => n.html + " " + (n.any[0]?.message ?? "")).join(" | ")))`, selector)), what)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// phone is a narrow screen.
var phone = chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile)

// aFewPages are one of each kind.
var aFewPages = []string{"", "part1-tasks/", "part1-tasks/01-create-task/", "part2-queues-locks/05-condition/", "part3-errors/08-mayhem-errors/", "part1-tasks/01-create-task/notes/", "docs/asyncio-to-go/", "docs/workshop/", "mistakes/", "licences/", "part1-tasks/01-create-task/main.go.html"}

// A moment is what the player shows at a step.
type moment struct {
	At, Task, Text string
	Go, Python     string            // file:line that speaks
	Places         map[string]string // by task and side
}

// playThrough steps to the end by the button and notes what is shown.
const playThrough = `(() => {
	const player = document.querySelector(".player");
	const shown = [];
	const speaks = (side) => {
		const row = player.querySelector(".pane." + side + " .row.speaks");
		return row ? row.parentElement.dataset.file + ":" + ([...row.parentElement.children].indexOf(row) + 1) : "";
	};
	for (;;) {
		const line = player.querySelector(".lines [aria-current]");
		const places = {};
		for (const side of ["go", "python"]) for (const row of player.querySelectorAll(".pane." + side + " .row")) for (const name of row.querySelectorAll(".tag:not(.says) .name"))
			for (const task of (name.title || name.textContent).split(", ")) places[side + " " + task.trim()] = row.parentElement.dataset.file + ":" + ([...row.parentElement.children].indexOf(row) + 1);
		shown.push({At: line.querySelector(".at").textContent, Task: line.querySelector(".name").textContent, Text: line.querySelector(".text").textContent, Go: speaks("go"), Python: speaks("python"), Places: places});
		const forward = player.querySelector("[data-do=forward]");
		if (forward.getAttribute("aria-disabled") === "true") return JSON.stringify(shown);
		forward.click();
	}
})()`

func TestThePlayerStepsThroughEachTranscript(t *testing.T) {
	b := open(t, beside(t))
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	seen := 0
	for _, part := range s.parts {
		for _, l := range part.Lessons {
			p, err := s.player(&l, l.Dir+"/")
			require.NoError(t, err)
			if p == nil {
				continue
			}
			for _, telling := range p.Tellings {
				b.visit(l.Dir + "/")
				if telling.Name != "" {
					b.do(script(`{ const s = document.querySelector("select.telling"); s.value = %q; s.dispatchEvent(new Event("change")); document.querySelector(".lines").replaceChildren(); }`, telling.File))
					b.waitFor(`document.querySelector(".lines li") !== null`)
				}
				var shown []moment
				require.NoError(t, json.Unmarshal([]byte(eval[string](b, playThrough)), &shown))
				checkMoments(t, l, telling.Name, shown, eval[int](b, `document.querySelectorAll(".lanes .arrow").length`))
				seen++
			}
		}
	}
	assert.GreaterOrEqual(t, seen, 29, "most lessons have a recorded run")
}

// checkMoments compares what the player showed with the trace and the transcript.
func checkMoments(t *testing.T, l course.Lesson, telling string, shown []moment, drawn int) {
	t.Helper()
	suffix := ""
	if telling != "" {
		suffix = "-" + telling
	}
	dir := filepath.Join(l.Root, filepath.FromSlash(l.Dir))
	trace, err := readTrace(filepath.Join(dir, "trace"+suffix+".json"))
	require.NoError(t, err)
	transcript, err := os.ReadFile(filepath.Join(dir, "transcript"+suffix+".txt"))
	require.NoError(t, err)
	var said strings.Builder
	arrows := 0
	nextGo, nextPython := 0, 0
	for _, m := range shown {
		if m.Go != "" {
			e := trace.Go.Events[nextGo]
			nextGo++
			fmt.Fprintln(&said, e.Line)
			arrows += len(e.To)
			assert.Equal(t, fmt.Sprintf("%s:%d", e.File, e.Source.Line), m.Go, "%s %s: the line that says %q", l.ID(), telling, e.Text)
			for _, place := range e.Places {
				assert.Equal(t, fmt.Sprintf("%s:%d", place.File, place.Line), m.Places["go "+place.Task], "%s %s: where %s is while %s says %q", l.ID(), telling, place.Task, e.Task, e.Text)
			}
		}
		if m.Python != "" {
			e := trace.Python.Events[nextPython]
			nextPython++
			assert.Equal(t, fmt.Sprintf("%s:%d", e.File, e.Source.Line), m.Python, "%s %s: the line of asyncio that says %q", l.ID(), telling, e.Text)
		}
	}
	assert.Equal(t, arrows, drawn, "%s %s: an arrow for each task that a line acts on", l.ID(), telling)
	assert.Equal(t, string(transcript), said.String(), "%s %s: the player does not tell the transcript", l.ID(), telling)
	if trace.Python != nil {
		assert.Len(t, trace.Python.Events, nextPython, "%s %s: the player leaves out lines of asyncio", l.ID(), telling)
	}
}
