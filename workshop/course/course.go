// Package course knows the workshop's folders: which lessons there are, how a
// learner's answer to an exercise is tested, and what each lesson must prove.
//
// Nothing holds a list of lessons. A part is a folder partN-name at the root,
// a lesson is a folder NN-name in it.
package course

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/asyncio-to-go/workshop/lesson"
)

// ErrNoLesson is what [Find] returns, with the nearest names, where no lesson
// has the name that it was given.
var ErrNoLesson = errors.New("no such lesson")

// A Lesson is a folder of the workshop.
type Lesson struct {
	Root   string // of the workshop
	Dir    string // from there, with slashes: part1-tasks/02-cancel
	Part   int
	Number int
}

// ID is how a person calls the lesson for short: 1.2.
func (l Lesson) ID() string { return fmt.Sprintf("%d.%d", l.Part, l.Number) }

// Folder is the last part of its path: 02-cancel.
func (l Lesson) Folder() string { return l.Dir[strings.LastIndexByte(l.Dir, '/')+1:] }

// Name is its folder without the number: cancel.
func (l Lesson) Name() string { return l.Folder()[3:] }

// Title is the heading of its page.
func (l Lesson) Title() string { return lesson.Title(l.path()) }

// HasExercise reports whether there is something to write.
func (l Lesson) HasExercise() bool {
	_, err := os.Stat(l.path("exercise"))
	return err == nil
}

// HasTwin reports whether the story is told in asyncio, too. A page says when it
// is not: its front matter has the line "lesson.py: none".
func (l Lesson) HasTwin() bool {
	page, err := os.ReadFile(l.path("README.md"))
	return err != nil || !noTwin.Match(page)
}

// Exercise is the file that the learner writes, from the root.
func (l Lesson) Exercise() string { return l.Dir + "/exercise/exercise.go" }

// Answer is Exercise by its full path.
func (l Lesson) Answer() string { return l.path("exercise", "exercise.go") }

// Fingerprint is the hash of the learner's file; empty if it cannot be read.
func (l Lesson) Fingerprint() string {
	source, err := os.ReadFile(l.Answer())
	if err != nil {
		return ""
	}
	hash := sha256.Sum256(source)
	return hex.EncodeToString(hash[:])
}

// Conflict reports whether git has left its marks in the learner's file, as
// after a pull that changed the exercise in the middle of his work.
func (l Lesson) Conflict() bool {
	source, err := os.ReadFile(l.Answer())
	return err == nil && conflictMark.Match(source)
}

// ConflictMeans says what to make of that.
const ConflictMeans = "git's marks <<<<<<< and >>>>>>> are in the file: above the ======= is what the workshop's new version says, below it is yours."

var conflictMark = regexp.MustCompile(`(?m)^<{7} `)

// Stub is the file that Exercise was when nobody had begun it, and that no
// learner changes.
func (l Lesson) Stub() string { return l.path("exercise", "_stub", "exercise.go") }

// Solution is the file that answers the exercise.
func (l Lesson) Solution() string { return l.path("exercise", "_solution", "exercise.go") }

// Begun reports whether the learner's file is there and not the stub any more.
func (l Lesson) Begun() bool {
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return false
	}
	answer, err := os.ReadFile(l.Answer())
	plain := func(source []byte) string { return strings.ReplaceAll(string(source), "\r\n", "\n") }
	return err == nil && plain(answer) != plain(stub)
}

// WrongAnswers are the files that the exercise's tests must reject.
func (l Lesson) WrongAnswers() []string {
	files, _ := filepath.Glob(l.path("exercise", "_wrong", "*.go")) // the pattern is well formed
	return files
}

// path is the path of a file of the lesson.
func (l Lesson) path(elem ...string) string {
	return filepath.Join(append([]string{l.Root, filepath.FromSlash(l.Dir)}, elem...)...)
}

// Root finds the workshop's root: the folder dir or one above it that holds
// go.work.
func Root(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := abs; ; {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", fmt.Errorf("no workshop in %s or above it: change to the folder that you cloned", abs)
		}
		at = up
	}
}

// A Part is a folder of lessons.
type Part struct {
	Dir     string // from the root: part1-tasks
	Number  int
	Title   string
	Lessons []Lesson
}

var (
	partName   = regexp.MustCompile(`^part(\d)-[a-z0-9-]+$`)
	noTwin     = regexp.MustCompile(`\A---\r?\n(?:[a-z]+: .+\n)*lesson\.py: none\r?\n`)
	lessonName = regexp.MustCompile(`^(\d\d)-[a-z0-9-]+$`)
)

// Parts reads which parts and lessons there are, in order.
func Parts(root string) ([]Part, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var parts []Part
	for _, e := range entries {
		m := partName.FindStringSubmatch(e.Name())
		if m == nil || !e.IsDir() {
			continue
		}
		p := Part{Dir: e.Name(), Title: lesson.Title(filepath.Join(root, e.Name()))}
		p.Number, _ = strconv.Atoi(m[1]) // a digit
		if p.Lessons, err = lessonsOf(root, p); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func lessonsOf(root string, p Part) ([]Lesson, error) {
	entries, err := os.ReadDir(filepath.Join(root, p.Dir))
	if err != nil {
		return nil, err
	}
	var lessons []Lesson
	for _, e := range entries {
		m := lessonName.FindStringSubmatch(e.Name())
		if m == nil || !e.IsDir() {
			continue
		}
		l := Lesson{Root: root, Dir: p.Dir + "/" + e.Name(), Part: p.Number}
		l.Number, _ = strconv.Atoi(m[1]) // two digits
		lessons = append(lessons, l)
	}
	return lessons, nil
}

// Lessons are the lessons of all parts, in order.
func Lessons(root string) ([]Lesson, error) {
	parts, err := Parts(root)
	var all []Lesson
	for _, p := range parts {
		all = append(all, p.Lessons...)
	}
	return all, err
}

// Find is the lesson with a name: 1.2, 02-cancel, cancel or its path.
func Find(root, name string) (Lesson, error) {
	lessons, err := Lessons(root)
	if err != nil {
		return Lesson{}, err
	}
	wanted := filepath.ToSlash(strings.TrimSuffix(name, string(filepath.Separator)))
	if abs, err := filepath.Abs(name); err == nil {
		if rel, err := filepath.Rel(root, abs); err == nil && fs.ValidPath(filepath.ToSlash(rel)) {
			wanted = filepath.ToSlash(rel)
		}
	}
	for _, l := range lessons {
		if slices.Contains([]string{l.ID(), l.Folder(), l.Name(), l.Dir}, name) || l.Dir == strings.TrimSuffix(wanted, "/exercise") {
			return l, nil
		}
	}
	return Lesson{}, fmt.Errorf("%w: %q; did you mean %s?", ErrNoLesson, name, nearest(lessons, name))
}

// nearest lists the up to three lessons whose names take the fewest changes.
func nearest(lessons []Lesson, name string) string {
	name = strings.TrimLeft(filepath.Base(name), "0123456789.-")
	far := func(l Lesson) int {
		if name != "" && strings.Contains(l.Name(), name) {
			return 0
		}
		return distance(l.Name(), name)
	}
	slices.SortStableFunc(lessons, func(a, b Lesson) int { return cmp.Compare(far(a), far(b)) })
	var names []string
	for _, l := range lessons[:min(3, len(lessons))] {
		names = append(names, fmt.Sprintf("%s (%s)", l.Name(), l.ID()))
	}
	return strings.Join(names, ", ")
}

// distance is Levenshtein's: how many letters to change, add or drop.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
