package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachPageIsItsOwn(t *testing.T) {
	base, _ := published(t)
	b := open(t, base)
	for _, path := range aFewPages { // what a page complains of, or asks another host for, fails the test
		b.visit(path)
		assert.NotEmpty(t, eval[string](b, `document.querySelector("h1").textContent`), path)
	}
}

func TestTheSearchFindsASection(t *testing.T) {
	base, _ := published(t)
	b := open(t, base)
	b.visit("part2-queues-locks/02-lock/")
	b.press("/")
	b.waitFor(`document.activeElement.id === "query"`)
	b.press(strings.Split("WithoutCancel", "")...)
	b.waitFor(`document.querySelectorAll("#results mark").length > 0`)
	b.press(kb.Enter)
	b.waitFor(`!location.pathname.includes("02-lock") && document.documentElement.dataset.ready !== undefined`)
	assert.Contains(t, eval[string](b, `document.body.textContent`), "WithoutCancel")
}

// The index is written by Go in the form of MiniSearch's own: what the library
// makes of the same entries must be the same.
func TestTheSearchIndexIsWhatMiniSearchWouldMake(t *testing.T) {
	b := open(t, beside(t))
	b.visit("")
	differs := eval[string](b, `(async () => {
		const { MiniSearch } = await import("/web/vendor/minisearch.js");
		const text = await (await fetch("/search.json")).text();
		const ours = JSON.parse(text);
		const library = new MiniSearch({ fields: ["title", "text"], storeFields: ["path", "title", "text"] });
		library.addAll(Object.entries(ours.storedFields).map(([id, e]) => ({ id: Number(id), ...e })).sort((a, b) => a.id - b.id));
		const theirs = JSON.parse(JSON.stringify(library));
		const near = (a, b) => Math.abs(a - b) < 1e-6;
		for (const i of [0, 1]) if (!near(ours.averageFieldLength[i], theirs.averageFieldLength[i])) return "averageFieldLength";
		delete ours.averageFieldLength; delete theirs.averageFieldLength;
		const sorted = (v) => Array.isArray(v) ? v.map(sorted) : v && typeof v === "object" ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v;
		for (const index of [ours, theirs]) index.index.sort((a, b) => (a[0] < b[0] ? -1 : 1));
		for (const key of Object.keys(theirs)) if (JSON.stringify(sorted(ours[key])) !== JSON.stringify(sorted(theirs[key]))) {
			if (key !== "index") return key;
			const i = ours.index.findIndex((e, i) => JSON.stringify(sorted(e)) !== JSON.stringify(sorted(theirs.index[i])));
			return "index: " + JSON.stringify(ours.index[i]) + " " + JSON.stringify(theirs.index[i]);
		}
		return "";
	})()`)
	assert.Empty(t, differs)
}

func TestAMomentHasAnAddress(t *testing.T) {
	b := open(t, beside(t))
	b.visit("part1-tasks/01-create-task/#t=5.0s")
	assert.Equal(t, "5.0s", eval[string](b, `document.querySelector(".time").textContent`))
	assert.Contains(t, eval[string](b, `document.querySelector(".lines [aria-current]").textContent`), "cancels both")
	b.waitFor(`(() => { const box = document.querySelector(".player").getBoundingClientRect(); return box.top < innerHeight / 2 && box.bottom > 0; })()`)
	b.do(script(`document.querySelector("[data-do=forward]").click()`)) // the page may still be scrolling
	const hash = "#t=5.0s&n=1"
	b.waitFor(`location.hash === "` + hash + `"`)
	said := eval[string](b, `document.querySelector(".lines [aria-current]").textContent`)
	b.visit("part1-tasks/01-create-task/" + hash)
	assert.Equal(t, said, eval[string](b, `document.querySelector(".lines [aria-current]").textContent`))
}

func TestThePlayerIsPlayedByKeys(t *testing.T) {
	b := open(t, beside(t))
	b.visit("part1-tasks/01-create-task/#t=0.0s")
	at := func() string { return eval[string](b, `document.querySelector(".scrubber").value`) }
	b.do(chromedp.Focus(chromedp.CSS(".lanes")))
	b.press(kb.ArrowRight, kb.ArrowRight)
	assert.Equal(t, "2", at())
	b.press(kb.ArrowLeft)
	assert.Equal(t, "1", at())
	b.press(kb.End)
	assert.Equal(t, eval[string](b, `document.querySelector(".scrubber").max`), at())
	last := eval[string](b, `document.querySelector(".lines [aria-current] .text").textContent`)
	assert.Contains(t, eval[string](b, `document.querySelector(".live").textContent`), last, "a screen reader hears the line")
	b.press(kb.Home, "4", " ")
	b.waitFor(`document.querySelector(".player.playing") !== null`)
	assert.Equal(t, "4", eval[string](b, `document.querySelector(".speed select").value`))
	b.waitFor(`Number(document.querySelector(".scrubber").value) > 3`)
	b.press(" ")
	b.waitFor(`document.querySelector(".player.playing") === null`)
}

