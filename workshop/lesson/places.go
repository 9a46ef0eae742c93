package lesson

import (
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A snapshot is one goroutine of a bubble at one moment.
type snapshot struct {
	id     int
	state  string  // what it waits in, as the runtime calls it
	frames []frame // the innermost first
}

type frame struct {
	function string
	Source
	ours, own bool // in the workshop's code, in the lesson's own folder
}

var goroutineHead = regexp.MustCompile(`^goroutine (\d+) .*?\[([^,\]]+?)(?: \(durable\))?[,\]].*?(?:synctest bubble (\d+))?\]?:$`)

// bubbleNow are the goroutines of the caller's bubble, the caller first.
func bubbleNow() []snapshot {
	buf := make([]byte, 1<<18)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	bubble := ""
	var found []snapshot
	for i, text := range strings.Split(strings.TrimSpace(string(buf)), "\n\n") {
		lines := strings.Split(text, "\n")
		head := goroutineHead.FindStringSubmatch(lines[0])
		if head == nil {
			continue
		}
		if i == 0 {
			bubble = head[3]
		}
		if head[3] != bubble {
			continue
		}
		s := snapshot{state: head[2]}
		s.id, _ = strconv.Atoi(head[1]) // the pattern has digits
		for j := 1; j+1 < len(lines); j += 2 {
			if f, ok := parseFrame(lines[j], lines[j+1]); ok {
				s.frames = append(s.frames, f)
			}
		}
		found = append(found, s)
	}
	return found
}

// parseFrame reads two lines of a stack trace: the call, and its place.
func parseFrame(function, place string) (frame, bool) {
	if strings.HasPrefix(function, "created by ") {
		return frame{}, false
	}
	if i := strings.LastIndexByte(function, '('); i > 0 {
		function = function[:i]
	}
	place, _, _ = strings.Cut(strings.TrimSpace(place), " +0x")
	i := strings.LastIndexByte(place, ':')
	if i < 0 {
		return frame{}, false
	}
	line, _ := strconv.Atoi(place[i+1:]) // the runtime writes a number
	f := frame{function: function}
	f.Source, f.ours, f.own = sourceOf(function, place[:i], line)
	return f, true
}

// root is the workshop's folder as the compiler names it: an absolute path, or
// with -trimpath that of the modules.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return path.Dir(path.Dir(path.Dir(filepath.ToSlash(file))))
}()

// sourceOf names a line of source by its path from the lesson's folder.
func sourceOf(function, file string, line int) (s Source, ours, own bool) {
	file = filepath.ToSlash(file)
	inRoot, ours := strings.CutPrefix(file, root+"/")
	lessons := root + "/" + place()
	own = (path.Dir(file) == filepath.ToSlash(workingDir) || path.Dir(file) == lessons) && !strings.HasSuffix(file, "_test.go")
	if strings.HasPrefix(function, "example.com/asyncio-to-go/workshop/lesson.") {
		ours, own = false, false
	}
	switch {
	case ours && !own:
		rel, err := filepath.Rel(filepath.FromSlash("/"+place()), filepath.FromSlash("/"+inRoot))
		if err == nil {
			file = filepath.ToSlash(rel)
		}
	default:
		file = path.Base(file)
	}
	return Source{file, line}, ours || own, own
}

// shown is the index of the frame in which a person would look for this
// goroutine: the innermost one of the lesson's folder, else of the workshop's
// packages; -1 if there is none.
func (s snapshot) shown() int {
	if i := slices.IndexFunc(s.frames, func(f frame) bool { return f.own }); i >= 0 {
		return i
	}
	return slices.IndexFunc(s.frames, func(f frame) bool { return f.ours })
}

// does says what the goroutine does in its frame i.
func (s snapshot) does(i int) string {
	if slices.ContainsFunc(s.frames, func(f frame) bool { return strings.HasSuffix(f.function, "lesson.(*narrator).say") }) {
		return "is ready to speak"
	}
	for j := range i {
		if s.frames[j].function == "example.com/asyncio-to-go/workshop/lesson.Pause" {
			return "sleeps"
		}
	}
	if i == 0 {
		return waits(s.state)
	}
	called := s.frames[i-1].function
	name := called[strings.LastIndexByte(called, '/')+1:] // locks.(*Lock).Acquire
	pkg, name, _ := strings.Cut(name, ".")
	if strings.IndexByte(called, '/') < 0 && slices.Contains([]string{"runtime", "sync", "time"}, pkg) || strings.HasPrefix(called, "internal/") {
		return waits(s.state)
	}
	name = strings.NewReplacer("(*", "", ")", "").Replace(noise.ReplaceAllString(name, ""))
	if parts := strings.Split(name, "."); len(parts) > 1 {
		return "waits in " + strings.Join(parts[len(parts)-2:], ".") // Lock.Acquire
	}
	return "waits in " + pkg + "." + name
}

