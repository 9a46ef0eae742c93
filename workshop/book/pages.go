package main

import (
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"example.com/asyncio-to-go/workshop/course"
)

// fill executes a template for a page's body.
func fill(name string, data any) (template.HTML, error) {
	var b strings.Builder
	err := templates.ExecuteTemplate(&b, name, data)
	return template.HTML(b.String()), err //nolint:gosec // the template has escaped what needs it
}

// home is the first page: README.md's opening, the player, and the map.
func (s *site) home() (*page, error) {
	source, err := s.read("README.md")
	if err != nil {
		return nil, err
	}
	d := s.parse(source, "README.md", "")
	const still = "docs/player.svg" // of the player, which this page has itself
	d.sections[0].nodes = slices.DeleteFunc(d.sections[0].nodes, func(n ast.Node) bool { return isPictureOf(n, still) })
	d.links = slices.DeleteFunc(d.links, func(to string) bool { return to == still })
	p := &page{Title: titleOf(string(source)), Kind: "home", links: d.links, docs: d.entries("", titleOf(string(source)))}
	data := struct {
		*page
		Intro  template.HTML
		More   []section
		Texts  []template.HTML
		Docs   []ref
		Player *player
		Parts  []course.Part
	}{page: p, Intro: d.html(d.sections[0].nodes...), More: d.sections[1:], Docs: s.documents(), Parts: s.parts}
	for _, section := range data.More {
		data.Texts = append(data.Texts, d.html(section.nodes...))
	}
	for _, part := range s.parts {
		p.links = append(p.links, part.Dir+"/")
	}
	for _, doc := range data.Docs {
		p.links = append(p.links, doc.Path)
	}
	p.links = append(p.links, "mistakes/", "licences/")
	if first := s.parts; len(first) > 0 {
		if data.Player, err = s.player(&first[0].Lessons[0], ""); err != nil {
			return nil, err
		}
	}
	s.place(p)
	p.Body, err = fill("home.html", data)
	return p, err
}

// text is a page of docs, or a part's.
func (s *site) text(at, file string) (*page, error) {
	source, err := s.read(file)
	if err != nil {
		return nil, err
	}
	d := s.parse(source, file, at)
	p := &page{Path: at, Title: titleOf(string(source)), Kind: "text", links: d.links}
	p.docs = d.entries(at, p.Title)
	s.place(p)
	data := struct {
		*page
		Sections []section
		Texts    []template.HTML
		Lessons  []course.Lesson
	}{page: p, Sections: d.sections}
	for _, section := range d.sections {
		data.Texts = append(data.Texts, d.html(section.nodes...))
	}
	for _, part := range s.parts {
		if part.Dir+"/" == at {
			data.Lessons = part.Lessons
		}
	}
	for _, l := range data.Lessons {
		p.links = append(p.links, l.Dir+"/")
	}
	p.Body, err = fill("text.html", data)
	return p, err
}

