package lesson

import (
	"cmp"
	"fmt"
	"html"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"
)

// Sizes of the picture, in its own units: a CSS pixel where it is shown in full width.
const (
	glyph     = 6.6 // a character of the labels; textLength holds every font to it
	nameGlyph = 7.8 // a character of the lanes' names
	labelRow  = 15
	laneGap   = 14
	barHeight = 10
	edge      = 18
	titleRoom = 40
	axisRoom  = 58
	minPlot   = 440.0
	width     = 900.0
	longLabel = 46 // characters; the rest is in the tooltip
	mostRows  = 4  // of labels above a bar; where there are more, some stand below it
	signRoom  = 12 // of a small mark before a label
)

// palette holds a colour for each lane, legible on white and on black alike.
var palette = []string{"#3b82c4", "#b0568f", "#2f9e6e", "#c2702a", "#7b6fd0", "#1f9aa8", "#a8892b", "#8a7060"}

// Timeline is a picture of the transcript, in SVG: a lane for each task in
// order of appearance, time across, a bar from a task's first line to its
// last, hatched where it waits, and a mark with its words for each line, round
// for what happens, a diamond for a cancellation, a cross for a failure. Of the
// lines of one instant the gravest has the mark, and the others have small ones
// before their words. What the story tells as a table is a table, below. The
// picture brings its own background, dark where the reader's is, and tells its
// story in its description.
func (t Transcript) Timeline(title string) string {
	p := plot{said: t}
	p.lines, p.table = t.table()
	p.tasks = p.lines.tasks()
	p.layOut()
	return p.draw(title)
}

type plot struct {
	said  Transcript
	lines Transcript // those that have a place on a lane
	table *table     // made of the others; nil if there are none
	tasks []string

	left, scale  float64 // x of time 0, and units a second
	end          float64 // the last instant, in seconds
	width        float64
	height       float64
	lanes        []lane
	axisY, tickS float64
	tableY       float64
}

type lane struct {
	task   string
	bar    float64 // y of the bar's middle
	labels []label
}

type label struct {
	Line
	text  string
	sign  bool    // has a small mark before it: the one on the bar is another line's
	mark  float64 // x of its mark
	start float64 // x of its first character
	below bool    // the bar
	row   int     // rows from the bar, 0 is the nearest
}

// width is how far the label reaches from its mark.
func (l label) width() float64 {
	w := 3 + glyph*float64(len([]rune(l.text)))
	if l.sign {
		w += signRoom
	}
	return w
}

// stop is where another label may begin.
func (l label) stop() float64 { return l.mark + l.width() + glyph }

// laneLabels are the tasks with their labels, which have no place yet.
func (p *plot) laneLabels() []lane {
	lanes := make([]lane, len(p.tasks))
	for i, task := range p.tasks {
		lanes[i].task = task
		for _, l := range p.lines {
			if l.Task == task {
				lanes[i].labels = append(lanes[i].labels, label{Line: l, text: cut(strings.ReplaceAll(l.Text, `\n`, " / "))})
			}
		}
		labels := lanes[i].labels
		for j := range labels {
			for _, other := range labels {
				if other.At == labels[j].At && other.Level != labels[j].Level && labels[j].Level >= slog.LevelWarn {
					labels[j].sign = true
				}
			}
		}
	}
	return lanes
}

// layOut finds a place for everything: the scale first, then rows for the
// labels, from which the height of each lane follows.
func (p *plot) layOut() {
	longest := 0
	for _, task := range p.tasks {
		longest = max(longest, len([]rune(task)))
	}
	p.left = edge + float64(longest)*nameGlyph + 22
	for _, l := range p.lines {
		p.end = max(p.end, l.At.Seconds())
	}
	p.lanes = p.laneLabels()
	// As wide as the page allows while each label ends on it.
	p.scale = (width - p.left - edge) / max(p.end, 0.1)
	for _, ln := range p.lanes {
		for _, l := range ln.labels {
			if at := l.At.Seconds(); at > 0 {
				p.scale = min(p.scale, (width-p.left-edge-l.width())/at)
			}
		}
	}
	p.scale = max(p.scale, minPlot/max(p.end, 0.1))
	p.width = width
	y := float64(titleRoom)
	for i := range p.lanes {
		ln := &p.lanes[i]
		for j := range ln.labels {
			l := &ln.labels[j]
			l.mark = p.x(l.At)
			l.start = l.mark + 3
			if l.sign {
				l.start += signRoom
			}
			p.width = max(p.width, l.mark+l.width()+edge)
		}
		above, below := stack(ln.labels)
		ln.bar = y + float64(above*labelRow) + barHeight
		y = ln.bar + barHeight/2 + float64(below*labelRow) + laneGap
	}
	p.axisY = y
	p.tableY = y + axisRoom - 4
	p.height = y + axisRoom
	if p.table != nil {
		p.height += p.table.height()
		p.width = max(p.width, edge+p.table.width()+edge)
	}
	p.tickS = p.tick()
}

