package lesson

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A call is a place in a stack trace.
type call struct {
	function, file string
	line           int
}

// ownFile reports whether a file belongs to the folder that is under test.
func ownFile(file string) bool {
	return file != "" && filepath.Dir(filepath.FromSlash(file)) == workingDir
}

func (c call) String() string {
	name := c.function[strings.LastIndexByte(c.function, '/')+1:]
	_, name, _ = strings.Cut(name, ".") // without the package, whose name is the folder's
	return fmt.Sprintf("%s (%s:%d)", name, filepath.Base(c.file), c.line)
}

// A goroutine is what a stack trace says of one.
type goroutine struct {
	state   string // what it waits in, as the runtime calls it
	durable bool   // only its bubble can wake it up
	bubble  int
	by      int  // the goroutine that started it, if the trace says so
	at      call // its innermost call in a file that own knows; else where it was started
	own     bool // whether it is such a call
}

// parseGoroutine reads one goroutine of the runtime's stack traces:
//
//	goroutine 8 [chan receive (durable), synctest bubble 1]:
//	example.com/…/exercise.Every(...)
//		/…/exercise.go:24 +0x1d
func parseGoroutine(text string, own func(file string) bool) (g goroutine, ok bool) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	_, header, ok := strings.Cut(lines[0], "[")
	if !ok || !strings.HasPrefix(lines[0], "goroutine ") {
		return g, false
	}
	for i, part := range strings.Split(strings.TrimSuffix(header, "]:"), ", ") {
		if i == 0 {
			g.state, g.durable = strings.CutSuffix(part, " (durable)")
		}
		if n, found := strings.CutPrefix(part, "synctest bubble "); found {
			g.bubble, _ = strconv.Atoi(n) // 0 is no bubble
		}
	}
	if _, by, started := strings.Cut(text, " in goroutine "); started {
		by, _, _ = strings.Cut(by, "\n")
		g.by, _ = strconv.Atoi(by) // the runtime writes a number
	}
	if len(lines) > 1 && strings.Contains(lines[1], "stack unavailable") { // it runs, and all that is known is who started it
		lines = slices.Delete(lines, 1, 2)
	}
	for i := 1; i+1 < len(lines) && !g.own; i += 2 {
		function, started := strings.CutPrefix(lines[i], "created by ")
		if started {
			function, _, _ = strings.Cut(function, " in goroutine ")
		} else if j := strings.LastIndexByte(function, '('); j > 0 {
			function = function[:j]
		}
		place, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		j := strings.LastIndexByte(place, ':')
		if j < 0 {
			return g, false
		}
		g.at = call{function: function, file: place[:j]}
		g.at.line, _ = strconv.Atoi(place[j+1:]) // the runtime writes a number
		g.own = own(g.at.file)
	}
	return g, true
}

// Stacks describes the goroutines of the runtime's stack traces that run or
// wait in a file that own knows, or were started there: a line for each place,
// with what they wait for and how many they are.
func Stacks(traces string, own func(file string) bool) string {
	return describe(goroutines(traces, own))
}

func goroutines(traces string, own func(file string) bool) []goroutine {
	var found []goroutine
	for text := range strings.SplitSeq(strings.ReplaceAll(traces, "\r\n", "\n"), "\n\n") {
		if g, ok := parseGoroutine(text, own); ok && g.own {
			found = append(found, g)
		}
	}
	return found
}

// describe lists goroutines a line each, those of one place together.
func describe(gs []goroutine) string {
	count := make(map[string]int)
	for _, g := range gs {
		count[fmt.Sprintf("%s: %s", g.at, waits(g.state))]++
	}
	lines := make([]string, 0, len(count))
	for line, n := range count {
		if n > 1 {
			line += fmt.Sprintf(", %d of them", n)
		}
		lines = append(lines, "      "+line)
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a, b) })
	return strings.Join(lines, "\n")
}

// waits says in words what a goroutine in a state of the runtime's does.
func waits(state string) string {
	words := map[string]string{
		"chan receive":            "waits to receive from a channel",
		"chan send":               "waits to send to a channel",
		"chan receive (nil chan)": "waits to receive from a nil channel, which never ends",
		"chan send (nil chan)":    "waits to send to a nil channel, which never ends",
		"select":                  "waits in a select",
		"select (no cases)":       "waits in a select without cases, which never ends",
		"sleep":                   "sleeps",
		"sync.WaitGroup.Wait":     "waits for a sync.WaitGroup",
		"sync.Cond.Wait":          "waits for a sync.Cond",
		"sync.Mutex.Lock":         "waits for a sync.Mutex",
		"sync.RWMutex.Lock":       "waits for a sync.RWMutex",
		"sync.RWMutex.RLock":      "waits to read under a sync.RWMutex",
		"running":                 "runs",
		"runnable":                "runs",
	}
	if w, known := words[state]; known {
		return w
	}
	return state
}