// lessonPage is a lesson's README.md with the player where it shows the
// transcript. A further exercise has a page of the same kind: what stands before
// its hints is the learner's turn.
func (s *site) lessonPage(l *course.Lesson) (*page, error) {
	file := l.Dir + "/README.md"
	source, err := s.read(file)
	if err != nil {
		return nil, err
	}
	at := l.Dir + "/"
	d := s.parse(source, file, at)
	p := &page{Path: at, Title: l.ID() + " " + l.Title(), Kind: "lesson", Lesson: l, Live: s.live, links: d.links}
	p.docs = d.entries(at, p.Title)
	if l.HasExercise() {
		p.Minutes = exerciseMinutes(l)
	}
	question, sections := d.sections[0], d.sections[1:]
	if l.More == "" {
		p.links = append(p.links, at+"notes/")
	} else {
		question, sections = section{}, slices.Concat([]section{{"Your turn", "your-turn", question.nodes}}, sections)
	}
	s.place(p)
	shown, err := s.player(l, at)
	if err != nil {
		return nil, err
	}
	if shown != nil {
		shown.Lab = s.labOf(l)
	}
	data := struct {
		*page
		Question template.HTML
		Sections []section
		Texts    []template.HTML
		Front    func(string) string
		Total    int
		Part     ref

		Stub       string // empty where the exercise cannot be done on the page
		EngineSize int    // in MB; 0 beside a clone, which is no download
		OnlyHere   []string
		NotHere    string // why not
		Making     bool   // it says how far the engine is, or that it could not be built
	}{page: p, Making: s.making.hasBegun(), Question: d.html(question.nodes...), Sections: sections, Front: l.Front, Total: l.Minutes()}
	for _, part := range s.parts {
		if part.Number == l.Part {
			data.Part = ref{part.Dir + "/", part.Title}
		}
	}
	if why := s.notHere(l); why != "" && s.hasLab() {
		data.NotHere = why
	} else if l.HasExercise() && s.inTab(l).Exercise != nil {
		stub, err := s.read(l.Dir + "/exercise/_stub/exercise.go")
		if err != nil {
			return nil, err
		}
		p.Lab, data.Stub, data.OnlyHere = true, string(stub), s.onlyHere(l)
		if s.lab != nil {
			data.EngineSize = s.lab.Size / 1e6
		}
	}
	for _, section := range data.Sections {
		text := d.html(section.nodes...)
		if section.Heading == "Run it" && shown != nil {
			if text, err = d.withPlayer(section, shown); err != nil {
				return nil, err
			}
		}
		data.Texts = append(data.Texts, text)
	}
	if shown != nil {
		p.links = append(p.links, shown.links()...)
	}
	p.Body, err = fill("lesson.html", data)
	return p, err
}

// withPlayer shows a section with the player above its transcript and picture,
// which stay for readers without a script, and on paper.
func (d *document) withPlayer(run section, shown *player) (template.HTML, error) {
	told := slices.IndexFunc(run.nodes, func(n ast.Node) bool {
		block, ok := n.(*ast.FencedCodeBlock)
		return ok && string(block.Language(d.source)) == "text"
	})
	if told < 0 {
		return d.html(run.nodes...), nil
	}
	still, after := []ast.Node{run.nodes[told]}, []ast.Node(nil)
	for _, n := range run.nodes[told+1:] {
		if isPicture(n) {
			still = append(still, n)
		} else {
			after = append(after, n)
		}
	}
	return fill("run.html", struct {
		Before, Still, After template.HTML
		Player               *player
	}{d.html(run.nodes[:told]...), d.html(still...), d.html(after...), shown})
}

// isPictureOf reports whether a paragraph is a picture of this file, with a link around it or without.
func isPictureOf(n ast.Node, file string) bool {
	if n.ChildCount() != 1 {
		return false
	}
	image, ok := n.FirstChild().(*ast.Image)
	return ok && string(image.Destination) == file || !ok && isPictureOf(n.FirstChild(), file)
}

func isPicture(n ast.Node) bool {
	_, ok := n.FirstChild().(*ast.Image)
	return ok && n.ChildCount() == 1
}

// exerciseMinutes is how long a room writes: what a lesson takes but for its talk,
// which is two fifths of it, in steps of five minutes.
func exerciseMinutes(l *course.Lesson) int {
	return max(5, l.Minutes()*3/5/5*5)
}

// notes are the instructor's, with an answer for each question.
func (s *site) notes(l *course.Lesson) (*page, error) {
	file, at := l.Dir+"/notes.md", l.Dir+"/notes/"
	source, err := s.read(file)
	if err != nil {
		return nil, err
	}
	d := s.parse(source, file, at)
	p := &page{Path: at, Title: l.ID() + " " + l.Title() + ": notes", Kind: "notes", Lesson: l, links: append(d.links, l.Dir+"/")}
	p.Body, err = fill("notes.html", struct {
		*page
		Text template.HTML
	}{p, d.html(d.sections[0].nodes...)})
	return p, err
}