// noise is what the compiler adds to a function's name: its type arguments, and
// a number for a function in it.
var noise = regexp.MustCompile(`\[.*?\]|(\.func\d+|\.\d+|-range\d+)+$`)

// A moment is a line and the goroutines of its bubble when it was said.
type moment struct {
	task    string
	speaker int // the goroutine's number
	stacks  []snapshot
}

// spoke is what a goroutine has said as one task: in the frame so many calls
// above its first one.
type spoke struct {
	moment int
	task   string
	height int
	within string // the function
}

// places finds where each task was in each moment. A goroutine is known by what
// it says: as a task, from a function. As long as this function has not
// returned, the task is there. A goroutine that has not spoken yet is the task
// that it speaks for first.
func places(moments []moment) [][]Place {
	said := make(map[int][]spoke) // by goroutine
	var tasks []string
	for i, m := range moments {
		if !slices.Contains(tasks, m.task) {
			tasks = append(tasks, m.task)
		}
		for _, s := range m.stacks {
			if at := s.shown(); s.id == m.speaker && at >= 0 {
				said[s.id] = append(said[s.id], spoke{i, m.task, len(s.frames) - at, s.frames[at].function})
			}
		}
	}
	all := make([][]Place, len(moments))
	for i, m := range moments {
		at := make(map[string]placed)
		for _, s := range m.stacks {
			for _, f := range s.tasks(said[s.id], i) {
				if old, known := at[f.Task]; f.Task != m.task && (!known || old.since < f.since) {
					at[f.Task] = f
				}
			}
		}
		for _, task := range tasks {
			if f, known := at[task]; known {
				all[i] = append(all[i], f.Place)
			}
		}
	}
	return all
}

type placed struct {
	Place
	since int // the moment at which the goroutine has spoken as this task; before its first line the smaller, the later that comes
}

// tasks are those for which the goroutine stands in moment now.
func (s snapshot) tasks(said []spoke, now int) []placed {
	shown := s.shown()
	if shown < 0 || len(said) == 0 {
		return nil
	}
	if said[0].moment > now {
		return []placed{{Place{said[0].task, s.frames[shown].Source, s.does(shown)}, -1 - said[0].moment}}
	}
	var found []placed
	heights := make(map[string]int) // of each task's innermost function that has not returned
	last := make(map[string]int)
	top := 0
	for _, sp := range said {
		if sp.moment > now {
			break
		}
		i := len(s.frames) - sp.height
		if i >= 0 && s.frames[i].function == sp.within {
			heights[sp.task] = max(heights[sp.task], sp.height)
			last[sp.task] = sp.moment
			top = max(top, sp.height)
		}
	}
	innermost := ""
	for task, h := range heights {
		if h == top && (innermost == "" || last[task] > last[innermost]) {
			innermost = task
		}
	}
	for task, h := range heights {
		i, does := len(s.frames)-h, "waits for a call"
		if task == innermost {
			i, does = shown, s.does(shown)
		} else if h == top {
			does = s.does(shown)
		}
		found = append(found, placed{Place{task, s.frames[i].Source, does}, last[task]})
	}
	if len(found) == 0 { // it is out of all functions from which it has spoken
		for _, sp := range said {
			if sp.moment <= now {
				found = []placed{{Place{sp.task, s.frames[shown].Source, s.does(shown)}, sp.moment}}
			}
		}
	}
	return found
}

// self is the number of the calling goroutine in stack traces, and that of its bubble, 0 for none.
func self() (number, bubble int) {
	var head [128]byte
	text := string(head[:runtime.Stack(head[:], false)]) // "goroutine 7 [running, synctest bubble 3]:"
	text, state, _ := strings.Cut(strings.TrimPrefix(text, "goroutine "), " ")
	state, _, _ = strings.Cut(state, "]")
	number, _ = strconv.Atoi(text) // the runtime writes numbers
	if _, n, in := strings.Cut(state, "synctest bubble "); in {
		bubble, _ = strconv.Atoi(n)
	}
	return number, bubble
}

// sourceOfPC is the line that has called slog.
func sourceOfPC(pc uintptr) Source {
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	s, _, _ := sourceOf("", f.File, f.Line)
	return s
}
