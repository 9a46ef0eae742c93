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
	"os"
	"path"
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

// A Lesson is a folder of the workshop. A lesson may have one more exercise, with
// hints of its own: a folder in the lesson's, which is then a Lesson without a story.
type Lesson struct {
	Root   string // of the workshop
	Dir    string // from there, with slashes: part1-tasks/02-cancel
	Part   int
	Number int
	More   string // the folder of the further exercise that this is; most often empty
}

// ID is how a person calls the lesson for short: 1.2. A further exercise is 4.3/drain.
func (l Lesson) ID() string {
	id := fmt.Sprintf("%d.%d", l.Part, l.Number)
	if l.More != "" {
		id += "/" + l.More
	}
	return id
}

// Further are the lesson's exercises beside the one in its folder exercise.
func (l Lesson) Further() []Lesson {
	files, _ := filepath.Glob(l.path("[a-z]*", "exercise", "exercise.go")) // the pattern is well formed
	var further []Lesson
	for _, file := range files {
		m := l
		m.More = filepath.Base(filepath.Dir(filepath.Dir(file)))
		m.Dir = l.Dir + "/" + m.More
		further = append(further, m)
	}
	return further
}

// Folder is the last part of its path: 02-cancel.
func (l Lesson) Folder() string { return l.Dir[strings.LastIndexByte(l.Dir, '/')+1:] }

// Name is its folder without the number: cancel. That of a further exercise is its ID.
func (l Lesson) Name() string {
	if l.More != "" {
		return l.ID()
	}
	return l.Folder()[3:]
}

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