// stack gives each label of a lane a row so that none covers another nor the
// line that leads from another to its mark, and returns the number of rows
// above the bar and below it. From right to left: a label lies further out than
// all that begin below it. Where that makes more than mostRows, each instant's
// labels stand on the side that needs fewer.
func stack(labels []label) (above, below int) {
	if above = arrange(labels, false); above <= mostRows {
		return above, 0
	}
	return arrange(labels, true), 1 + lowest(labels)
}

// arrange gives each label its row, on one side of the bar or on both, and returns
// the number of rows above it.
func arrange(labels []label, both bool) (above int) {
	for end := len(labels); end > 0; {
		begin := end - 1
		for begin > 0 && labels[begin-1].At == labels[begin].At {
			begin--
		}
		group, right := labels[begin:end], labels[end:]
		rows := settle(group, right, false)
		if both && settle(group, right, true) >= rows {
			settle(group, right, false)
		}
		for _, l := range group {
			if !l.below {
				above = max(above, l.row+1)
			}
		}
		end = begin
	}
	return above
}

// settle stacks the labels of one instant on a side, the first one on top, and
// returns the number of rows that it takes. Those at the right have their places.
func settle(group, right []label, below bool) (rows int) {
	row := 0
	for k := range group {
		l := &group[k]
		if !below { // the last one is the nearest to the bar
			l = &group[len(group)-1-k]
		}
		l.below = below
		for _, other := range right {
			if other.below == below && other.mark < l.stop() {
				row = max(row, other.row+1)
			}
		}
		l.row = row
		row++
	}
	return row
}

// lowest is the last row below the bar; -1 if there is none.
func lowest(labels []label) int {
	last := -1
	for _, l := range labels {
		if l.below {
			last = max(last, l.row)
		}
	}
	return last
}

// tick is the distance of the time axis's ticks in seconds.
func (p *plot) tick() float64 {
	for _, s := range []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60} {
		if p.end/s <= 8 {
			return s
		}
	}
	return math.Ceil(p.end / 8)
}

func (p *plot) x(at time.Duration) float64 { return p.left + at.Seconds()*p.scale }

const style = `text { font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; paint-order: stroke; stroke: #ffffff; stroke-width: 3; }
.name { font-size: 13px; font-weight: 600; }
.title { font: 600 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.axis { fill: #57606a; }
.card { fill: #ffffff; stroke: #d0d7de; }
.grid { stroke: #d0d7de; }
.lead { stroke: #8c959f; stroke-width: 0.8; }
.warn { fill: #d29922; stroke: #ffffff; } .fail { stroke: #d1242f; }
.arrow { fill: none; stroke: #57606a; stroke-width: 1.4; stroke-dasharray: 4 2; } .head { fill: #57606a; }
.warned { fill: #8a5a00; } .failed { fill: #b31d28; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; stroke: #0d1117; } .axis { fill: #9da7b1; }
.card { fill: #0d1117; stroke: #30363d; } .grid { stroke: #30363d; } .lead { stroke: #6e7681; }
.arrow { stroke: #9da7b1; } .head { fill: #9da7b1; }
.warn { stroke: #0d1117; } .warned { fill: #e3b341; } .fail { stroke: #f85149; } .failed { fill: #ff7b72; }
}
`

