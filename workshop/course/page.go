package course

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// sections are the headings of each lesson's page, in order.
var sections = []string{"In asyncio", "In Go", "What differs", "Run it", "Your turn", "Hints", "Go further"}

// ofExercises are those that a lesson without an exercise does not have.
var ofExercises = []string{"Your turn", "Hints"}

// leastWrong is how many wrong answers an exercise has at least.
const leastWrong = 4

var (
	frontMatter = regexp.MustCompile(`\A---\nminutes: [1-9]\d*\narticle: [^\n]+\nsection: [^\n]+\nhours: (?:3|6|12|22)\n(?:[a-z.]+: [^\n]+\n)*---\n`)
	headings    = regexp.MustCompile(`(?m)^## (.+)$`)
	hint        = regexp.MustCompile(`(?s)<details><summary>[^<]+</summary>.+?</details>`)
	picture     = regexp.MustCompile(`!\[([^\]]*)\]\(timeline\.svg\)`)
	link        = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	fence       = regexp.MustCompile("(?ms)^```.*?^```")
	code        = regexp.MustCompile("(?ms)^```.*?^```|`[^`\\n]*`")
	tableHead   = regexp.MustCompile(`(?m)^\|.*\|\n\|[-:| ]+\|$`)
	pictures    = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	tags        = regexp.MustCompile(`(?s)<[^>]*>|\*\*[^*]+\.\*\*`)
	placeholder = regexp.MustCompile(`TODO: [^"\n]+`)
)

// faults are what a check has found, all of it.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// err is nil without a fault, otherwise an error with a line for each.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return errors.New(strings.Join(f, "\n  "))
}

// checkPage proves that the lesson's page has all its pieces, that what it
// points to is there, and that the pages above it name the lesson. Its error
// lists all that falls short.
func (l Lesson) checkPage() error {
	var found faults
	for _, file := range []string{"main.go", "lesson.py", "main_test.go", "trace.json", "transcript.txt", "timeline.svg", "notes.md"} {
		if _, err := os.Stat(l.path(file)); err != nil && (file != "lesson.py" || l.HasTwin()) {
			found.add("%s/%s is missing", l.Dir, file)
		}
	}
	page := l.page()
	if page == "" {
		found.add("it is missing")
		return found.err()
	}
	if !frontMatter.MatchString(page) {
		found.add("it does not begin with its minutes, article, section and hours (3, 6, 12 or 22) between two lines ---")
	}
	if isEmpty(l.Question()) {
		found.add("no question stands under its title")
	}
	text := code.ReplaceAllString(page, "")
	l.checkSections(text, &found)
	if m := picture.FindStringSubmatch(text); m == nil || len(m[1]) < 40 {
		found.add("it does not show timeline.svg with a text that tells the story to readers who cannot see it")
	}
	checkLinks(l.path(), text, &found)
	l.checkNotes(&found)
	if l.HasExercise() {
		l.checkExercise(&found)
	}
	for _, further := range l.Further() {
		mustName(l.Root, l.Dir+"/README.md", further.More, &found)
	}
	l.checkPlaceholders(&found)
	part, name, _ := strings.Cut(l.Dir, "/")
	mustName(l.Root, part+"/README.md", name, &found)
	mustName(l.Root, "README.md", l.Dir, &found)
	return found.err()
}

// checkExercise looks for the three hints, and for wrong answers.
func (l Lesson) checkExercise(found *faults) {
	if n := len(hint.FindAllString(l.Section("Hints"), -1)); n != 3 {
		found.add("it has %d hints in <details>, not three", n)
	}
	if n := len(l.WrongAnswers()); n < leastWrong {
		found.add("_wrong holds %d of the %d wrong answers that an exercise needs", n, leastWrong)
	}
}

// checkFurther looks at the page of a further exercise: a title, what to do, three hints.
func (l Lesson) checkFurther() error {
	var found faults
	page := l.page()
	if l.Title() == l.More || isEmpty(page) {
		found.add("it has no title, or says nothing")
	}
	text := code.ReplaceAllString(page, "")
	l.checkExercise(&found)
	checkLinks(l.path(), text, &found)
	return found.err()
}

