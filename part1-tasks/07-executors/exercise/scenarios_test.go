//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/asyncio-to-go/part1-tasks/07-executors/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/07-executors/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A disk is a scenario: what is on it, how fast it is, what fails, and when ctx ends.
type disk struct {
	limit  int
	photos map[string]photo
	locked string // a directory that cannot be read
	ctx    exam.End
}

func (s disk) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d files, %d at once, %s", len(s.photos), s.limit, s.ctx)
	for _, name := range slices.Sorted(maps.Keys(s.photos)) {
		p := s.photos[name]
		fmt.Fprintf(&b, "; %s", name)
		switch {
		case p.refuses != nil:
			fmt.Fprintf(&b, " cannot be opened: %v, after %s", p.refuses, exam.Clock(p.opening))
			continue
		case p.opening > 0:
			fmt.Fprintf(&b, " is opened in %s,", exam.Clock(p.opening))
		}
		fmt.Fprintf(&b, " has %d bytes, %d a Read, %s each", p.size, p.piece, exam.Clock(p.takes))
		if p.fails != nil {
			fmt.Fprintf(&b, ", then the error %v", p.fails)
		}
		if p.atOnce {
			b.WriteString(", its end together with the last bytes")
		}
		if p.halts > 0 {
			fmt.Fprintf(&b, ", before each Read %d give nothing", p.halts)
		}
	}
	if s.locked != "" {
		fmt.Fprintf(&b, "; %s cannot be read", s.locked)
	}
	return b.String()
}

func drawDisk(d *exam.Draw) disk {
	s := disk{limit: d.Int(1, 4), photos: map[string]photo{}, ctx: d.End(70, 150, 350, 600)}
	for i := range d.Int(0, 6) {
		p := photo{size: exam.Pick(d, 100, 0, 1, 250, 4_000), piece: 100, takes: d.Time(100, 30, 200), atOnce: d.Chance(3), halts: exam.Pick(d, 0, 0, 1, 3)}
		p.piece = max(100, p.size/3)
		if d.Chance(3) {
			p.opening = d.Time(50, 150)
		}
		if d.Chance(6) {
			p.fails = exam.Pick(d, errDisk, fmt.Errorf("read: %w", fs.ErrPermission), fs.ErrClosed, fmt.Errorf("request: %w", context.Canceled))
			if p.size == 0 { // two that fail at once would tie
				p.opening = d.Time(50, 150)
			}
		}
		if d.Chance(8) {
			p.refuses, p.opening = exam.Pick(d, errDisk, fs.ErrNotExist, context.DeadlineExceeded), d.Time(20, 120)
		}
		s.photos[fmt.Sprintf("%s/%d.jpg", exam.Pick(d, "a", "b", "b/c"), i)] = p
	}
	if d.Chance(12) {
		s.locked = exam.Pick(d, "a", "b", "b/c")
	}
	return s
}

var errLocked = errors.New("the directory is locked")

// run plays a disk with a HashTree and says as the task contract what it breaks.
func run(hashTree hashTree) func(p *exam.Play, s disk) {
	return func(p *exam.Play, s disk) {
		tr := treeOf(s.photos, p.Say)
		if s.locked != "" {
			tr.shape[s.locked] = &fstest.MapFile{Mode: fs.ModeDir}
			tr.locked[s.locked] = errLocked
		}
		if fault := tr.hash(p.Until(s.ctx, errStopped), s.limit, hashTree); fault != "" {
			p.Say("contract", "%s", fault)
		}
		time.Sleep(time.Second) // nothing happens afterwards
		tr.mu.Lock()
		defer tr.mu.Unlock()
		if len(tr.faults) > 0 {
			p.Say("contract", "%s", tr.faults[0])
		}
	}
}

func TestExam(t *testing.T) {
	exam.Judge(t, drawDisk, run(exercise.HashTree), func(_ disk, lines []exam.Line, again func(func(*exam.Play, disk)) []exam.Line) ([]exam.Line, string) {
		for _, line := range lines {
			if line.Task == "contract" {
				return again(run(solution.HashTree)), line.Text
			}
		}
		return nil, ""
	})
}
