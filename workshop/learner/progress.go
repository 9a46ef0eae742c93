// Package learner keeps what a learner has done so far, notices when he saves
// his answer, and puts an exercise back to its beginning.
package learner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"example.com/asyncio-to-go/workshop/course"
)

// Progress is what the checks have found, in a file that git ignores. Deleting
// it loses nothing that checking again would not find.
type Progress struct {
	Version int              `json:"version"`
	Lessons map[string]*Done `json:"lessons"` // by the lesson's folder: part1-tasks/02-cancel

	root   string
	unkept bool // the file could not be written: what is here is all there is
}

// Done is what a learner has done in a lesson.
type Done struct {
	Right    bool           `json:"right"`               // what the last check found
	SHA256   string         `json:"sha256,omitempty"`    // of the files that it checked
	At       time.Time      `json:"at,omitzero"`         // when
	Checks   int            `json:"checks,omitempty"`    // how often
	Failing  []string       `json:"failing,omitempty"`   // the tests that failed in it
	Failures map[string]int `json:"failures,omitempty"`  // how often each test has failed
	Hints    int            `json:"hints,omitempty"`     // how many were shown
	Asked    int            `json:"solutions,omitempty"` // how often the solution was asked for
}

const version = 2

// File is where the progress of a workshop is kept.
func File(root string) string { return filepath.Join(root, ".workshop", "progress.json") }

// Load reads the progress of a workshop. A file that is broken or of another
// version is set aside, and note says so in a line.
func Load(root string) (p *Progress, note string) {
	p, what := Read(root)
	if what == "" {
		return p, ""
	}
	aside := filepath.Join(filepath.Dir(File(root)), time.Now().Format("progress-20060102-150405.json"))
	note = fmt.Sprintf("%s %s; it is now %s, and check finds again what is right", relative(root, File(root)), what, relative(root, aside))
	if err := os.Rename(File(root), aside); err != nil {
		note = fmt.Sprintf("%s %s, and cannot be set aside: %v", relative(root, File(root)), what, err)
	}
	return p, note
}

// Read is [Load] for the workshop of another learner: it writes nothing there. What
// says what is wrong with the file, such as "is broken"; progress is then empty.
func Read(root string) (p *Progress, what string) {
	p = &Progress{Version: version, Lessons: make(map[string]*Done), root: root}
	data, err := os.ReadFile(File(root))
	if errors.Is(err, fs.ErrNotExist) {
		return p, ""
	}
	if err != nil {
		return p, "cannot be read"
	}
	var read Progress
	if json.Unmarshal(data, &read) != nil {
		return p, "is broken"
	}
	if read.Version != version {
		return p, fmt.Sprintf("is of another version, %d", read.Version)
	}
	for name, d := range read.Lessons {
		if d != nil {
			p.Lessons[name] = d
		}
	}
	return p, ""
}

func relative(root, file string) string {
	rel, err := filepath.Rel(root, file)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}

// Of is what was done in a lesson; never nil, and not kept.
func (p *Progress) Of(l course.Lesson) Done {
	if d := p.Lessons[l.Dir]; d != nil {
		return *d
	}
	return Done{}
}

// Update changes what was done in a lesson, and writes the file. It begins
// with what the file says now: another program may have written it. A lock beside
// the file keeps other programs out meanwhile; Update waits for it for 10 s at
// most.
func (p *Progress) Update(l course.Lesson, change func(*Done)) error {
	unlock, lockErr := lock(p.root)
	defer unlock()
	if !p.unkept {
		now, _ := Load(p.root)
		p.Lessons = now.Lessons
	}
	d := p.Lessons[l.Dir]
	if d == nil {
		d = new(Done)
		p.Lessons[l.Dir] = d
	}
	change(d)
	err := lockErr
	if err == nil {
		err = p.write()
	}
	p.unkept = err != nil
	return err
}

// lock waits until no other program changes the progress of a workshop. Where
// the file system knows no locks there is none, and no error.
func lock(root string) (unlock func(), err error) {
	file := File(root)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return func() {}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l := flock.New(strings.TrimSuffix(file, ".json") + ".lock")
	locked, err := l.TryLockContext(ctx, 5*time.Millisecond)
	switch {
	case locked:
		return func() { _ = l.Unlock() }, nil // it ends with the process anyway
	case ctx.Err() != nil:
		return func() {}, fmt.Errorf("%s is locked by another program", relative(root, l.Path()))
	case errors.Is(err, fs.ErrPermission):
		return func() {}, err
	default:
		return func() {}, nil
	}
}

func (p *Progress) write() error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	file := File(p.root)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), "progress-*")
	if err != nil {
		return err
	}
	_, err = temporary.Write(append(data, '\n'))
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), file) // never half a file
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}

// Checked keeps what a check of a lesson's exercise found.
func (p *Progress) Checked(l course.Lesson, r course.Result) error {
	return p.Update(l, func(d *Done) {
		d.Right, d.SHA256, d.At = r.Passed(), r.SHA256, time.Now().Truncate(time.Second)
		d.Checks++
		d.Failing = nil
		for _, t := range r.Tests {
			if t.Passed || t.NotRun {
				continue
			}
			d.Failing = append(d.Failing, t.Name)
			if !t.NotWritten() {
				if d.Failures == nil {
					d.Failures = make(map[string]int)
				}
				d.Failures[t.Name]++
			}
		}
	})
}

// A State is how far a learner is with an exercise.
type State string

// The states of an exercise. A check counts as long as the file has not
// changed since.
const (
	None     State = "" // there is no exercise
	NotBegun State = "not begun"
	Begun    State = "begun"
	Wrong    State = "not right yet"
	Right    State = "right"
)

// State is how far the learner is with a lesson's exercise.
func (p *Progress) State(l course.Lesson) State {
	if !l.HasExercise() {
		return None
	}
	if !l.Begun() {
		return NotBegun
	}
	switch d := p.Of(l); {
	case d.SHA256 == "" || d.SHA256 != l.Fingerprint():
		return Begun
	case d.Right:
		return Right
	default:
		return Wrong
	}
}

// Next is the first lesson whose exercise is not right yet; nil if all are.
func (p *Progress) Next(root string) (*course.Lesson, error) {
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	for _, l := range lessons {
		if s := p.State(l); s != None && s != Right {
			return &l, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none, and nothing is wrong
}
