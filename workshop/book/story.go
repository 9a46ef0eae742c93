package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// A player is what a page needs to show a lesson's runs.
type player struct {
	ID       string // on its page
	Base     string // from the page to the lesson's folder
	Title    string
	Tellings []telling
	Go       []file
	Python   []file
	Lab      *lab // nil where its programs cannot be changed
}

// A telling is a run of the lesson, or of one of its stages.
type telling struct {
	Name string // "" for the lesson's own
	File string // from the page
}

// A file is a source that speaks in a run.
type file struct {
	Name  string
	Lines []template.HTML
}

// isStory splits the path of a telling's steps, such as part1/01-one/story-late.json.
func isStory(at string) (dir, telling string, ok bool) {
	m := storyPath.FindStringSubmatch(at)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

var (
	storyPath = regexp.MustCompile(`^(.+)/story(?:-([a-z0-9-]+))?\.json$`)
	traceName = regexp.MustCompile(`^trace(?:-([a-z0-9-]+))?\.json$`)
)

// player makes the player of a lesson for the page at; nil where no run was recorded.
func (s *site) player(l *course.Lesson, at string) (*player, error) {
	p := &player{ID: "player", Base: rel(at, l.Dir+"/"), Title: l.Title()}
	golang, python := []string{"main.go"}, []string{"lesson.py"}
	found, _ := filepath.Glob(filepath.Join(s.root, filepath.FromSlash(l.Dir), "trace*.json")) // the pattern is well formed
	slices.SortFunc(found, func(a, b string) int {
		return strings.Compare(strings.TrimSuffix(a, ".json"), strings.TrimSuffix(b, ".json"))
	})
	for _, path := range found {
		m := traceName.FindStringSubmatch(filepath.Base(path))
		if m == nil {
			continue
		}
		t, err := readTrace(path)
		if err != nil {
			return nil, err
		}
		golang = filesOf(golang, t.Go)
		python = filesOf(python, t.Python)
		p.Tellings = append(p.Tellings, telling{m[1], rel(at, l.Dir+"/story"+strings.TrimPrefix(filepath.Base(path), "trace"))})
	}
	if len(p.Tellings) == 0 {
		return nil, nil //nolint:nilnil // there is none, and nothing is wrong
	}
	var err error
	if p.Go, err = s.files(l.Dir, golang); err != nil {
		return nil, err
	}
	if l.HasTwin() {
		p.Python, err = s.files(l.Dir, python)
	}
	return p, err
}

func (p *player) links() []string {
	var all []string
	for _, t := range p.Tellings {
		all = append(all, strings.TrimLeft(t.File, "./"))
	}
	return all
}

// filesOf adds the files of a part of a trace: those that speak, and those in which tasks wait.
func filesOf(files []string, t *lesson.Telling) []string {
	if t == nil {
		return files
	}
	add := func(name string) {
		if name != "" && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	for _, e := range t.Events {
		add(e.File)
		for _, place := range e.Places {
			add(place.File)
		}
	}
	return files
}

func (s *site) files(dir string, names []string) ([]file, error) {
	var all []file
	for _, name := range names {
		text, err := s.read(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		all = append(all, file{name, asHTML(marked(languages[path.Ext(name)], string(text)))})
	}
	return all, nil
}

func readTrace(path string) (*lesson.Trace, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var t lesson.Trace
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if t.Go == nil {
		return nil, fmt.Errorf("%s: it has no Go side", path)
	}
	return &t, nil
}

// A step is one moment of the player: a line that both languages say, or one.
type step struct {
	Go     *lesson.Event `json:"go,omitempty"`
	Python *lesson.Event `json:"python,omitempty"`
	Moved  int           `json:"moved,omitempty"` // in another order: how many lines later than in the first
}

// story is what the player plays: the run of both languages, and then Go's
// other orders.
func (s *site) story(dir, telling string) ([]byte, error) {
	l := s.lesson(dir)
	if l == nil {
		return nil, errNotFound
	}
	name := "trace.json"
	if telling != "" {
		name = "trace-" + telling + ".json"
	}
	trace, err := readTrace(filepath.Join(s.root, filepath.FromSlash(dir), name))
	if err != nil {
		return nil, err
	}
	source, err := s.read(dir + "/README.md")
	if err != nil {
		return nil, err
	}
	both, err := steps(trace, string(source), strings.ReplaceAll(telling, "-", " "))
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", dir, name, err)
	}
	runs := [][]step{both}
	for _, order := range trace.Go.Orders {
		runs = append(runs, inOrder(order, trace.Go.Events))
	}
	return json.Marshal(map[string]any{"title": l.Title(), "runs": runs})
}

// steps pairs the lines of both languages. Those that only one of them says are
// the ones in the page's diff block.
func steps(trace *lesson.Trace, page, telling string) ([]step, error) {
	if trace.Python == nil {
		var all []step
		for i := range trace.Go.Events {
			all = append(all, step{Go: &trace.Go.Events[i]})
		}
		return all, nil
	}
	goSays, pythonSays := trace.Go.Transcript().String(), trace.Python.Transcript().String()
	for _, version := range []string{"3.99", "3.11"} { // a page may differ between old and new Pythons
		differ := course.Differences(page, telling, version)
		if course.SameStory(pythonSays, goSays, differ) == nil {
			return pair(trace.Go.Events, trace.Python.Events, differ), nil
		}
	}
	return nil, errors.New("the two sides differ in other lines than the page says; go test writes both anew with -update")
}

// pair puts the lines that both say beside each other; each side's own lines are
// taken out of differ, in which they stand with a minus or a plus.
func pair(golang, python []lesson.Event, differ string) []step {
	own := make(map[string]int)
	for line := range strings.Lines(differ) {
		own[strings.TrimSuffix(line, "\n")]++
	}
	isOwn := func(sign string, e *lesson.Event) bool {
		line := sign + e.String()
		own[line]--
		return own[line] >= 0
	}
	var goes, plays []step // each side's, with its own lines known by the missing other
	shared := 0
	for i := range golang {
		goes = append(goes, step{Go: &golang[i]})
	}
	var common []int
	for i := range goes {
		if !isOwn("+", goes[i].Go) {
			common = append(common, i)
		}
	}
	for i := range python {
		e := &python[i]
		if isOwn("-", e) {
			plays = append(plays, step{Python: e})
			continue
		}
		at := common[shared]
		goes[at].Python = e
		plays = append(plays, goes[at])
		shared++
	}
	return merge(goes, plays)
}

// merge makes one list of two that share their steps with both sides. Where
// each has steps of its own between two shared ones, they go by time.
func merge(goes, plays []step) []step {
	var all []step
	for len(goes) > 0 || len(plays) > 0 {
		ownGo := len(goes) > 0 && goes[0].Python == nil
		ownPython := len(plays) > 0 && plays[0].Go == nil
		switch {
		case ownPython && (!ownGo || plays[0].Python.At <= goes[0].Go.At):
			all = append(all, plays[0])
			plays = plays[1:]
		case ownGo:
			all = append(all, goes[0])
			goes = goes[1:]
		default:
			all = append(all, goes[0])
			goes, plays = goes[1:], plays[1:]
		}
	}
	return all
}

// inOrder is another order of a run, and how far each line has moved.
func inOrder(order, first []lesson.Event) []step {
	type line struct {
		text string
		nth  int
	}
	places := make(map[line]int)
	seen := make(map[string]int)
	for i := range first {
		text := first[i].String()
		places[line{text, seen[text]}] = i
		seen[text]++
	}
	clear(seen)
	var all []step
	for i := range order {
		text := order[i].String()
		was, known := places[line{text, seen[text]}]
		seen[text]++
		s := step{Go: &order[i]}
		if known {
			s.Moved = i - was
		}
		all = append(all, s)
	}
	return all
}

// list are the files of a folder that a page may show.
func (s *site) list(dir string) ([]string, error) {
	if !fs.ValidPath(dir) {
		return nil, fs.ErrNotExist
	}
	found, err := os.ReadDir(filepath.Join(s.root, filepath.FromSlash(dir)))
	var files []string
	for _, e := range found {
		file := dir + "/" + e.Name()
		if _, err := s.read(file); err == nil && !e.IsDir() && languages[path.Ext(file)] != "" {
			files = append(files, file)
		}
	}
	return files, err
}
