package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// docs/player.svg, which README.md shows, is drawn from the run of the first lesson.
func TestThePictureOfThePlayerIsFresh(t *testing.T) {
	s, err := newSite(theRoot(t), true)
	require.NoError(t, err)
	now, err := s.picture("part1-tasks/01-create-task")
	require.NoError(t, err)
	file := filepath.Join(theRoot(t), "docs", "player.svg")
	if flag.Lookup("update").Value.String() == "true" { // of package lesson
		require.NoError(t, os.WriteFile(file, []byte(now), 0o644))
	}
	was, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(was), now, "docs/player.svg is stale: go test ./workshop/book -run Picture -update")
}

const (
	pictureStyle = `text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1c2530; white-space: pre; }
.card { fill: #ffffff; stroke: #d5dbe1; } .head { font-weight: 600; } .n { fill: #57626e; } .says { font-weight: 600; }
.key { fill: #a0258c; } .str { fill: #1a6b3c; } .num { fill: #9a4b00; } .com { fill: #5c6672; } .fun { fill: #0b5cad; } .bui { fill: #6a45b5; }
.c0 { --lane: #2a6cb0; } .c1 { --lane: #a3407f; } .c2 { --lane: #1d7a52; } .c3 { --lane: #a3561a; } .c4 { --lane: #6453c4; } .c5 { --lane: #0f7884; } .c6 { --lane: #7f6511; } .c7 { --lane: #77594c; }
.bar { fill: var(--lane); } .waits { opacity: 0.3; } .mark { fill: #ffffff; stroke: var(--lane); stroke-width: 2.4; } .dot { fill: var(--lane); } .row { fill: var(--lane); opacity: 0.18; }
.cursor { stroke: #0b5cad; stroke-width: 1.6; }
@media (prefers-color-scheme: dark) {
text { fill: #e2e8ee; } .card { fill: #0f141a; stroke: #2c353f; } .n { fill: #9aa6b2; } .mark { fill: #0f141a; } .cursor { stroke: #79b8ff; }
.key { fill: #e79be0; } .str { fill: #8fd6a4; } .num { fill: #f2b378; } .com { fill: #94a1ad; } .fun { fill: #8ec7ff; } .bui { fill: #c3adf7; }
.c0 { --lane: #5aa9f0; } .c1 { --lane: #e07ab8; } .c2 { --lane: #46c48c; } .c3 { --lane: #f0964a; } .c4 { --lane: #a497f5; } .c5 { --lane: #3fc4d4; } .c6 { --lane: #d8b84a; } .c7 { --lane: #c9a493; }
}
`
	pictureRows  = 13
	pictureRow   = 17.0
	picturePane  = 470.0
	pictureShows = 1.3 // seconds for each step
)

