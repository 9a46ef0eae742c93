package course

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/asyncio-to-go/workshop/course/mutation"
)

// A Mutant is a change of an exercise's solution, and what the tests say to it.
type Mutant struct {
	File   string      `json:"file"` // from the root
	Line   int         `json:"line"` // 0 for an entry of the list that fits no mutant
	Change string      `json:"change"`
	State  MutantState `json:"state"`
	Says   string      `json:"says,omitempty"` // how it was killed, why it may live, what is wrong with its entry
}

// MutantState is what became of a mutant.
type MutantState string

// What becomes of a mutant. The last two are faults of the exercise.
const (
	Killed MutantState = "killed" // a test fails, a race is found, or the tests do not end
	Listed MutantState = "listed" // it lives, and the list says why
	Lives  MutantState = "lives"
	Stale  MutantState = "stale" // an entry of the list without a mutant that lives
)

// MutantList is where an exercise lists the mutants that may live: in each line
// the change as it is printed, and behind " // " the reason.
func (l Lesson) MutantList() string { return l.path("exercise", "_solution", "mutants.txt") }

// mutantPatience is how long the tests may take on a mutant: as the solution
// needs, ten times over, and this much more.
var mutantPatience = 8 * time.Second // tests shorten it

// Mutants changes the exercise's solution one place at a time, as
// [mutation.Of] describes, and runs the tests on each change, several at once:
// first as they are, then, where they find nothing, under the race detector if
// there is one. It waits for all, and calls each with every mutant, one at a
// time, in no order. Its error says why that was not possible, or is the cause
// of ctx.
func (l Lesson) Mutants(ctx context.Context, each func(Mutant)) error {
	listed, err := l.listedMutants()
	if err != nil {
		return err
	}
	file, err := l.mutants(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of temporary files
	source := filepath.Join(dir, "exercise.go")
	if err := os.WriteFile(source, file.Combined(), 0o600); err != nil {
		return err
	}
	b, err := l.newBench(map[string]string{"exercise.go": source})
	if err != nil {
		return err
	}
	defer b.close()
	plain := mutantTests{bench: b, binary: filepath.Join(dir, "plain.test")}
	if err := plain.build(ctx); err != nil {
		return err
	}
	race := mutantTests{bench: b, binary: filepath.Join(dir, "race.test"), race: true}
	canRace := CanRace(ctx)
	if canRace != nil {
		if err := skip("%w", canRace); !errors.Is(err, ErrSkipped) {
			return err
		}
	}
	var survivors []int
	said := make(map[int]string)
	run := func(tests mutantTests, ids []int) error {
		var mu sync.Mutex // guards survivors and said
		survivors = nil
		return sideBySide(ctx, ids, func(id int) error {
			says, err := tests.try(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			if said[id] = says; says == "" {
				survivors = append(survivors, id)
			}
			return err
		})
	}
	var all []int
	for i := range file.Mutants {
		all = append(all, i+1)
	}
	if err := run(plain, all); err != nil {
		return err
	}
	if canRace == nil && len(survivors) > 0 {
		if err := errors.Join(b.stretch(), race.build(ctx)); err != nil {
			return err
		}
		if err := run(race, survivors); err != nil {
			return err
		}
	}
	solution := l.Dir + "/exercise/_solution/exercise.go"
	for i, m := range file.Mutants {
		found := Mutant{File: solution, Line: m.Line, Change: m.Change, State: Killed, Says: said[i+1]}
		why, isListed := listed[m.Change]
		if delete(listed, m.Change); isListed && found.Says != "" {
			// What is killed only now and then, by an order that is random, may stay in the list.
			if found.Says, err = plain.try(ctx, i+1); err != nil {
				return err
			}
		}
		switch {
		case isListed && found.Says != "":
			found.State, found.Says = Stale, "its entry says that it lives; it does not: "+found.Says
		case isListed:
			found.State, found.Says = Listed, why
		case found.Says == "":
			found.State = Lives
		}
		each(found)
	}
	for _, m := range stale(l, listed) {
		each(m)
	}
	return nil
}

// stale are the entries that are left when each mutant has taken its own.
func stale(l Lesson, listed map[string]string) (all []Mutant) {
	for change := range listed {
		all = append(all, Mutant{
			File: l.Dir + "/exercise/_solution/mutants.txt", Change: change, State: Stale, Says: "the solution has no such mutant (any more)",
		})
	}
	slices.SortFunc(all, func(a, b Mutant) int { return cmp.Compare(a.Change, b.Change) })
	return all
}

// checkMutantList proves that each entry of the list fits a mutant. That the
// mutant lives is proved by [Lesson.Mutants].
func (l Lesson) checkMutantList(ctx context.Context) error {
	listed, err := l.listedMutants()
	if err != nil {
		return err
	}
	file, err := l.mutants(ctx)
	if err != nil {
		return err
	}
	for _, m := range file.Mutants {
		delete(listed, m.Change)
	}
	var found []error
	for _, m := range stale(l, listed) {
		found = append(found, fmt.Errorf("%s: %s", m.Change, m.Says))
	}
	return errors.Join(found...)
}

// listedMutants reads the list: the reasons by change.
func (l Lesson) listedMutants() (map[string]string, error) {
	text, err := os.ReadFile(l.MutantList())
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	listed := make(map[string]string)
	for entry := range strings.Lines(string(text)) {
		if entry = strings.TrimSpace(entry); entry == "" || strings.HasPrefix(entry, "#") {
			continue
		}
		change, why, _ := strings.Cut(entry, " // ")
		if change, why = strings.TrimSpace(change), strings.TrimSpace(why); why == "" {
			return nil, fmt.Errorf("%s: no reason behind \" // \": %s", l.MutantList(), entry)
		}
		if _, twice := listed[change]; twice {
			return nil, fmt.Errorf("%s: listed twice: %s", l.MutantList(), change)
		}
		listed[change] = why
	}
	return listed, nil
}

// mutants finds the mutants of the solution.
func (l Lesson) mutants(ctx context.Context) (*mutation.File, error) {
	b, err := l.newBench(map[string]string{"exercise.go": l.Solution()})
	if err != nil {
		return nil, err
	}
	defer b.close()
	args := append([]string{"list", "-export", "-deps", "-json=Dir,ImportPath,Export,GoFiles"}, b.flags...)
	list := exec.CommandContext(ctx, "go", append(args, b.pkg, "context", "os", "strconv")...)
	list.Dir, list.Env = l.path(), b.environment(false)
	var said text
	list.Stderr = &said
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%s does not compile: %w: %s", l.Solution(), err, &said)
	}
	exports := make(map[string]string)
	var beside []string
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir, ImportPath, Export string
			GoFiles                 []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if p.Dir != l.path("exercise") {
			continue
		}
		for _, name := range p.GoFiles {
			if path := filepath.Join(p.Dir, name); path != l.Answer() && name != watchdogFile {
				beside = append(beside, path)
			}
		}
	}
	return mutation.Of(l.Solution(), beside, importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	}))
}