// draw writes the picture.
func (p *plot) draw(title string) string {
	var b strings.Builder
	out := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	out(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="title story">`,
		num(p.width), num(p.height), num(p.width), num(p.height))
	out(`<title id="title">%s</title>`, html.EscapeString(title))
	out(`<desc id="story">%s</desc>`, html.EscapeString(p.story()))
	out("<style>\n%s</style>", style)
	out(`<defs>`)
	for i := range p.lanes {
		out(`<pattern id="w%d" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="%s" opacity="0.18"/><rect width="2" height="6" fill="%s"/></pattern>`,
			i, colour(i), colour(i))
	}
	if p.acts() {
		out(`<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0.5L8 4L0 7.5z"/></marker>`)
	}
	out(`</defs>`)
	out(`<rect class="card" x="0.5" y="0.5" width="%s" height="%s" rx="8"/>`, num(p.width-1), num(p.height-1))
	out(`<text class="title" x="%d" y="24">%s</text>`, edge, html.EscapeString(title))
	p.drawAxis(out)
	p.drawArrows(out)
	for i, ln := range p.lanes {
		p.drawLane(out, i, ln)
	}
	p.drawLegend(out)
	if p.table != nil {
		p.table.draw(out, p.tableY)
	}
	out(`</svg>`)
	return b.String()
}

func (p *plot) drawAxis(out func(string, ...any)) {
	for i := 0; float64(i)*p.tickS <= p.end+1e-9; i++ {
		s := float64(i) * p.tickS
		x := num(p.left + s*p.scale)
		out(`<line class="grid" x1="%s" y1="%d" x2="%s" y2="%s"/>`, x, titleRoom-6, x, num(p.axisY))
		out(`<text class="axis" x="%s" y="%s" text-anchor="middle">%ss</text>`, x, num(p.axisY+14), num(s))
	}
}

func (p *plot) acts() bool {
	return slices.ContainsFunc(p.lines, func(l Line) bool { return len(l.To) > 0 })
}

// drawArrows draws an arrow from each line to the tasks on which it acts, left of
// the instant, where fewer words stand.
func (p *plot) drawArrows(out func(string, ...any)) {
	const bow, gap = 16, 8
	bar := make(map[string]float64)
	for _, ln := range p.lanes {
		bar[ln.task] = ln.bar
	}
	for _, l := range p.lines {
		for _, task := range l.To {
			from, x := bar[l.Task], p.x(l.At)
			to, known := bar[task]
			if !known {
				continue
			}
			side := 1.0
			if to < from {
				side = -1
			}
			from, to = from+side*gap, to-side*gap
			out(`<path class="arrow" marker-end="url(#head)" d="M%s %sC%s %s %s %s %s %s"><title>%s</title></path>`, num(x), num(from),
				num(x-bow), num(from+side*bow), num(x-bow), num(to-side*bow), num(x), num(to), html.EscapeString(l.Task+": "+l.Text+" → "+task))
		}
	}
}

func (p *plot) drawLane(out func(string, ...any), i int, ln lane) {
	out(`<text class="name" x="%d" y="%s">%s</text>`, edge, num(ln.bar+4.5), html.EscapeString(ln.task))
	for j, l := range ln.labels[:len(ln.labels)-1] {
		w := ln.labels[j+1].mark - l.mark
		if w <= 0 {
			continue
		}
		fill := colour(i)
		if l.Waiting {
			fill = fmt.Sprintf("url(#w%d)", i)
		}
		out(`<rect x="%s" y="%s" width="%s" height="%d" fill="%s"/>`, num(l.mark), num(ln.bar-barHeight/2), num(w), barHeight, fill)
	}
	for _, l := range ln.labels {
		to := l.baseline(ln) - 8
		if l.below {
			to += 8
		}
		out(`<line class="lead" x1="%s" y1="%s" x2="%s" y2="%s"/>`, num(l.mark), num(ln.bar), num(l.mark), num(to))
	}
	for j, l := range ln.labels {
		y := l.baseline(ln)
		class := ""
		switch {
		case l.Level >= slog.LevelError:
			class = ` class="failed"`
		case l.Level >= slog.LevelWarn:
			class = ` class="warned"`
		}
		out(`<g><title>%s</title>`, html.EscapeString(strings.TrimSpace(l.clock())+" "+l.Task+": "+l.Text))
		if l.sign {
			out(`<g transform="translate(%s %s) scale(0.6)">%s</g>`, num(l.start-signRoom/2), num(y-4), mark(l.Level, 0, 0, ""))
		}
		out(`<text%s x="%s" y="%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s</text>`,
			class, num(l.start), num(y), num(float64(len([]rune(l.text)))*glyph), html.EscapeString(l.text))
		if gravest(ln.labels, j) {
			out(`%s`, mark(l.Level, l.mark, ln.bar, colour(i)))
		}
		out(`</g>`)
	}
}