// answers are the wrong answers to an exercise, whole. There are hundreds: marked
// as code, each on a page of its own, they would be most of the site.
func (s *site) answers(l *course.Lesson) (*page, error) {
	p := &page{Path: l.Dir + "/exercise/_wrong/", Title: "Wrong answers to " + l.ID() + " " + l.Title(), Kind: "source", links: []string{l.Dir + "/", "mistakes/"}}
	type answer struct {
		course.WrongAnswer
		ID, Text string
	}
	var all []answer
	for _, w := range l.Gallery() {
		text, err := s.read(w.File)
		if err != nil {
			return nil, err
		}
		all = append(all, answer{w, answerName(w.File), string(text)})
	}
	var err error
	p.Body, err = fill("answers.html", struct {
		*page
		Of  *course.Lesson
		All []answer
	}{p, l, all})
	return p, err
}

// languages are those of files by their ending; others are shown as they are.
var languages = map[string]string{".go": "go", ".py": "python", ".yml": "yaml", ".yaml": "yaml", ".json": "json", ".sh": "bash"}

// source shows a file.
func (s *site) source(file string) (*page, error) {
	text, err := s.read(file)
	if err != nil {
		return nil, err
	}
	at := file + ".html"
	up := s.above(file)
	p := &page{Path: at, Title: file, Kind: "source", links: []string{up.Path}}
	p.Body, err = fill("source.html", struct {
		*page
		Lines []template.HTML
		Up    ref
		Stub  bool
	}{
		p, asHTML(marked(languages[path.Ext(file)], string(text))), up,
		!s.live && path.Base(file) == "exercise.go" && s.lesson(strings.TrimSuffix(file, "/exercise/exercise.go")) != nil,
	})
	return p, err
}

// above is the page to which a file belongs: the nearest folder's above it.
func (s *site) above(file string) ref {
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if l := s.lesson(dir); l != nil {
			return ref{dir + "/", l.ID() + " " + l.Title()}
		}
		if text, err := s.read(dir + "/README.md"); err == nil {
			return ref{dir + "/", titleOf(string(text))}
		}
	}
	return ref{"", "asyncio-to-go"}
}

func asHTML(lines []string) []template.HTML {
	all := make([]template.HTML, len(lines))
	for i, line := range lines {
		all[i] = template.HTML(line) //nolint:gosec // marked has escaped it
	}
	return all
}

// folder lists a folder without a page of its own, such as a package.
func (s *site) folder(dir string) (*page, error) {
	files, err := s.list(dir)
	if err != nil || len(files) == 0 {
		return nil, errNotFound
	}
	at := dir + "/"
	p := &page{Path: at, Title: dir, Kind: "text"}
	var all []ref
	for _, file := range files {
		all = append(all, ref{s.address(file), path.Base(file)})
		p.links = append(p.links, s.address(file))
	}
	p.Body, err = fill("folder.html", struct {
		*page
		Files []ref
	}{p, all})
	return p, err
}

func (s *site) licences() (*page, error) {
	p := &page{Path: "licences/", Title: "Licences", Kind: "text", links: []string{"LICENSE.html"}}
	all, err := web.ReadFile("web/vendor/LICENCES.txt")
	if err != nil {
		return nil, err
	}
	engine := ""
	if e := s.theEngine(); e != nil {
		engine = e.licences
	}
	p.Body, err = fill("licences.html", struct {
		*page
		Bundled, Pyodide, Engine string
	}{p, string(all), path.Base(s.pyodide()), engine})
	return p, err
}

// entries is what the search knows of a document: an entry for each section.
func (d *document) entries(at, title string) []entry {
	var all []entry
	for _, section := range d.sections {
		e := entry{Path: at, Title: title}
		if section.Heading != "" {
			e.Path += "#" + section.ID
			e.Title = fmt.Sprint(title, " › ", section.Heading)
		}
		for _, n := range section.nodes {
			e.Text += plain(n, d.source) + "\n"
		}
		all = append(all, e)
	}
	return all
}
