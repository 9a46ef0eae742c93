package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// A failing run is what the catalogue shows of a mistake: the run of the test
// that finds it, and the solution's.
type failing struct {
	Test     string   `json:"test,omitempty"` // empty: no test tells its run
	Scenario string   `json:"scenario,omitempty"`
	Wrong    int      `json:"wrong"` // the line where they differ, or at which the test found out; -1 if it did so at the end
	Same     int      `json:"same"`  // so many lines of the solution's run are the answer's
	Tasks    []string `json:"tasks"`
	Lines    []spoken `json:"lines"`
	Solution []spoken `json:"solution"`         // those behind the same ones
	Before   int      `json:"before,omitempty"` // lines that are left out
	After    int      `json:"after,omitempty"`
}

// spoken is a line: when, in microseconds, its task's place among the tasks, the
// text, and where it has them its level, and that it waits from here on.
type spoken []any

// mostSpoken is how many lines of a run the catalogue shows.
const mostSpoken = 40

// compact is what a test says of a run as the page gets it.
func compact(said *course.Said) failing {
	f := failing{Wrong: -1, Tasks: []string{}, Lines: []spoken{}, Solution: []spoken{}}
	if said == nil {
		return f
	}
	run, same := said.Run, 0
	f.Test, f.Scenario, f.Wrong = said.Sentences[0], run.Scenario, run.Wrong
	switch {
	case said.Apart >= 0:
		f.Wrong, same = said.Apart, said.Apart
	case len(run.Solution) > 0:
		same = len(run.Lines) // the same lines; the test saw something else
	}
	f.Before = max(0, f.Wrong-mostSpoken/2) // of a long run, what is round the mistake
	f.Lines = f.pack(run.Lines[f.Before:])
	if len(run.Solution) > 0 {
		f.Same = min(same-f.Before, len(f.Lines))
		f.Solution = f.pack(run.Solution[min(same, len(run.Solution)):])
	}
	if f.Wrong >= 0 {
		f.Wrong -= f.Before
	}
	return f
}

// pack makes the first lines of a run small.
func (f *failing) pack(lines []lesson.RunLine) []spoken {
	all := []spoken{}
	for i, l := range lines {
		if i == mostSpoken {
			f.After = max(f.After, len(lines)-mostSpoken)
			break
		}
		task := slices.Index(f.Tasks, l.Task)
		if task < 0 {
			task, f.Tasks = len(f.Tasks), append(f.Tasks, l.Task)
		}
		line := spoken{l.At.Microseconds(), task, l.Text}
		switch {
		case l.Waiting:
			line = append(line, int(l.Level), true)
		case l.Level != 0:
			line = append(line, int(l.Level))
		}
		all = append(all, line)
	}
	return all
}

// running keeps the checks that make runs few: the reader of one entry needs one.
var running sync.Mutex

// failingRun is the run of the mistake with this name. It runs the tests, unless
// it has done so with the same files and the same Go: the user's cache keeps it.
func (s *site) failingRun(ctx context.Context, id string) ([]byte, error) {
	all := s.wrongs()
	i := slices.IndexFunc(all, func(m mistake) bool { return m.ID == id })
	if i < 0 {
		return nil, errNotFound
	}
	running.Lock()
	defer running.Unlock()
	return s.keptRun(ctx, all[i])
}

func (s *site) keptRun(ctx context.Context, m mistake) ([]byte, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	sum, err := s.sumOf(m)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "asyncio-to-go", "runs")
	file := filepath.Join(dir, sum+".json")
	if kept, err := os.ReadFile(file); err == nil && json.Valid(kept) {
		return kept, nil
	}
	said, err := m.Lesson.Fails(ctx, course.WrongAnswer{File: m.File, Says: m.Says})
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(compact(said))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return content, os.WriteFile(file, content, 0o644)
}

// sumOf names all that the run of a mistake comes from: the exercise and its
// tests, the answer, the package that runs them, and Go.
func (s *site) sumOf(m mistake) (string, error) {
	hash := sha256.New()
	_, _ = fmt.Fprintln(hash, "1", runtime.Version(), runtime.GOARCH, m.Says) // a hash takes everything
	add := func(file string) error {
		text, err := os.ReadFile(file)
		_, _ = fmt.Fprintf(hash, "%s %d\n%s\n", filepath.Base(file), len(text), text)
		return err
	}
	if err := add(filepath.Join(s.root, filepath.FromSlash(m.File))); err != nil {
		return "", err
	}
	for _, dir := range []string{m.Lesson.Dir + "/exercise", "workshop/lesson"} {
		err := filepath.WalkDir(filepath.Join(s.root, filepath.FromSlash(dir)), func(file string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.IsDir() && (e.Name() == "_wrong" || e.Name() == "_right" || e.Name() == "_stub"):
				return filepath.SkipDir
			case e.IsDir(), !strings.HasSuffix(file, ".go"), file == m.Lesson.Answer():
				return nil
			}
			return add(file)
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:16]), nil
}

// failingRuns makes the runs of all mistakes, and says how far it is.
func (s *site) failingRuns(ctx context.Context, says io.Writer) (map[string][]byte, error) {
	all := s.wrongs()
	made := make(map[string][]byte)
	var mu sync.Mutex // guards made and failed
	var failed error
	var wg sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0)) // a place for each processor
	for _, m := range all {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			content, err := s.keptRun(ctx, m)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = cmp.Or(failed, fmt.Errorf("%s: %w", m.File, err))
				return
			}
			made[m.ID] = content
			if n := len(made); n%20 == 0 || n == len(all) {
				_, _ = fmt.Fprintf(says, "runs of mistakes: %d of %d\n", n, len(all))
			}
		})
	}
	wg.Wait()
	return made, failed
}
