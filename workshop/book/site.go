package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
	"example.com/asyncio-to-go/workshop/lesson"
)

//go:embed web/*.js web/*.css web/*.svg web/vendor
var web embed.FS

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"dict": dict, "short": short, "inc": func(n int) int { return n + 1 }}).ParseFS(templateFiles, "templates/*.html"))

// A site knows the workshop's files and makes the pages from them, each when it
// is asked for. A page's path ends in a slash, or in .html where it shows a file.
type site struct {
	root    string
	live    bool // beside a clone: with the learner's ticks, and no service worker
	parts   []course.Part
	lessons []course.Lesson  // of all parts, each with its further exercises behind it
	lab     *engine          // of a written site; nil: exercises are done on the reader's machine
	making  making           // of a served one
	made    map[string]*page // once made, a page of a written site does not change

	failing map[string][]byte // the run of each mistake; nil: a written site is without, and beside a clone each is made when it is asked for
}

func newSite(root string, live bool) (*site, error) {
	parts, err := course.Parts(root)
	s := &site{root: root, live: live, made: make(map[string]*page), parts: slices.DeleteFunc(parts, func(p course.Part) bool { return len(p.Lessons) == 0 })}
	for _, p := range s.parts {
		for _, l := range p.Lessons {
			s.lessons = append(append(s.lessons, l), l.Further()...)
		}
	}
	return s, err
}

// A page is what the layout shows.
type page struct {
	Path    string
	Title   string
	Kind    string // home, lesson, notes, source or text: the body's class
	Body    template.HTML
	Lesson  *course.Lesson // nil if it belongs to none
	Minutes int            // for the exercise
	Prev    *ref
	Next    *ref
	Parts   []course.Part
	Live    bool
	Lab     bool // its exercise can be done on it

	links []string // pages and files of the site that it leads to
	docs  []entry  // what the search finds
}

// A ref leads to another page.
type ref struct {
	Path  string
	Title string
}

// Rel is a path of the site as a link from this page.
func (p *page) Rel(to string) string { return rel(p.Path, to) }

// Here is the class of a link to a page that may be this one.
func (p *page) Here(to string) string {
	if to != "" && strings.HasPrefix(p.Path, to) {
		return "here"
	}
	return ""
}

// rel is the way from one page of the site to another, so that the site works
// from any folder of a server.
func rel(from, to string) string {
	up := strings.Repeat("../", strings.Count(from, "/"))
	if up+to == "" {
		return "./"
	}
	return up + to
}

// errNotFound is what render returns where the site has nothing.
var errNotFound = errors.New("there is no such page")

// render is what stands at a path, and its media type.
func (s *site) render(at string) (content []byte, kind string, err error) {
	switch at {
	case "search.json":
		content, err = s.searchIndex()
		return content, "application/json", err
	case "web/story.py":
		return []byte(lesson.StoryPy), "text/x-python; charset=utf-8", nil
	case "state.json":
		content, err = s.state()
		return content, "application/json", err
	}
	if file, ok := strings.CutPrefix(at, "web/"); ok || at == "sw.js" {
		if at == "sw.js" {
			file = at // a service worker reaches only what lies below it
		}
		content, err = web.ReadFile(path.Join("web", file))
		return content, mediaType(file), notFound(err)
	}
	if name, ok := strings.CutPrefix(at, "engine/"); ok && s.live {
		content, err = s.making.file(name)
		return content, mediaType(at), err
	}
	if strings.HasPrefix(at, "python/") {
		content, err = s.pyodideFile(at)
		return content, mediaType(at), notFound(err)
	}
	if dir, telling, ok := isStory(at); ok {
		if content, err = s.story(dir, telling); err != nil {
			return nil, "", notFound(err)
		}
		return content, "application/json", nil
	}
	if strings.HasSuffix(at, ".svg") {
		if content, err = s.read(at); err != nil {
			return nil, "", notFound(err)
		}
		return content, mediaType(at), nil
	}
	p, err := s.page(at)
	if err != nil {
		return nil, "", notFound(err)
	}
	content, err = s.layOut(p)
	return content, "text/html; charset=utf-8", err
}

func (s *site) layOut(p *page) ([]byte, error) {
	p.Parts, p.Live = s.parts, s.live
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, "layout.html", p)
	return b.Bytes(), err
}

// page is the page at a path.
func (s *site) page(at string) (*page, error) {
	if s.live {
		return s.makePage(at)
	}
	if s.made[at] == nil {
		p, err := s.makePage(at)
		if err != nil {
			return nil, err
		}
		s.made[at] = p
	}
	return s.made[at], nil
}