func TestAnotherOrderMovesOnlyLinesOfAnInstant(t *testing.T) {
	b := open(t, beside(t))
	b.visit("part1-tasks/01-create-task/")
	first := eval[[]string](b, `[...document.querySelectorAll(".lines li:not(.python)")].map((li) => li.querySelector(".at").textContent + li.querySelector(".text").textContent)`)
	b.press("o") // of the page: the player need not have the focus, but be in view
	b.do(chromedp.Click(chromedp.CSS(`[data-do=order]`)))
	b.waitFor(`document.querySelector(".player.reordered .note:not([hidden])") !== null`)
	other := eval[[]string](b, `[...document.querySelectorAll(".lines li")].map((li) => li.querySelector(".at").textContent + li.querySelector(".text").textContent)`)
	assert.ElementsMatch(t, first, other)
	assert.NotEqual(t, first, other)
	assert.Positive(t, eval[int](b, `document.querySelectorAll(".lines .moved").length`))
}

func TestTheLessonIsPresentedAsSlides(t *testing.T) {
	b := open(t, beside(t))
	b.visit("part1-tasks/01-create-task/?present")
	slide := func() string { return eval[string](b, `document.querySelector(".slide.current").dataset.slide`) }
	assert.Equal(t, "The question", slide())
	assert.Equal(t, 1, eval[int](b, `[...document.querySelectorAll(".slide")].filter((s) => s.offsetHeight > 0).length`))
	b.press(kb.PageDown)
	assert.Equal(t, "Run it", slide())
	b.press(kb.PageDown)
	assert.Equal(t, "1", eval[string](b, `document.querySelector(".scrubber").value`), "the story goes on step by step")
	b.press(kb.ArrowDown)
	assert.Equal(t, "What differs", slide())
	b.press(kb.PageDown)
	assert.Equal(t, "Your turn", slide())
	b.waitFor(`/^\d+:\d\d$/.test(document.querySelector(".countdown").textContent)`)
	b.press(kb.Escape)
	assert.False(t, eval[bool](b, `document.documentElement.classList.contains("presenting")`))
}

func TestTheNotesFollowTheSlides(t *testing.T) {
	base := beside(t)
	room := open(t, base)
	room.visit("part1-tasks/01-create-task/?present")
	instructor := open(t, base)
	instructor.visit("part1-tasks/01-create-task/notes/")
	assert.Contains(t, eval[string](instructor, `document.body.textContent`), "Goal.")
	sees := func(slide string) {
		instructor.waitFor(fmt.Sprintf(`document.querySelector("#following").textContent.includes(%q)`, "The room sees: "+slide))
	}
	sees("The question")
	room.press(kb.PageDown)
	sees("Run it")
}

func TestTheCatalogueIsFiltered(t *testing.T) {
	b := open(t, beside(t))
	b.visit("mistakes/#kind=leak")
	shown := eval[[]string](b, `[...document.querySelectorAll(".mistake:not([hidden])")].map((m) => m.dataset.kind)`)
	assert.NotEmpty(t, shown)
	for _, kind := range shown {
		assert.Equal(t, "leak", kind)
	}
	b.visit("mistakes/")
	b.do(chromedp.SendKeys(chromedp.CSS("#filter"), "drift"))
	b.waitFor(`document.querySelectorAll(".mistake:not([hidden])").length < 10`)
	assert.Contains(t, eval[string](b, `document.querySelector(".mistake:not([hidden])").textContent`), "drift")
}

func TestATickStaysAndLeadsOn(t *testing.T) {
	base, _ := published(t)
	b := open(t, base)
	b.visit("part1-tasks/01-create-task/")
	assert.True(t, eval[bool](b, `document.querySelector(".after").hidden`), "the wrong answers come after the exercise")
	b.do(chromedp.Click(chromedp.CSS(".done input")))
	b.waitFor(`!document.querySelector(".after").hidden`)
	b.visit("")
	b.waitFor(`document.querySelector("li.right") !== null`)
	assert.Contains(t, eval[string](b, `document.querySelector("a.continue").textContent`), "1.2")
}