// picture is the player as a moving picture: a group for each step, shown one after the other.
func (s *site) picture(dir string) (string, error) {
	content, err := s.story(dir, "")
	if err != nil {
		return "", err
	}
	var story struct{ Runs [][]step }
	if err := json.Unmarshal(content, &story); err != nil {
		return "", err
	}
	steps := story.Runs[0]
	var tasks []string
	for _, st := range steps {
		if task := st.said().Task; !slices.Contains(tasks, task) {
			tasks = append(tasks, task)
		}
	}
	lanesTop := 40 + pictureRows*pictureRow + 16
	height := lanesTop + 26*float64(len(tasks)) + 36
	var b strings.Builder
	out := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	out(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 %g" width="960" height="%g" role="img" aria-labelledby="title">`, height, height)
	out(`<title id="title">The player: main.go and lesson.py side by side, the line that speaks marked in both, the timeline below.</title>`)
	out("<style>\n%s.step { visibility: hidden; animation: show %gs step-end infinite; }", pictureStyle, pictureShows*float64(len(steps)))
	out(`@keyframes show { 0%% { visibility: visible; } %.3f%% { visibility: hidden; } }`, 100/float64(len(steps)))
	for i := range steps {
		out(`#s%d { animation-delay: %gs; }`, i, pictureShows*float64(i))
	}
	out(`@media (prefers-reduced-motion: reduce) { .step { animation: none; } #s%d { visibility: visible; } }`, len(steps)/2)
	out(`</style>`)
	out(`<rect class="card" x="0.5" y="0.5" width="959" height="%g" rx="8"/>`, height-1)
	out(`<text class="head" x="16" y="24">Go  main.go</text><text class="head" x="%g" y="24">asyncio  lesson.py</text>`, picturePane+16)
	x := func(i int) float64 {
		end := float64(steps[len(steps)-1].said().At)
		return 110 + 12*float64(i) + (810-12*float64(len(steps)))*float64(steps[i].said().At)/end
	}
	y := func(task string) float64 { return lanesTop + 26*float64(slices.Index(tasks, task)) + 18 }
	for lane, task := range tasks {
		out(`<g class="c%d"><text class="head" x="16" y="%g">%s</text>`, lane, y(task)+4, task)
		last := -1
		for i, st := range steps {
			if st.said().Task != task {
				continue
			}
			if last >= 0 {
				class := "bar"
				if steps[last].said().Waiting {
					class = "bar waits"
				}
				out(`<rect class="%s" x="%.1f" y="%g" width="%.1f" height="7"/>`, class, x(last), y(task)-3.5, x(i)-x(last))
			}
			last = i
		}
		for i, st := range steps {
			if st.said().Task == task {
				out(`<circle class="mark" cx="%.1f" cy="%g" r="4.5"/>`, x(i), y(task))
			}
		}
		out(`</g>`)
	}
	files := map[string][]string{}
	for _, name := range []string{"main.go", "lesson.py"} {
		text, err := s.read(dir + "/" + name)
		if err != nil {
			return "", err
		}
		files[name] = marked(languages[filepath.Ext(name)], string(text))
	}
	var lastGo, lastPython *lesson.Event
	for i, st := range steps {
		e := st.said()
		out(`<g class="step" id="s%d">`, i)
		for _, side := range []struct {
			now  *lesson.Event
			last **lesson.Event
			x    float64
		}{{st.Go, &lastGo, 0}, {st.Python, &lastPython, picturePane}} {
			if side.now != nil {
				*side.last = side.now
			}
			if *side.last != nil {
				drawPane(out, files[(*side.last).File], *side.last, side.now != nil, tasks, side.x)
			}
		}
		lane := slices.Index(tasks, e.Task)
		out(`<g class="c%d"><circle class="dot" cx="%.1f" cy="%g" r="5.5"/></g><line class="cursor" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, lane, x(i), y(e.Task), x(i), x(i), lanesTop, height-30)
		out(`<text class="says" x="110" y="%g">%s</text></g>`, height-12, html.EscapeString(strings.TrimSpace(e.String())))
	}
	out(`</svg>`)
	return b.String(), nil
}

// said is what is said at a step, by Go if it does.
func (s step) said() *lesson.Event {
	if s.Go != nil {
		return s.Go
	}
	return s.Python
}

// drawPane draws the lines round the one that speaks, and where the other tasks are.
func drawPane(out func(string, ...any), lines []string, e *lesson.Event, now bool, tasks []string, left float64) {
	first := min(max(0, e.Source.Line-1-pictureRows/2), max(0, len(lines)-pictureRows))
	const most = 56 // letters
	for n := first; n < min(first+pictureRows, len(lines)); n++ {
		y := 40 + pictureRow*float64(n-first)
		if n == e.Source.Line-1 && now {
			out(`<g class="c%d"><rect class="row" x="%g" y="%g" width="%g" height="%g"/></g>`, slices.Index(tasks, e.Task), left+4, y, picturePane-8, pictureRow)
		}
		for i, p := range e.Places {
			if p.Line == n+1 && p.File == e.File {
				out(`<g class="c%d"><circle class="dot" cx="%g" cy="%g" r="3.5"/></g>`, slices.Index(tasks, p.Task), left+36+float64(i%2)*8, y+pictureRow/2)
			}
		}
		out(`<text x="%g" y="%g"><tspan class="n">%3d</tspan></text><text x="%g" y="%g">%s</text>`, left+8, y+13, n+1, left+52, y+13, tspans(lines[n], most))
	}
}

var theMark = regexp.MustCompile(`<i class=(\w+)>([^<]*)</i>`)

// tspans is a line of marked code for a picture, cut where the pane ends.
func tspans(line string, most int) string {
	line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    ")
	line = theMark.ReplaceAllString(line, `<tspan class="$1">$2</tspan>`)
	var b strings.Builder
	letters, open := 0, false
	for len(line) > 0 && letters < most {
		end := 1
		switch line[0] {
		case '<':
			end = strings.IndexByte(line, '>') + 1
			open = line[1] != '/'
		case '&':
			end = strings.IndexByte(line, ';') + 1
			letters++
		default:
			_, end = utf8.DecodeRuneInString(line)
			letters++
		}
		b.WriteString(line[:end])
		line = line[end:]
	}
	if open {
		b.WriteString("</tspan>")
	}
	return b.String()
}
