package course

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// page is the text of the lesson's page, with plain line ends; empty if it is gone.
func (l Lesson) page() string {
	text, _ := os.ReadFile(l.path("README.md")) // checkPage says so when it is gone
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// Front is a line of the head of the lesson's page: of minutes, article, section, hours.
func (l Lesson) Front(key string) string {
	head, _, _ := strings.Cut(strings.TrimPrefix(l.page(), "---\n"), "\n---\n")
	for line := range strings.Lines(head) {
		if value, ok := strings.CutPrefix(line, key+": "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Minutes is how long the lesson takes, its exercise included.
func (l Lesson) Minutes() int {
	minutes, _ := strconv.Atoi(l.Front("minutes")) // checkPage proves that it is a number
	return minutes
}

// Hours is how long the shortest workshop is that has room for the lesson; 0 if
// its page does not say.
func (l Lesson) Hours() int {
	hours, _ := strconv.Atoi(l.Front("hours")) // checkPage proves that it is a number
	return hours
}

// Question is what the lesson answers: the text under the heading of its page.
func (l Lesson) Question() string {
	_, text, _ := strings.Cut(l.page(), "\n# ")
	_, text, _ = strings.Cut(text, "\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// Section is the text under a heading of the lesson's page.
func (l Lesson) Section(heading string) string {
	_, text, _ := strings.Cut(l.page(), "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return strings.TrimSpace(text)
}

// Notes are what the instructor of a room is told about the lesson, in Markdown:
// notes.md without its heading.
func (l Lesson) Notes() string {
	text, _ := os.ReadFile(l.path("notes.md")) // checkPage says so when it is gone
	_, notes, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	return "\n" + strings.TrimSpace(notes)
}

// A Hint is one of a page's three, each says more than the one before.
type Hint struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

var hintParts = regexp.MustCompile(`(?s)<details><summary>(?:\d\. )?([^<]+)</summary>(.+?)</details>`)

// Hints are the hints of the lesson's page.
func (l Lesson) Hints() []Hint {
	var hints []Hint
	for _, m := range hintParts.FindAllStringSubmatch(l.Section("Hints"), -1) {
		hints = append(hints, Hint{Title: m[1], Text: strings.TrimSpace(m[2])})
	}
	return hints
}

// A WrongAnswer is one that the exercise's tests are known to reject.
type WrongAnswer struct {
	File  string `json:"file"`  // from the root
	Wrong string `json:"wrong"` // what is wrong with it
	Says  string `json:"says"`  // what a test says to it
	Kind  string `json:"kind"`  // one of [Kinds]
}

// Kinds are the kinds of mistakes; the last one is for what an answer does
// otherwise than its contract says, without a kind of its own.
var Kinds = []string{"leak", "race", "deadlock", "lost cancellation", "unbounded", "sequential", "order", "timing", "error lost", "work lost", "contract"}

// Gallery are the exercise's wrong answers.
func (l Lesson) Gallery() []WrongAnswer {
	var all []WrongAnswer
	for _, file := range l.WrongAnswers() {
		source, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		w := WrongAnswer{File: l.Dir + "/exercise/_wrong/" + filepath.Base(file)}
		w.Wrong, _ = headLine(string(source), "//wrong:") // verify proves that both are there
		w.Says, _ = headLine(string(source), "//want:")
		w.Kind, _ = headLine(string(source), "//kind:")
		all = append(all, w)
	}
	return all
}

// Contract is what the exercise asks for: the documentation of its stub, in
// lines of up to so many letters.
func (l Lesson) Contract(width int) string {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, l.Stub(), nil, parser.ParseComments)
	if err != nil {
		return ""
	}
	pkg, err := doc.NewFromFiles(files, []*ast.File{file}, "exercise")
	if err != nil {
		return ""
	}
	var b strings.Builder
	words := func(text string) {
		p := pkg.Printer()
		p.TextWidth = width
		fmt.Fprintf(&b, "%s\n", p.Text(pkg.Parser().Parse(text)))
	}
	function := func(f *doc.Func) {
		_ = declaration.Fprint(&b, files, f.Decl) // a strings.Builder takes everything
		b.WriteString("\n\n")
		words(f.Doc)
	}
	values := func(all []*doc.Value) {
		for _, v := range all {
			_ = declaration.Fprint(&b, files, v.Decl)
			b.WriteString("\n\n")
			words(v.Doc)
		}
	}
	words(pkg.Doc)
	values(pkg.Consts)
	values(pkg.Vars)
	for _, f := range pkg.Funcs {
		function(f)
	}
	for _, t := range pkg.Types {
		_ = declaration.Fprint(&b, files, t.Decl)
		b.WriteString("\n\n")
		words(t.Doc)
		values(t.Consts)
		values(t.Vars)
		for _, f := range append(t.Funcs, t.Methods...) {
			function(f)
		}
	}
	return blanks.ReplaceAllString(strings.TrimSpace(b.String()), "\n\n") + "\n"
}

// declaration prints as gofmt does, with spaces: a terminal's tabs are wide.
var declaration = printer.Config{Mode: printer.UseSpaces, Tabwidth: 4}

var blanks = regexp.MustCompile(`\n{3,}`)

// A SourceLine is a line of the learner's file.
type SourceLine struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}

var answerLine = regexp.MustCompile(`\bexercise\.go:(\d+)`)

// Quoted are the lines of the learner's file that a message names, at most
// five, in the order of the message.
func (l Lesson) Quoted(message string) []SourceLine {
	source, err := os.ReadFile(l.Answer())
	if err != nil {
		return nil
	}
	lines := strings.Split(string(source), "\n")
	var quoted []SourceLine
	seen := make(map[int]bool)
	for _, m := range answerLine.FindAllStringSubmatch(message, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil || n < 1 || n > len(lines) || seen[n] || len(quoted) == 5 {
			continue
		}
		seen[n] = true
		quoted = append(quoted, SourceLine{n, strings.TrimSpace(lines[n-1])})
	}
	return quoted
}
