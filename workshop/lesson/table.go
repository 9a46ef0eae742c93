package lesson

import (
	"html"
	"slices"
	"strings"
)

// A table is what the last lines of a transcript tell in columns, a row for each
// task, under a line that names the columns.
type table struct {
	head []string
	rows []tableRow
}

type tableRow struct {
	task  string
	cells []string
}

// fewestRows is how many rows make a table.
const fewestRows = 3

// table splits a transcript into what belongs on lanes and a table, if it ends
// in one: at least three tasks that say nothing else, whose lines are set in the
// columns whose names the line above them holds.
func (t Transcript) table() (Transcript, *table) {
	from := len(t)
	for from > 0 && t.only(from-1) {
		from--
	}
	if from == 0 || len(t)-from < fewestRows {
		return t, nil
	}
	rows := t[from:]
	if !slices.ContainsFunc(rows, func(l Line) bool { return strings.Contains(l.Text, "  ") }) {
		return t, nil
	}
	starts := wordStarts(t[from-1].Text)
	for _, l := range rows {
		at := wordStarts(l.Text)
		if slices.ContainsFunc(starts, func(s int) bool { return !slices.Contains(at, s) }) {
			return t, nil
		}
	}
	table := &table{head: columns(t[from-1].Text, starts)}
	for _, l := range rows {
		table.rows = append(table.rows, tableRow{l.Task, columns(l.Text, starts)})
	}
	return t[:from-1], table
}

// only reports whether a line is the only one of its task.
func (t Transcript) only(i int) bool {
	for j, l := range t {
		if j != i && l.Task == t[i].Task {
			return false
		}
	}
	return true
}

// wordStarts are the places of the first letters of a text's words.
func wordStarts(text string) []int {
	var starts []int
	before := ' '
	for i, r := range []rune(text) {
		if r != ' ' && before == ' ' {
			starts = append(starts, i)
		}
		before = r
	}
	return starts
}

// columns cuts a text at the places where its columns begin.
func columns(text string, starts []int) []string {
	letters := []rune(text)
	cells := make([]string, len(starts))
	for i, from := range starts {
		to := len(letters)
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		cells[i] = strings.TrimSpace(string(letters[from:to]))
	}
	return cells
}

const (
	cellRow = 20
	cellGap = 22
)

// widths are those of the columns, the tasks' names first.
func (t *table) widths() []float64 {
	w := make([]float64, 1+len(t.head))
	for _, r := range t.rows {
		w[0] = max(w[0], nameGlyph*float64(len([]rune(r.task)))+cellGap)
	}
	for _, r := range append([]tableRow{{cells: t.head}}, t.rows...) {
		for i, cell := range r.cells {
			w[i+1] = max(w[i+1], glyph*float64(len([]rune(cell)))+cellGap)
		}
	}
	return w
}

func (t *table) width() float64 {
	sum := 0.0
	for _, w := range t.widths() {
		sum += w
	}
	return sum
}

func (t *table) height() float64 { return float64(cellRow*(len(t.rows)+1)) + 12 }

func (t *table) draw(out func(string, ...any), y float64) {
	widths := t.widths()
	cell := func(class string, x float64, size float64, text string) {
		out(`<text class="%s" x="%s" y="%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s</text>`,
			class, num(x), num(y), num(size*float64(len([]rune(text)))), html.EscapeString(text))
	}
	row := func(class string, cells []string) {
		x := float64(edge) + widths[0]
		for i, text := range cells {
			cell(class, x, glyph, text)
			x += widths[i+1]
		}
	}
	y += cellRow
	row("axis", t.head)
	for _, r := range t.rows {
		out(`<line class="grid" x1="%d" y1="%s" x2="%s" y2="%s"/>`, edge, num(y+6), num(edge+t.width()-cellGap), num(y+6))
		y += cellRow
		cell("name", edge, nameGlyph, r.task)
		row("cell", r.cells)
	}
}