func TestThePagesFitAPhone(t *testing.T) {
	b := open(t, beside(t), phone)
	for _, path := range aFewPages {
		b.visit(path)
		assert.LessOrEqual(t, eval[int](b, `document.documentElement.scrollWidth`), 360, "%s is wider than the screen", path)
	}
}

// media is what the page is shown on, and what the reader prefers.
func media(kind string, pairs ...string) action {
	params := emulation.SetEmulatedMediaParams{Media: kind}
	for pair := range slices.Chunk(pairs, 2) {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: pair[0], Value: pair[1]})
	}
	return command(emulation.SetEmulatedMedia, params)
}

func TestDarkPrintAndLittleMovement(t *testing.T) {
	const paper = `getComputedStyle(document.documentElement).backgroundColor`
	b := open(t, beside(t), media("", "prefers-color-scheme", "dark"))
	b.visit("")
	dark := eval[string](b, paper)
	b.press("t")
	light := eval[string](b, paper)
	assert.NotEqual(t, dark, light, "the reader chooses the other one")
	b.visit("docs/design/")
	assert.Equal(t, light, eval[string](b, paper), "and it stays")
	b.do(script(`localStorage.clear()`))

	b.do(media("", "prefers-reduced-motion", "reduce"))
	b.visit("")
	b.do(chromedp.ScrollIntoView(chromedp.CSS(".player")), chromedp.Sleep(500*time.Millisecond))
	assert.Equal(t, "0", eval[string](b, `document.querySelector(".scrubber").value`), "nothing moves by itself")

	b.do(media("print"))
	b.visit("part1-tasks/01-create-task/")
	b.do(chromedp.WaitReady(chromedp.CSS(".player")))
	assert.Equal(t, 0, eval[int](b, `document.querySelector(".player").offsetHeight`))
	assert.Positive(t, eval[int](b, `document.querySelector(".still img").offsetHeight`), "the picture is on paper")
}

func TestTheSiteIsReadOffline(t *testing.T) {
	base, stop := published(t)
	b := open(t, base)
	b.visit("")
	b.waitFor(`navigator.serviceWorker.controller !== null`)
	stop()
	b.visit("part3-errors/07-supervisor/")
	assert.Positive(t, eval[int](b, `document.querySelectorAll(".player.ready .lines li").length`))
}

// The page that is open comes from the kept copy. Once the new version is kept, the page says so.
func TestANewVersionOfTheSiteIsOffered(t *testing.T) {
	files := theSite(t)
	dir := t.TempDir()
	lay(t, dir, files)
	base, _ := serveFolder(t, dir)
	b := open(t, base)
	b.visit("")
	b.waitFor(`navigator.serviceWorker.controller !== null`)

	next := maps.Clone(files)
	next["index.html"] = bytes.ReplaceAll(files["index.html"], []byte("Begin with the first lesson"), []byte("Begin anew"))
	require.NoError(t, list(next))
	lay(t, dir, next)
	b.visit("docs/primer/")
	b.waitFor(`document.querySelector(".newer") !== null`)
	assert.Contains(t, b.text(".newer"), "newer version")
	b.do(script(`document.querySelector(".newer button").click()`))
	b.waitFor(isReady + ` && document.querySelector(".newer") === null`)
	b.visit("")
	assert.Contains(t, b.text(".start"), "Begin anew")
}

func TestAxeFindsNothingSerious(t *testing.T) {
	t.Parallel()
	if _, err := axeCore(); err != nil {
		skipWithout(t, "axe-core is not installed: `npm ci` in workshop/book/web brings it (%v)", err)
	}
	b := open(t, beside(t))
	for _, scheme := range []string{"light", "dark"} {
		b.do(media("", "prefers-color-scheme", scheme, "prefers-reduced-motion", "reduce"))
		for _, path := range []string{"", "part1-tasks/01-create-task/#t=5.0s", "docs/asyncio-to-go/", "mistakes/", "part1-tasks/01-create-task/notes/", "part1-tasks/01-create-task/main.go.html"} {
			b.visit(path)
			b.axe("html", path+", "+scheme)
		}
	}
}