// checkSections finds sections that are missing, unknown, out of order or empty.
func (l Lesson) checkSections(text string, found *faults) {
	want := sections
	if !l.HasExercise() {
		want = slices.DeleteFunc(slices.Clone(sections), func(s string) bool { return slices.Contains(ofExercises, s) })
	}
	var got []string
	for _, m := range headings.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
		if isEmpty(l.Section(m[1])) {
			found.add("its section %s is empty", m[1])
		}
	}
	if !slices.Equal(got, want) {
		found.add("its sections are %q, not %q", got, want)
	}
}

// isEmpty reports whether a text has no words beside code, pictures, tags, labels
// such as **Goal.** and the heads of tables.
func isEmpty(text string) bool {
	text = fence.ReplaceAllString(text, "")
	for _, without := range []*regexp.Regexp{tableHead, pictures, tags} {
		text = without.ReplaceAllString(text, "")
	}
	return len(strings.Fields(text)) < 3
}

// checkNotes finds what the instructor is not told.
func (l Lesson) checkNotes(found *faults) {
	notes := l.Notes()
	if isEmpty(notes) {
		found.add("notes.md tells the instructor nothing")
	}
	for _, file := range l.WrongAnswers() {
		if name := "exercise/_wrong/" + filepath.Base(file); !strings.Contains(notes, "("+name+")") {
			found.add("notes.md does not tell the instructor of %s", name)
		}
	}
	for _, further := range l.Further() {
		for _, file := range further.WrongAnswers() {
			if name := further.More + "/exercise/_wrong/" + filepath.Base(file); !strings.Contains(notes, "("+name+")") {
				found.add("notes.md does not tell the instructor of %s", name)
			}
		}
	}
	labels := []string{"**Goal.**", "**Ask.**"}
	if l.HasExercise() {
		labels = append(labels, "**Likely mistakes")
	}
	for _, label := range labels {
		if _, text, _ := strings.Cut(notes, "\n"+label); isEmpty(firstParagraph(text)) {
			found.add("notes.md has nothing under %s", strings.Trim(label, "*."))
		}
	}
	checkLinks(l.path(), code.ReplaceAllString(notes, ""), found)
}

func firstParagraph(text string) string {
	text, _, _ = strings.Cut(text, "\n\n**")
	return strings.TrimPrefix(text, "**")
}

// checkPlaceholders finds what `workshop new` wrote for the author to replace.
func (l Lesson) checkPlaceholders(found *faults) {
	files := []string{"README.md", "notes.md", "main.go", "main_test.go", "lesson.py"}
	if l.HasExercise() {
		files = append(files, "exercise/_stub/exercise.go", "exercise/exercise_test.go")
	}
	for _, file := range files {
		text, _ := os.ReadFile(l.path(filepath.FromSlash(file))) // a missing one is named above
		if todo := placeholder.Find(text); todo != nil {
			found.add("%s still has a placeholder: %q", file, todo)
		}
	}
}

// mustName finds whether the page at path, from the root, links to dir.
func mustName(root, path, dir string, found *faults) {
	text, _ := os.ReadFile(filepath.Join(root, filepath.FromSlash(path))) // without it, it does not name dir
	if !strings.Contains(string(text), "]("+dir+")") {
		found.add("%s does not name it: no link leads to %s", path, dir)
	}
}

// onGitHub finds the links to GitHub's own pages of the repository, which stand beside its files.
var onGitHub = regexp.MustCompile(`^\.\./\.\./(codespaces|deployments/github-pages)$`)

// checkLinks finds links of a page in the folder dir that lead nowhere.
func checkLinks(dir, text string, found *faults) {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if onGitHub.MatchString(m[1]) {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(m[1]))); err != nil {
			found.add("it links to %s, which is not there", m[1])
		}
	}
}

// CheckPages proves that the links of the pages that belong to no lesson lead
// somewhere: README.md, docs and the parts' own. docs/articles.md names lines and
// tests as well.
func CheckPages(root string) error {
	all, err := checkArticles(root)
	if err != nil {
		return err
	}
	for _, page := range sharedPages(root) {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		var found faults
		checkLinks(filepath.Dir(page), code.ReplaceAllString(string(text), ""), &found)
		for _, f := range found {
			all.add("%s: %s", page, f)
		}
	}
	return all.err()
}

// sharedPages are the pages that belong to no lesson.
func sharedPages(root string) (pages []string) {
	for _, pattern := range []string{"*.md", "docs/*.md", "part*/*.md"} {
		found, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern))) // the pattern is well formed
		pages = append(pages, found...)
	}
	return pages
}
