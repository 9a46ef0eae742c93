package course

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// sections are the headings of each lesson's page, in order.
var sections = []string{"In asyncio", "In Go", "What differs", "Run it", "Your turn", "Hints", "For the instructor", "Go further"}

var (
	frontMatter = regexp.MustCompile(`(?s)\A---\nminutes: [1-9]\d*\narticle: [^\n]+\nsection: [^\n]+\nhours: (?:3|6|12|15)\n(?:lesson\.py: none\n)?---\n`)
	headings    = regexp.MustCompile(`(?m)^## (.+)$`)
	hint        = regexp.MustCompile(`(?s)<details><summary>[^<]+</summary>.+?</details>`)
	picture     = regexp.MustCompile(`!\[([^\]]*)\]\(timeline\.svg\)`)
	link        = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	code        = regexp.MustCompile("(?ms)^```.*?^```|`[^`\\n]*`")
)

// checkPage proves that the lesson's page has all its pieces, and that what it
// points to is there.
func (l Lesson) checkPage() error {
	for _, file := range []string{"main.go", "lesson.py", "main_test.go", "transcript.txt", "timeline.svg"} {
		if _, err := os.Stat(l.path(file)); err != nil && (file != "lesson.py" || l.HasTwin()) {
			return fmt.Errorf("%s/%s is missing", l.Dir, file)
		}
	}
	source, err := os.ReadFile(l.path("README.md"))
	if err != nil {
		return errors.New("it is missing")
	}
	page := strings.ReplaceAll(string(source), "\r\n", "\n")
	if !frontMatter.MatchString(page) {
		return errors.New("it does not begin with its minutes, article, section and hours (3, 6, 12 or 15) between two lines ---")
	}
	text := code.ReplaceAllString(page, "")
	want := sections
	if !l.HasExercise() {
		want = []string{"In asyncio", "In Go", "What differs", "Run it", "For the instructor", "Go further"}
	}
	var got []string
	for _, m := range headings.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		return fmt.Errorf("its sections are %q, not %q", got, want)
	}
	if m := picture.FindStringSubmatch(text); m == nil || len(m[1]) < 40 {
		return errors.New("it does not show timeline.svg with a text that tells the story to those who cannot see it")
	}
	if err := checkLinks(l.path(), text); err != nil {
		return err
	}
	if l.HasExercise() {
		return l.checkExercisePage(text)
	}
	return nil
}

// checkLinks proves that the links of a page in the folder dir lead somewhere.
func checkLinks(dir, text string) error {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(m[1]))); err != nil {
			return fmt.Errorf("it links to %s, which is not there", m[1])
		}
	}
	return nil
}

// CheckPages proves that the links of the pages that belong to no lesson lead
// somewhere: README.md, docs and the parts' own.
func CheckPages(root string) error {
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "part*/*.md"} {
		found, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern))) // the pattern is well formed
		pages = append(pages, found...)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		if err := checkLinks(filepath.Dir(page), code.ReplaceAllString(string(text), "")); err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
	}
	return nil
}

func (l Lesson) checkExercisePage(text string) error {
	if n := len(hint.FindAllString(text, -1)); n != 3 {
		return fmt.Errorf("it has %d hints in <details>, not three", n)
	}
	wrong := l.WrongAnswers()
	if len(wrong) < 4 {
		return fmt.Errorf("its exercise has %d wrong answers in _wrong; it needs four", len(wrong))
	}
	for _, file := range wrong {
		if name := "exercise/_wrong/" + filepath.Base(file); !strings.Contains(text, "("+name+")") {
			return fmt.Errorf("it does not tell the instructor of %s", name)
		}
	}
	return nil
}