func TestEachLinkOfTheSiteLeadsSomewhere(t *testing.T) {
	files := theSite(t)
	href := regexp.MustCompile(`(?:href|src|data-story)="([^"]*)"`)
	ids := regexp.MustCompile(` id="([^"]+)"`)
	anchors := make(map[string]map[string]bool)
	for name, content := range files {
		anchors[name] = make(map[string]bool)
		for _, m := range ids.FindAllSubmatch(content, -1) {
			anchors[name][string(m[1])] = true
		}
	}
	for name, content := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range href.FindAllSubmatch(content, -1) {
			target, fragment, _ := strings.Cut(string(m[1]), "#")
			if strings.Contains(target, ":") {
				continue
			}
			to := name
			if target != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(name), target))
				if strings.HasSuffix(target, "/") {
					to = strings.TrimPrefix(to+"/index.html", "./")
				}
			}
			if _, there := files[to]; !there {
				assert.Fail(t, "a link leads nowhere", "%s links to %s", name, m[1])
				continue
			}
			if fragment != "" && !strings.Contains(fragment, "=") {
				assert.True(t, anchors[to][fragment], "%s links to %s, which has no %s", name, to, fragment)
			}
		}
	}
}

// The figures of docs/design.md: go test ./workshop/book -run FiguresOfTheBook -long -v.
func TestTheFiguresOfTheBook(t *testing.T) {
	if !*long {
		t.Skip("-long measures how soon a page is there, and how fast the player draws")
	}
	s := must(newSite(theRoot(t), true))
	longest, most := "", 0
	for _, l := range s.lessons {
		transcript, _ := s.read(l.Dir + "/transcript.txt") // a further exercise has none
		if n := bytes.Count(transcript, []byte("\n")); n > most {
			longest, most = l.Dir+"/", n
		}
	}
	b := open(t, beside(t), early(`new MutationObserver((_, observer) => {
		if (document.documentElement.dataset.ready === undefined || document.querySelector(".player:not(.ready)")) return;
		window.readyAt = performance.now();
		observer.disconnect();
	}).observe(document, { attributes: true, subtree: true })`))
	for _, page := range []string{"", longest, "docs/workshop/"} {
		b.visit(page)
		b.waitFor(`window.readyAt !== undefined`)
		readable := eval[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
		ready := eval[float64](b, `window.readyAt`)
		assert.Less(t, readable, 1000., "ms until %q is readable", page)
		assert.Less(t, ready, 2000., "ms until the player of %q is ready", page)
		t.Logf("/%s: readable after %.0f ms, its scripts are ready after %.0f ms", page, readable, ready)
	}

	b.visit(longest)
	step := eval[float64](b, `(() => {
		const forward = document.querySelector("[data-do=forward]");
		const from = performance.now();
		let steps = 0;
		for (; forward.getAttribute("aria-disabled") !== "true"; steps++) { forward.click(); document.body.offsetHeight; }
		return (performance.now() - from) / steps;
	})()`)
	frames := eval[float64](b, `(async () => {
		for (const what of ["first", "play"]) document.querySelector("[data-do=" + what + "]").click();
		const from = performance.now();
		let drawn = 0;
		for (; performance.now() - from < 3000; drawn++) await new Promise(requestAnimationFrame);
		return drawn / (performance.now() - from) * 1000;
	})()`)
	assert.Less(t, step, 1000./60, "ms for a step, with its layout")
	assert.Greater(t, frames, 55., "frames a second while it plays")
	t.Logf("/%s, %d lines: a step takes %.1f ms, and while it plays the browser draws %.1f frames a second", longest, most, step, frames)
}

func TestThePagesAreSmall(t *testing.T) {
	files := theSite(t)
	size := 0
	for name, content := range files {
		if strings.HasPrefix(name, "python/") {
			continue // asked for only when a program is run
		}
		size += len(content)
		if strings.HasSuffix(name, ".html") {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, err := w.Write(content)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			assert.Less(t, b.Len(), 300_000, name)
		}
	}
	assert.Less(t, size, 15_000_000, "the whole site, without CPython")
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	for _, c := range []struct {
		method, host, path string
		status             int
	}{
		{"GET", "127.0.0.1:8080", "/", 200},
		{"GET", "localhost:8080", "/", 200},
		{"GET", "[::1]:8080", "/", 200},
		{"HEAD", "127.0.0.1:8080", "/", 200},
		{"GET", "evil.example:8080", "/", 421},
		{"GET", "127.0.0.1.evil.example:8080", "/", 421},
		{"GET", "127.0.0.1:8081", "/", 421},
		{"GET", "127.0.0.1", "/", 421},
		{"POST", "127.0.0.1:8080", "/", 405},
		{"GET", "127.0.0.1:8080", "/.git/config.html", 404},
		{"GET", "127.0.0.1:8080", "/.workshop/progress.json.html", 404},
		{"GET", "127.0.0.1:8080", "/../../etc/passwd.html", 404},
		{"GET", "127.0.0.1:8080", "/part1-tasks/nothing/", 404},
		{"GET", "127.0.0.1:8080", "/part1-tasks/01-create-task", 301},
		{"GET", "127.0.0.1:8080", "/part1-tasks/01-create-task/index.html", 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "http://"+c.host+"/", nil)
		r.URL.Path = c.path
		w := httptest.NewRecorder()
		handler{site: s, port: 8080}.ServeHTTP(w, r)
		assert.Equal(t, c.status, w.Code, "%s %s%s", c.method, c.host, c.path)
		if c.status == http.StatusOK {
			assert.Contains(t, w.Header().Get("Content-Security-Policy"), "script-src 'self';")
		}
	}
}

func TestWrongUseIsSaidInOneLine(t *testing.T) {
	full := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(full, "precious"), nil, 0o644))
	for _, args := range [][]string{{"-nonsense"}, {"extra"}, {"-addr", "0.0.0.0:0"}, {"-addr", ":8080"}, {"-addr", "nonsense"}, {"-o", full}} {
		var out, errs bytes.Buffer
		assert.Equal(t, 2, run(t.Context(), args, &out, &errs), args)
		assert.Equal(t, 1, strings.Count(errs.String(), "\n"), errs.String())
		assert.Empty(t, out.String())
	}
}