func (s *site) makePage(at string) (*page, error) {
	if at == "" {
		return s.home()
	}
	if at == "mistakes/" {
		return s.mistakes()
	}
	if at == "licences/" {
		return s.licences()
	}
	if file, ok := strings.CutSuffix(at, ".html"); ok {
		return s.source(file)
	}
	folder, isFolder := strings.CutSuffix(at, "/")
	if !isFolder {
		return nil, errNotFound
	}
	for suffix, of := range map[string]func(*course.Lesson) (*page, error){"/notes": s.notes, "/exercise/_wrong": s.answers} {
		if dir, ok := strings.CutSuffix(folder, suffix); ok && s.lesson(dir) != nil {
			return of(s.lesson(dir))
		}
	}
	if l := s.lesson(folder); l != nil {
		return s.lessonPage(l)
	}
	for _, file := range []string{folder + "/README.md", folder + ".md"} {
		if _, err := s.read(file); err == nil {
			return s.text(at, file)
		}
	}
	return s.folder(folder)
}

// lesson is the lesson, or the further exercise, in a folder; nil if there is none.
func (s *site) lesson(dir string) *course.Lesson {
	for _, l := range s.lessons {
		if l.Dir == dir {
			return &l
		}
	}
	return nil
}

// order is every page that is read one after the other.
func (s *site) order() []ref {
	all := []ref{{"", "asyncio-to-go"}}
	for _, p := range s.parts {
		all = append(all, ref{p.Dir + "/", fmt.Sprintf("Part %d: %s", p.Number, p.Title)})
		for _, l := range s.lessons {
			if l.Part == p.Number {
				all = append(all, ref{l.Dir + "/", l.ID() + " " + l.Title()})
			}
		}
	}
	all = append(all, s.documents()...)
	return append(all, ref{"mistakes/", "The catalogue of mistakes"})
}

// documents are the pages in docs.
func (s *site) documents() []ref {
	var all []ref
	files, _ := filepath.Glob(filepath.Join(s.root, "docs", "*.md")) // the pattern is well formed
	for _, file := range files {
		at := "docs/" + filepath.Base(file)
		if text, err := s.read(at); err == nil {
			all = append(all, ref{strings.TrimSuffix(at, ".md") + "/", titleOf(string(text))})
		}
	}
	return all
}

// place gives the page its neighbours.
func (s *site) place(p *page) {
	all := s.order()
	i := slices.IndexFunc(all, func(r ref) bool { return r.Path == p.Path })
	if i > 0 {
		p.Prev = &all[i-1]
	}
	if i >= 0 && i+1 < len(all) {
		p.Next = &all[i+1]
	}
}

// read is a file of the workshop, by its path from the root. What is hidden, or
// belongs to no page, cannot be read.
func (s *site) read(file string) ([]byte, error) {
	hidden := slices.ContainsFunc(strings.Split(file, "/"), func(elem string) bool {
		return strings.HasPrefix(elem, ".") || elem == "node_modules"
	})
	if !fs.ValidPath(file) || hidden {
		return nil, fs.ErrNotExist
	}
	if l := s.lesson(strings.TrimSuffix(file, "/exercise/exercise.go")); l != nil && !s.live {
		file = strings.TrimSuffix(file, "exercise.go") + "_stub/exercise.go" // the site has what is handed out, not an answer
	}
	text, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(file)))
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), err
}

// notFound makes one error of all that say that a file is not there.
func notFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) || isFolder(err) {
		return errNotFound
	}
	return err
}

// isFolder reports whether an error is that of reading a folder as a file.
func isFolder(err error) bool {
	var p *fs.PathError
	if !errors.As(err, &p) || p.Op != "read" {
		return false
	}
	info, err := os.Stat(p.Path)
	return err == nil && info.IsDir()
}

// state is how far the learner is, which only the machine with the clone knows.
func (s *site) state() ([]byte, error) {
	state := struct {
		Clone   bool                     `json:"clone"`
		Lessons map[string]learner.State `json:"lessons"`
	}{Clone: s.live, Lessons: map[string]learner.State{}}
	if s.live {
		progress, _ := learner.Read(s.root) // a broken file is the runner's to set aside
		for _, l := range s.lessons {
			if has := progress.State(l); has != learner.None {
				state.Lessons[l.Dir] = has
			}
		}
	}
	return json.Marshal(state)
}

func mediaType(file string) string {
	switch ext := path.Ext(file); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	case ".gz":
		return "application/gzip"
	case ".zip":
		return "application/zip"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(ext)
	}
}

var titleLine = regexp.MustCompile(`(?m)^# (.+)$`)

// titleOf is the heading of a text in Markdown.
func titleOf(text string) string {
	if m := titleLine.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// short is a part's name in a few letters: 2 Queues, locks.
func short(p course.Part) string {
	_, name, _ := strings.Cut(p.Dir, "-")
	name = strings.ReplaceAll(name, "-", ", ")
	return fmt.Sprintf("%d %s%s", p.Number, strings.ToUpper(name[:1]), name[1:])
}

// dict passes several values to a template.
func dict(pairs ...any) map[string]any {
	all := make(map[string]any)
	for i := 0; i+1 < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}
