package screen_test

import (
	"flag"
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/screen"
)

// TestThePictureOfTheScreenIsUpToDate draws docs/screen.svg: what the screen shows of a
// lesson that is not begun, when an answer that leaks was saved, and when it is right.
func TestThePictureOfTheScreenIsUpToDate(t *testing.T) {
	t.Parallel()
	if err := course.CanRace(t.Context()); err != nil {
		t.Skipf("what a right answer is told depends on the race detector: %v", err)
	}
	const columns, rows = 98, 30
	root := screen.Workshop(t)
	l := Find(t, root, "1.3")
	term := show(t, columns, rows, root)
	term.typed(t, "nn")
	term.shows(t, "▸ · 1.3", "each save is checked", "write and save (o)")
	frames := []string{term.still(t)}
	answer, says := wrong(t, l, "leaves-the-feeder")
	screen.Replace(t, l.Answer(), answer)
	term.shows(t, "▸ ✗ 1.3", "✗ WRONG", says, "│ feed <- i")
	frames = append(frames, term.still(t))
	screen.Replace(t, l.Answer(), screen.Read(t, l.Solution()))
	term.shows(t, "▸ ✓ 1.3", "✓ RIGHT: all")
	frames = append(frames, term.still(t))
	term.typed(t, "q")
	drawn := picture(frames, columns, rows)
	file := filepath.Join("..", "..", "docs", "screen.svg")
	if flag.Lookup("update").Value.String() == "true" {
		screen.Write(t, file, drawn)
	}
	if drawn != screen.Read(t, file) { // not by testify, which would print both
		t.Error("docs/screen.svg is stale: `go test ./workshop/screen -update` draws it anew")
	}
}

// The colours of the picture: the sixteen of a dark terminal.
var palette = []string{
	"#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4",
	"#8b949e", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#f0f6fc",
}

const (
	paper = "#0d1117"
	ink   = "#d1d7e0"
)

func colour(c vt10x.Color, otherwise string) string {
	if int(c) < len(palette) {
		return palette[c]
	}
	return otherwise
}

var (
	dimmed = regexp.MustCompile(`\x1b\[((?:[0-9;]*;)?)2((?:;[0-9;]*)?)m`)
	normal = regexp.MustCompile(`\x1b\[((?:[0-9;]*;)?)22((?:;[0-9;]*)?)m`)
)

// The measures of the picture, in pixels.
const width, height, edge = 8.4, 18, 12

// picture is a screen as SVG, after what the program wrote up to each of a few
// moments. Where the reader's system asks for no motion, it is the second one.
func picture(moments []string, columns, rows int) string {
	const seconds = 5 // of each moment
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" role="img" aria-label="The workshop on a terminal: `+
		`the lessons on the left; on the right first what to do, then an answer that was just saved, what its tests say to it and the learner's own line, then that it is right.">`+"\n",
		float64(columns)*width+2*edge, rows*height+2*edge)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper)
	fmt.Fprintf(&b, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`+"\n")
	b.WriteString("<style>text { white-space: pre } .m0, .m2 { visibility: hidden }\n@media (prefers-reduced-motion: no-preference) {\n") // xml:space is not enough for Chromium
	for i := range moments {
		before := "0% { visibility: hidden } "
		if i == 0 {
			before = ""
		}
		fmt.Fprintf(&b, ".m%d { animation: show%d %ds step-end infinite }\n@keyframes show%d { %s%d%% { visibility: visible } %d%% { visibility: hidden } }\n",
			i, i, seconds*len(moments), i, before, 100*i/len(moments), 100*(i+1)/len(moments))
	}
	b.WriteString("}</style>\n")
	for i, written := range moments {
		fmt.Fprintf(&b, `<g class="m%d">`+"\n", i)
		drawScreen(&b, written, columns, rows)
		b.WriteString("</g>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// drawScreen draws what a terminal shows. The emulator knows no faint letters,
// so that they are grey.
func drawScreen(b *strings.Builder, written string, columns, rows int) {
	written = normal.ReplaceAllString(private.ReplaceAllString(written, ""), "\x1b[39;${1}22${2}m")
	written = dimmed.ReplaceAllString(written, "\x1b[${1}90${2}m")
	emulator := vt10x.New(vt10x.WithSize(columns, rows))
	_, _ = emulator.Write([]byte(written)) // it takes everything
	for y := range rows {
		for x := 0; x < columns; {
			first, text := emulator.Cell(x, y), ""
			from := x
			for ; x < columns; x++ {
				c := emulator.Cell(x, y)
				if c.FG != first.FG || c.BG != first.BG || c.Mode != first.Mode {
					break
				}
				text += string(max(c.Char, ' '))
			}
			at := float64(edge) + float64(from)*width
			background, foreground := first.BG, colour(first.FG, ink)
			if background == vt10x.DefaultFG { // reversed
				foreground = paper
				fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", at, edge+y*height, float64(x-from)*width, height, ink)
			}
			trimmed := strings.TrimRight(text, " ")
			if trimmed == "" {
				continue
			}
			weight := ""
			if first.Mode&4 != 0 {
				weight = ` font-weight="bold"`
			}
			fmt.Fprintf(b, `<text x="%.1f" y="%d" fill="%s"%s textLength="%.1f">%s</text>`+"\n",
				at, edge+y*height+14, foreground, weight, float64(len([]rune(trimmed)))*width, html.EscapeString(trimmed))
		}
	}
}