func TestEachWrongAnswerOfAnExerciseIsAnEntryOfTheCatalogue(t *testing.T) {
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	all, err := s.gallery()
	require.NoError(t, err)
	files := 0
	for _, folder := range []string{"part*/*", "part*/*/*"} { // a lesson's exercise, and its further ones
		found, err := filepath.Glob(filepath.Join(theRoot(t), folder, "exercise", "_wrong", "*.go"))
		require.NoError(t, err)
		files += len(found)
	}
	assert.Len(t, all, files)
	for _, m := range all {
		assert.NotEmpty(t, m.Wrong, m.File)
		assert.NotEmpty(t, m.Says, m.File)
		assert.Positive(t, m.Changed, "%s is the solution", m.File)
	}
}

// The author of a site may have done the exercises.
func TestAWrittenSiteHasNoAnswerOfItsAuthor(t *testing.T) {
	clone := aClone(t)
	s, err := newSite(clone, false)
	require.NoError(t, err)
	for _, dir := range []string{"part1-tasks/01-create-task", "part1-tasks/02-cancel/hold"} {
		l := s.lesson(dir)
		require.NotNil(t, l)
		require.NoError(t, os.WriteFile(l.Answer(), []byte("package mine\n"), 0o600))
		p, err := s.page(l.Exercise() + ".html")
		require.NoError(t, err)
		assert.NotContains(t, string(p.Body), "mine")
	}
}

// A reader without a mouse gets to everything: this one skips to the page, lists
// the keys, goes on, and searches.
func TestThePagesAreReadByKeysAlone(t *testing.T) {
	b := open(t, beside(t))
	b.visit("part1-tasks/01-create-task/")
	b.press(kb.Tab)
	assert.Equal(t, "Skip to the page", eval[string](b, `document.activeElement.textContent`))
	b.press(kb.Enter)
	b.waitFor(`document.activeElement.id === "main"`)
	b.press("?")
	b.waitFor(`document.querySelector("#keys[open]") !== null`)
	b.press(kb.Escape)
	b.waitFor(`document.querySelector("#keys[open]") === null`)
	for range 40 { // every control on the way to the player can be reached, and leads on
		b.press(kb.Tab)
		if eval[bool](b, `document.activeElement.closest(".player") !== null`) {
			break
		}
	}
	assert.Equal(t, "first", eval[string](b, `document.activeElement.dataset.do ?? document.activeElement.outerHTML`))
	b.press("n")
	b.waitFor(`location.pathname.includes("02-cancel") && document.documentElement.dataset.ready !== undefined`)
	b.press("b")
	b.waitFor(`location.pathname.includes("01-create-task")`)
}
