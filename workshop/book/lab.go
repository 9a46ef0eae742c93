package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
)

// A lab is what a page says of running its story in the browser.
type lab struct {
	Go      bool     // it can be run
	Pyodide string   // where pyodide lies, from the site's first page; empty: lesson.py cannot be run
	Missing []string // what cannot be run, and why
	Only    string   // what only a real machine shows
}

// inTab is what of a lesson the engine has. One that is still being built will
// have all that does not stand in the lists of docs/lab.md.
func (s *site) inTab(l *course.Lesson) inTheTab {
	if e := s.theEngine(); e != nil {
		return e.lessons[l.Dir]
	}
	if s.hasLab() {
		return inTheTab{Exercise: &exerciseInTheTab{}, Story: &storyInTheTab{}}
	}
	return inTheTab{}
}

// hasLab reports whether the site has an engine, or will have it.
func (s *site) hasLab() bool { return s.theEngine() != nil || s.making.comes() }

// theEngine is the site's engine; nil if it has none yet.
func (s *site) theEngine() *engine {
	if s.live {
		return s.making.ready()
	}
	return s.lab
}

func (s *site) labOf(l *course.Lesson) *lab {
	all := lab{Only: fmt.Sprintf("The race detector, more processors and real time are on your machine: go run -race ./%s.", l.Dir)}
	miss := func(file, why, command string) {
		all.Missing = append(all.Missing, fmt.Sprintf("%s does not run here: %s. On your machine: %s", file, why, command))
	}
	switch why := s.reason(l, "Go"); {
	case why != "":
		miss("main.go", why, "go run ./"+l.Dir)
	case s.inTab(l).Story == nil:
		miss("main.go", "the site was made without Go's compiler", "go run ./"+l.Dir)
	default:
		all.Go = true
	}
	if !l.HasTwin() {
		return &all
	}
	switch why := s.reason(l, "asyncio"); {
	case why != "":
		miss("lesson.py", why, "python3 "+l.Dir+"/lesson.py")
	case s.pyodide() == "":
		miss("lesson.py", "the site was made without npm's pyodide (npm ci in workshop/book/web)", "python3 "+l.Dir+"/lesson.py")
	default:
		all.Pyodide = s.pyodide()
	}
	return &all
}

// elsewhere is a line of the table of docs/lab.md that the run of all stories in
// the tab's engine writes: a story that does not run there, and why.
var elsewhere = regexp.MustCompile(`(?m)^\| (\d+\.\d+) \| (Go|asyncio) \| (.+) \|$`)

// reason is why a language's side of a story does not run in a tab; empty if it does.
func (s *site) reason(l *course.Lesson, language string) string {
	text, err := s.read(labPage)
	if err != nil {
		return ""
	}
	for _, m := range elsewhere.FindAllStringSubmatch(string(text), -1) {
		if m[1] == l.ID() && m[2] == language {
			return m[3]
		}
	}
	return ""
}

const labPage = "docs/lab.md"

// pyodideFiles are what a browser loads of pyodide.
var pyodideFiles = []string{"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"}

func (s *site) pyodideFolder() string {
	return filepath.Join(s.root, "workshop", "book", "web", "node_modules", "pyodide")
}

// pyodide is where the site has CPython, from its first page; empty if npm has
// not installed it. The version is part of it, so that a browser does not keep an old one.
func (s *site) pyodide() string {
	text, err := os.ReadFile(filepath.Join(s.pyodideFolder(), "package.json"))
	var has struct{ Version string }
	if err != nil || json.Unmarshal(text, &has) != nil {
		return ""
	}
	return "python/" + has.Version + "/"
}

// pyodideFile is one of its files, by its path in the site.
func (s *site) pyodideFile(at string) ([]byte, error) {
	name, ours := strings.CutPrefix(at, s.pyodide())
	if !ours || path.Base(name) != name {
		return nil, errNotFound
	}
	return os.ReadFile(filepath.Join(s.pyodideFolder(), name))
}