// baseline is the y on which the label stands.
func (l label) baseline(ln lane) float64 {
	if l.below {
		return ln.bar + barHeight + 8 + float64(l.row*labelRow)
	}
	return ln.bar - barHeight - float64(l.row*labelRow)
}

// gravest reports whether the mark of a line stands on the bar: of the lines of
// one instant, the last one of the highest level has it.
func gravest(labels []label, i int) bool {
	for j, l := range labels {
		if l.At == labels[i].At && (l.Level > labels[i].Level || l.Level == labels[i].Level && j > i) {
			return false
		}
	}
	return true
}

// mark is what stands on the bar for a line of this level.
func mark(level slog.Level, x, y float64, colour string) string {
	switch {
	case level >= slog.LevelError:
		return fmt.Sprintf(`<path class="fail" d="M%s %sl11 11m0 -11l-11 11" stroke-width="3.2" stroke-linecap="round" fill="none"/>`, num(x-5.5), num(y-5.5))
	case level >= slog.LevelWarn:
		return fmt.Sprintf(`<path class="warn" d="M%s %sl7.5 7.5l-7.5 7.5l-7.5 -7.5z" stroke-width="1.2"/>`, num(x), num(y-7.5))
	default:
		return fmt.Sprintf(`<circle class="card" cx="%s" cy="%s" r="5.2" style="stroke:%s;stroke-width:2.6"/>`, num(x), num(y), colour)
	}
}

func (p *plot) drawLegend(out func(string, ...any)) {
	x, y := float64(edge), p.axisY+axisRoom-14
	add := func(sign, text string) {
		out(`%s<text class="axis" x="%s" y="%s">%s</text>`, sign, num(x+14), num(y), text)
		x += 34 + glyph*float64(len(text))
	}
	if p.acts() {
		defer func() {
			add(fmt.Sprintf(`<path class="arrow" marker-end="url(#head)" d="M%s %sL%s %s"/>`, num(x-4), num(y-4), num(x+11), num(y-4)), "acts on")
		}()
	}
	has := func(is func(Line) bool) bool { return slices.ContainsFunc(p.said, is) }
	add(mark(slog.LevelInfo, x+4, y-4, colour(0)), "says")
	if has(func(l Line) bool { return l.Waiting }) {
		add(fmt.Sprintf(`<rect x="%s" y="%s" width="12" height="%d" fill="url(#w0)"/>`, num(x-2), num(y-9), barHeight), "waits")
	}
	if has(func(l Line) bool { return l.Level >= slog.LevelWarn && l.Level < slog.LevelError }) {
		add(mark(slog.LevelWarn, x+4, y-4, ""), "cancelled or out of time")
	}
	if has(func(l Line) bool { return l.Level >= slog.LevelError }) {
		add(mark(slog.LevelError, x+4, y-4, ""), "failed")
	}
}

// story tells the picture in words, a sentence for each task.
func (p *plot) story() string {
	var b strings.Builder
	tasks := p.said.tasks()
	end := time.Duration(0)
	for _, l := range p.said {
		end = max(end, l.At)
	}
	fmt.Fprintf(&b, "%s over %s.", count(len(tasks), "task"), count(num(end.Seconds()), "second"))
	for _, task := range tasks {
		var said []string
		for _, l := range p.said {
			if l.Task == task {
				said = append(said, fmt.Sprintf("%s at %s", strings.Join(strings.Fields(l.Text), " "), strings.TrimSpace(l.clock())))
			}
		}
		fmt.Fprintf(&b, " %s: %s.", task, strings.Join(said, ", "))
	}
	return b.String()
}

// cut shortens a long text; its whole is in the tooltip and the description.
func cut(text string) string {
	if r := []rune(text); len(r) > longLabel {
		return strings.TrimSpace(string(r[:longLabel-1])) + "…"
	}
	return text
}

func colour(i int) string { return palette[i%len(palette)] }

// count is n of something: 1 task, 2 tasks.
func count(n any, what string) string {
	if s := fmt.Sprint(n); s != "1" {
		return s + " " + what + "s"
	}
	return "1 " + what
}

// num writes a coordinate with at most one decimal, the same on every machine.
func num(f float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", cmp.Or(math.Round(f*10)/10, 0)), ".0")
}
