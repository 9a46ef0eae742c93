package main

import (
	"cmp"
	"fmt"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"example.com/asyncio-to-go/workshop/course"
)

// A mistake is a wrong answer as the catalogue shows it.
type mistake struct {
	ID         string // of its place on the page
	Lesson     course.Lesson
	Wrong      string // a sentence
	Says       string // what a test says to it
	Kind       string
	Constructs []string // of Go, in the lines that differ
	Diff       []template.HTML
	Changed    int // how many lines differ
	File       string
	Whole      string // where the site has it
	Runs       bool   // in a tab, which rejects it as the runner does
}

// constructs are what of Go a line uses that has to do with concurrency.
var constructs = regexp.MustCompile(`\b(?:context|sync|atomic|time|errgroup|semaphore|signal|errors|exec)\.[A-Z]\w*|\b(?:select|go func|defer|recover|chan|close)\b|<-`)

var (
	goFunc  = regexp.MustCompile(`\bgo \w`)
	comment = regexp.MustCompile(`//.*`)
)

func constructsIn(lines []string) []string {
	var all []string
	for _, line := range lines {
		line = comment.ReplaceAllString(line, "")
		found := constructs.FindAllString(line, -1)
		if goFunc.MatchString(line) {
			found = append(found, "go")
		}
		for _, c := range found {
			switch c {
			case "go func":
				c = "go"
			case "<-":
				c = "chan"
			}
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	slices.Sort(all)
	return all
}

// wrongs is every wrong answer of all lessons.
func (s *site) wrongs() []mistake {
	var all []mistake
	for _, l := range s.lessons {
		for _, w := range l.Gallery() {
			all = append(all, mistake{
				ID: l.Folder() + "-" + answerName(w.File), Lesson: l, Wrong: w.Wrong, Says: w.Says, Kind: cmp.Or(w.Kind, "unsorted"),
				File: w.File, Whole: s.address(w.File), Runs: s.runs(&l, w.File),
			})
		}
	}
	return all
}

// answerName is what a file of _wrong is called on the pages.
func answerName(file string) string { return strings.TrimSuffix(path.Base(file), ".go") }

// gallery is every wrong answer with the lines in which it differs.
func (s *site) gallery() ([]mistake, error) {
	all := s.wrongs()
	for i := range all {
		if err := s.compare(&all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// compare finds the lines in which the answer differs from the solution.
func (s *site) compare(m *mistake) error {
	wrong, err := s.read(m.File)
	if err != nil {
		return err
	}
	right, err := s.read(m.Lesson.Dir + "/exercise/_solution/exercise.go")
	if err != nil {
		return err
	}
	mistaken, solved := code(wrong), code(right)
	diff, err := udiff.ToUnified("wrong", "right", mistaken, udiff.Lines(mistaken, solved), 1)
	if err != nil {
		return err
	}
	var own []string
	shown := strings.Builder{}
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"), strings.HasPrefix(line, `\`):
			continue
		case strings.HasPrefix(line, "@@"):
			if shown.Len() > 0 {
				shown.WriteString("  …\n")
			}
			continue
		case strings.HasPrefix(line, "-"), strings.HasPrefix(line, "+"):
			own = append(own, line[1:])
		}
		shown.WriteString(line)
	}
	m.Changed, m.Constructs = len(own), constructsIn(own)
	m.Diff = asHTML(marked("diff", strings.ReplaceAll(shown.String(), "\t", "    ")))
	return nil
}

// code is an answer without its comments of whole lines: the contract, and what
// the head of a wrong answer says.
func code(answer []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(answer)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "//") {
			b.WriteString(line)
		}
	}
	return strings.TrimLeft(b.String(), "\n")
}

// A choice is something to filter the catalogue by.
type choice struct {
	Name  string
	Count int
}

// mistakes is the catalogue.
func (s *site) mistakes() (*page, error) {
	all, err := s.gallery()
	if err != nil {
		return nil, err
	}
	p := &page{Path: "mistakes/", Title: "The catalogue of mistakes", Kind: "mistakes", Lab: s.hasLab()}
	s.place(p)
	byKind, byConstruct := make(map[string]int), make(map[string]int)
	for _, m := range all {
		byKind[m.Kind]++
		for _, c := range m.Constructs {
			byConstruct[c]++
		}
		p.links = append(p.links, path.Dir(m.File)+"/")
		p.docs = append(p.docs, entry{Path: p.Path + "#" + m.ID, Title: fmt.Sprintf("Mistake: %s, %s", m.Kind, m.Lesson.Title()), Text: m.Wrong + "\n" + m.Says})
	}
	p.Body, err = fill("mistakes.html", struct {
		*page
		All        []mistake
		Lessons    []course.Lesson
		Kinds      []choice
		Constructs []choice
		Runs       bool
	}{p, all, s.lessons, most(byKind, 1), most(byConstruct, 3), s.live || s.failing != nil})
	return p, err
}

// most are the choices with at least so many entries, the largest first.
func most(counts map[string]int, least int) []choice {
	var all []choice
	for name, n := range counts {
		if n >= least {
			all = append(all, choice{name, n})
		}
	}
	slices.SortFunc(all, func(a, b choice) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Name, b.Name)) })
	return all
}