// Fingerprint is the hash of the learner's files; empty if exercise.go cannot
// be read.
func (l Lesson) Fingerprint() string {
	source, err := os.ReadFile(l.Answer())
	if err != nil {
		return ""
	}
	hash := sha256.New()
	files := l.Files()
	if len(files) == 1 {
		hash.Write(source)
		return hex.EncodeToString(hash.Sum(nil))
	}
	for _, name := range files {
		source, err := os.ReadFile(l.path("exercise", filepath.FromSlash(name)))
		if err != nil { // it is being replaced
			return ""
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n", name, len(source))
		hash.Write(source)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Conflict reports whether git has left its marks in one of the learner's
// files, as after a pull that changed the exercise in the middle of the work.
func (l Lesson) Conflict() bool {
	for _, name := range l.Files() {
		source, err := os.ReadFile(l.path("exercise", filepath.FromSlash(name)))
		if err == nil && conflictMark.Match(source) {
			return true
		}
	}
	return false
}

// ConflictMeans says what to make of that.
const ConflictMeans = "git's marks <<<<<<< and >>>>>>> are in the file: above the ======= is what the workshop's new version says, below it is yours."

var conflictMark = regexp.MustCompile(`(?m)^<{7} `)

// Stub is exercise.go as it was at the beginning. No learner changes it.
func (l Lesson) Stub() string { return l.path("exercise", "_stub", "exercise.go") }

// Solution is the file that answers the exercise.
func (l Lesson) Solution() string { return l.path("exercise", "_solution", "exercise.go") }

// Begun reports whether the learner has changed exercise.go, or added a file.
func (l Lesson) Begun() bool {
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return false
	}
	answer, err := os.ReadFile(l.Answer())
	plain := func(source []byte) string { return strings.ReplaceAll(string(source), "\r\n", "\n") }
	return err == nil && (plain(answer) != plain(stub) || len(l.Files()) > 1)
}

// WrongAnswers are the files that the exercise's tests must reject.
func (l Lesson) WrongAnswers() []string {
	files, _ := filepath.Glob(l.path("exercise", "_wrong", "*.go")) // the pattern is well formed
	return files
}

// RightAnswers are files that answer the exercise, built otherwise than the solution.
func (l Lesson) RightAnswers() []string {
	files, _ := filepath.Glob(l.path("exercise", "_right", "*.go")) // the pattern is well formed
	return files
}

// path is the path of a file of the lesson.
func (l Lesson) path(elem ...string) string {
	return filepath.Join(append([]string{l.Root, filepath.FromSlash(l.Dir)}, elem...)...)
}

// Root finds the workshop's root: the folder dir, or the nearest above it that is
// one. A go.work of the learner's own may lie on the way; the workshop's has parts
// beside it.
func Root(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := abs; ; {
		if isRoot(at) {
			return at, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return "", fmt.Errorf("no workshop in %s or above it: change to the folder that you cloned", abs)
		}
		at = up
	}
}

func isRoot(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.work"))
	parts, _ := filepath.Glob(filepath.Join(dir, "part[0-9]-*")) // none if it cannot be read
	return err == nil && len(parts) > 0
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

// Exercises are the lessons with an exercise, and their further exercises, in order.
func Exercises(root string) ([]Lesson, error) {
	lessons, err := Lessons(root)
	var all []Lesson
	for _, l := range lessons {
		if l.HasExercise() {
			all = append(all, l)
		}
		all = append(all, l.Further()...)
	}
	return all, err
}

// Find is the lesson with a name: 1.2, 02-cancel, cancel, or the path of its folder
// or of a file in it, from the root or from the working directory. A further
// exercise has a path, and its ID.
func Find(root, name string) (Lesson, error) {
	lessons, err := Lessons(root)
	if err != nil {
		return Lesson{}, err
	}
	paths := []string{path.Clean(filepath.ToSlash(name))}
	if abs, err := filepath.Abs(name); err == nil {
		if rel, err := filepath.Rel(root, abs); err == nil {
			paths = append(paths, filepath.ToSlash(rel))
		}
	}
	var all []Lesson
	for _, l := range lessons {
		all = append(append(all, l.Further()...), l) // the longer path first
	}
	for _, l := range all {
		if l.More == "" && name == l.Folder() || slices.Contains([]string{l.ID(), l.Name()}, name) {
			return l, nil
		}
		for _, p := range paths {
			if p == l.Dir || strings.HasPrefix(p, l.Dir+"/") {
				return l, nil
			}
		}
	}
	return Lesson{}, fmt.Errorf("%w: %q; %s", ErrNoLesson, name, suggest(lessons, name))
}

// number is how a person writes the number of a lesson or of a part, right or wrong.
var number = regexp.MustCompile(`^(?:part)?0*(\d+)(?:[.,/_ -]+0*(\d*))?$`)

// suggest says which lesson a learner may have meant by a name: that of the number,
// those of the part, those whose names or titles are near, or where all are.
func suggest(lessons []Lesson, name string) string {
	const all = "go run ./workshop list names them all"
	wanted := strings.ToLower(strings.TrimSpace(name))
	if part, _, found := strings.Cut(wanted, "-"); found && strings.HasPrefix(part, "part") {
		wanted = part // part1-tasks
	}
	if m := number.FindStringSubmatch(wanted); m != nil {
		var ids, ranges []string
		for i, l := range lessons {
			if l.ID() == m[1]+"."+m[2] {
				return fmt.Sprintf("did you mean %s (%s)?", l.Name(), l.ID())
			}
			if strconv.Itoa(l.Part) == m[1] {
				ids = append(ids, l.ID())
			}
			if i == 0 || lessons[i-1].Part != l.Part {
				ranges = append(ranges, fmt.Sprintf("%s to %s", l.ID(), l.ID()))
			}
			first, _, _ := strings.Cut(ranges[len(ranges)-1], " to ")
			ranges[len(ranges)-1] = first + " to " + l.ID()
		}
		if len(ids) > 0 {
			return fmt.Sprintf("part %s has %s to %s", m[1], ids[0], ids[len(ids)-1])
		}
		return "there are " + strings.Join(ranges, ", ")
	}
	wanted = strings.TrimLeft(path.Base(filepath.ToSlash(wanted)), "0123456789.-_ ")
	names := make([]string, 0, 2*len(lessons))
	byName := make(map[string]Lesson)
	for _, l := range lessons {
		for _, n := range []string{l.Name(), strings.ToLower(l.Title())} {
			names, byName[n] = append(names, n), l
		}
	}
	var near []string
	for _, n := range Nearest(wanted, names) {
		one := fmt.Sprintf("%s (%s)", byName[n].Name(), byName[n].ID())
		if !slices.Contains(near, one) {
			near = append(near, one)
		}
	}
	if len(near) == 0 {
		return all
	}
	return "did you mean " + strings.Join(near[:min(3, len(near))], ", ") + "?"
}

// Nearest are the names that a learner who typed given may have meant, the
// nearest first: what contains it, and what differs in a third of its letters.
func Nearest(given string, names []string) []string {
	given = strings.ToLower(given)
	far := func(name string) int {
		if given != "" && strings.Contains(name, given) {
			return 0
		}
		return distance(strings.TrimLeft(name, "-"), strings.TrimLeft(given, "-"))
	}
	near := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return far(name) > max(1, len(given)/3) })
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	return near
}

// distance is how many letters to change, add, drop or swap with the next one
// (Damerau and Levenshtein's, each letter used once).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := range len(a) {
		for j := range len(b) {
			change := rows[i][j]
			if a[i] != b[j] {
				change++
			}
			best := min(change, rows[i+1][j]+1, rows[i][j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				best = min(best, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = best
		}
	}
	return rows[len(a)][len(b)]
}