// mutantTests are the exercise's tests in a binary that holds all mutants.
type mutantTests struct {
	*bench
	binary string
	race   bool
	limit  time.Duration
}

// build builds the tests, and runs them on the solution as it is.
func (t *mutantTests) build(ctx context.Context) error {
	args := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o=" + t.binary}, t.flags...)
	if t.race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, t.pkg)...)
	cmd.Dir, cmd.Env = t.lesson.path(), t.environment(t.race)
	if out, err := cmd.CombinedOutput(); err != nil {
		return cmp.Or(context.Cause(ctx), fmt.Errorf("the mutants of %s do not compile together: %w: %s", t.lesson.Solution(), err, out))
	}
	t.limit = time.Minute
	start := time.Now()
	says, err := t.try(ctx, 0)
	t.limit = mutantPatience + 10*time.Since(start)
	if err == nil && says != "" {
		err = fmt.Errorf("%s itself does not pass: %s", t.lesson.Solution(), says)
	}
	return err
}

var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// try runs the tests on a mutant, 0 for none. It returns what killed it; "" if it lives.
func (t *mutantTests) try(ctx context.Context, id int) (says string, err error) {
	dir, err := os.MkdirTemp(t.dir, "mutant-") // the family's mark: what one mutant leaves is not taken for another's
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of temporary files
	outer := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, t.limit+grace, errLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.binary, "-test.failfast", "-test.timeout="+(t.limit+grace/2).String())
	cmd.Dir = t.lesson.path("exercise")
	cmd.Env = append(t.environment(t.race), "WORKSHOP_CHECK="+dir, "WORKSHOP_LIMIT="+t.limit.String(), mutation.Variable+"="+strconv.Itoa(id))
	var said text
	cmd.Stdout, cmd.Stderr = &said, &said
	family := newFamily(cmd, dir)
	cmd.Cancel = family.strike
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return "", err
	}
	family.started()
	err = cmd.Wait()
	_ = family.kill()
	if outer.Err() != nil {
		return "", context.Cause(outer)
	}
	if err == nil {
		return "", nil
	}
	if stuck, _, _ := strings.Cut((&bench{dir: dir}).left("stuck"), " "); stuck != "" {
		return stuck, nil
	}
	if m := failed.FindStringSubmatch(said.String()); m != nil {
		return m[1], nil
	}
	for line := range strings.Lines(said.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return line, nil
		}
	}
	return err.Error(), nil
}

// sideBySide calls do for each, several at once, until one fails or ctx ends,
// and waits for the last. It returns the first error. Most mutants that take
// long hang, and need no processor.
func sideBySide(ctx context.Context, ids []int, do func(id int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range 4 * SideBySide() {
		workers.Go(func() {
			for id := range next {
				if err := do(id); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, id := range ids {
		select {
		case next <- id:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}
