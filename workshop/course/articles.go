package course

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// articles is the page that says which lesson, line and test stand for each
// example of the texts that the workshop follows.
const articles = "docs/articles.md"

var (
	nameLink  = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	codeSpan  = regexp.MustCompile("`([^`]+)`")
	storyLine = regexp.MustCompile(`(?m)^([-+]?) +\d+\.\ds +(.+)$`)
	anyDiff   = regexp.MustCompile("(?ms)^```diff[^\n]*\n(.*?)^```")
)

// checkArticles finds lessons, lines and tests that the page names and that are
// not there, and lessons that follow a text and that it does not name.
func checkArticles(root string) (found faults, err error) {
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(articles)))
	if os.IsNotExist(err) {
		return nil, nil // a workshop of its own texts
	} else if err != nil {
		return nil, err
	}
	lessons, err := Lessons(root)
	if err != nil {
		return nil, err
	}
	named := make(map[string]bool)
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) == 6 && strings.Contains(cells[1], "](") {
			checkArticlesRow(root, lessons, cells, named, &found)
		}
	}
	for _, l := range lessons {
		if text := l.Front("article"); text != "" && !named[l.Dir] {
			found.add("%s: no row names %s, whose head names %q", articles, l.ID(), text)
		}
	}
	return found, nil
}

// checkArticlesRow looks at a row: what the text shows, the lesson, the line in
// Go and in Python, the test, and what really happens.
func checkArticlesRow(root string, lessons []Lesson, cells []string, named map[string]bool, found *faults) {
	what, goCell, pythonCell := strings.TrimSpace(cells[0]), cells[2], cells[3]
	var goSays, pythonSays []string
	for _, m := range nameLink.FindAllStringSubmatch(cells[1], -1) {
		i := slices.IndexFunc(lessons, func(l Lesson) bool { return l.ID() == m[1] && "../"+l.Dir == m[2] })
		if i < 0 {
			found.add("%s: %s: %s is no lesson at %s", articles, what, m[1], m[2])
			continue
		}
		named[lessons[i].Dir] = true
		inGo, inPython := lessons[i].said()
		goSays, pythonSays = append(goSays, inGo...), append(pythonSays, inPython...)
	}
	if pythonCell == "the same" {
		pythonCell = goCell
	}
	for _, m := range codeSpan.FindAllStringSubmatch(goCell, -1) {
		if !slices.Contains(goSays, m[1]) {
			found.add("%s: %s: no story in Go says %q", articles, what, m[1])
		}
	}
	for _, m := range codeSpan.FindAllStringSubmatch(pythonCell, -1) {
		if !slices.Contains(pythonSays, m[1]) {
			found.add("%s: %s: no lesson.py says %q", articles, what, m[1])
		}
	}
	tests := nameLink.FindAllStringSubmatch(cells[4], -1)
	if len(tests) == 0 {
		found.add("%s: %s: no test asserts it", articles, what)
	}
	for _, m := range tests {
		source, _ := os.ReadFile(filepath.Join(root, filepath.Dir(articles), filepath.FromSlash(m[2]))) // a missing file has no test
		if !strings.Contains(string(source), "\nfunc "+m[1]+"(t *testing.T)") {
			found.add("%s: %s: %s has no %s", articles, what, strings.TrimPrefix(m[2], "../"), m[1])
		}
	}
}

// said are the lines of the lesson's story in Go and in Python, without times.
func (l Lesson) said() (inGo, inPython []string) {
	lines := func(text, sign string) (all []string) {
		for _, m := range storyLine.FindAllStringSubmatch(text, -1) {
			if m[1] == sign {
				all = append(all, strings.Join(strings.Fields(m[2]), " "))
			}
		}
		return all
	}
	files, _ := filepath.Glob(l.path("transcript*.txt")) // the pattern is well formed
	for _, file := range files {
		text, _ := os.ReadFile(file) // checkPage says so when it is gone
		inGo = append(inGo, lines(string(text), "")...)
	}
	if !l.HasTwin() {
		return inGo, nil
	}
	inPython = slices.Clone(inGo)
	for _, diff := range anyDiff.FindAllStringSubmatch(l.page(), -1) {
		for _, line := range lines(diff[1], "+") {
			if i := slices.Index(inPython, line); i >= 0 {
				inPython = slices.Delete(inPython, i, i+1)
			}
		}
		inPython = append(inPython, lines(diff[1], "-")...)
	}
	return inGo, inPython
}
