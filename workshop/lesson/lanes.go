package lesson

import (
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"time"
)

// Signs of the lanes. What a colour says, a shape says, too.
const (
	saysSign   = '●'
	warnSign   = '◆'
	failSign   = '✗'
	worksSign  = '━'
	waitsSign  = '╱'
	leastLanes = 20 // columns for time
	lastTick   = 3  // columns behind them, for the last number
)

// End is when the last line of the transcript was said.
func (t Transcript) End() time.Duration {
	var end time.Duration
	for _, l := range t {
		end = max(end, l.At)
	}
	return end
}

// A View is how lanes are drawn.
type View struct {
	Width  int           // columns that there are
	Until  time.Duration // what was said later is not drawn, but has its room
	End    time.Duration // there is room for at least as much
	Names  int           // columns for the tasks' names; more if they need more
	Colour bool          // the terminal's own
}

// Lanes is the [Transcript.Timeline] as text: a lane for each task in order of
// appearance, time across, hatched where the task waits, and a mark for each
// line, the gravest where several fall into one column.
func (t Transcript) Lanes(v View) string {
	lines, _ := t.table()
	tasks := lines.tasks()
	if len(tasks) == 0 {
		return ""
	}
	names := v.Names
	for _, task := range tasks {
		names = max(names, len([]rune(task)))
	}
	s := scale{end: max(v.End, lines.End()), columns: max(leastLanes, v.Width-names-2-lastTick)}
	paint := func(style, text string) string {
		if !v.Colour || text == "" {
			return text
		}
		return "\x1b[" + style + "m" + text + "\x1b[0m"
	}
	rows := []string{strings.Repeat(" ", names+2) + paint(dim, s.axis())}
	for i, task := range tasks {
		var b strings.Builder
		style := taskStyles[i%len(taskStyles)]
		b.WriteString(paint(style, fmt.Sprintf("%-*s", names, task)) + "  ")
		cells := s.lane(lines, task, v.Until)
		for len(cells) > 0 { // cells of one style together
			n := 1
			for n < len(cells) && cellStyle(cells[n], style) == cellStyle(cells[0], style) {
				n++
			}
			b.WriteString(paint(cellStyle(cells[0], style), string(cells[:n])))
			cells = cells[n:]
		}
		rows = append(rows, strings.TrimRight(b.String(), " "))
	}
	return strings.Join(append(rows, strings.Repeat(" ", names+2)+paint(dim, lines.signs())), "\n")
}

func cellStyle(cell rune, task string) string {
	switch cell {
	case warnSign:
		return yellow
	case failSign:
		return red
	default:
		return task
	}
}

// A scale is how time is set in columns.
type scale struct {
	end     time.Duration
	columns int
}

func (s scale) column(at time.Duration) int {
	if s.end == 0 {
		return 0
	}
	return int(math.Round(float64(at) / float64(s.end) * float64(s.columns-1)))
}

// lane is what a task does until then, a sign for each column.
func (s scale) lane(lines Transcript, task string, until time.Duration) []rune {
	own := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Task != task })
	cells := []rune(strings.Repeat(" ", s.columns))
	for i, l := range own[:len(own)-1] {
		fill := worksSign
		if l.Waiting {
			fill = waitsSign
		}
		if l.At > until {
			break
		}
		for x := s.column(l.At); x <= s.column(min(until, own[i+1].At)); x++ {
			cells[x] = fill
		}
	}
	levels := make(map[int]slog.Level)
	for _, l := range own {
		x := s.column(l.At)
		if level, taken := levels[x]; l.At > until || taken && level > l.Level {
			continue
		}
		levels[x] = l.Level
		cells[x] = sign(l.Level)
	}
	return []rune(strings.TrimRight(string(cells), " "))
}

func sign(level slog.Level) rune {
	switch {
	case level >= slog.LevelError:
		return failSign
	case level >= slog.LevelWarn:
		return warnSign
	default:
		return saysSign
	}
}

// axis is the seconds above their columns.
func (s scale) axis() string {
	const room = 8 // columns from one number to the next
	cells := []rune(strings.Repeat(" ", s.columns+room))
	for _, step := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, time.Minute} {
		if s.end > 0 && s.column(step) < room && step < s.end {
			continue
		}
		for at := time.Duration(0); at <= s.end; at += step {
			copy(cells[s.column(at):], []rune(num(at.Seconds())+"s"))
		}
		break
	}
	return strings.TrimRight(string(cells[:s.columns+lastTick]), " ")
}

// signs says what the signs mean that the lanes have.
func (t Transcript) signs() string {
	all := []string{string(saysSign) + " says"}
	add := func(sign rune, what string, has func(Line) bool) {
		if slices.ContainsFunc(t, has) {
			all = append(all, string(sign)+" "+what)
		}
	}
	add(waitsSign, "waits", func(l Line) bool { return l.Waiting })
	add(warnSign, "cancelled or out of time", func(l Line) bool { return l.Level >= slog.LevelWarn && l.Level < slog.LevelError })
	add(failSign, "failed", func(l Line) bool { return l.Level >= slog.LevelError })
	return strings.Join(all, "  ")
}
