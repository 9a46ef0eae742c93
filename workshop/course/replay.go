package course

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/asyncio-to-go/workshop/lesson"
)

// A Replay is a run of an exercise's tests that took place elsewhere, such as in
// a browser.
type Replay struct {
	Events io.Reader // what go test -json would have printed
	Crash  string    // how the test binary says that it crashed; empty if it did not
	Failed bool      // by its exit status
	Ended  string    // why it was ended from outside; empty if it was not
}

// elsewhere is why a run was ended that took place elsewhere.
type elsewhere string

func (e elsewhere) Error() string { return string(e) }

// Replayed is the result of a run that took place elsewhere, in one test binary
// or, after a crash, in several. Files are the answer's, by the names that they
// have in the exercise's folder. What skip matches has run; it is empty if no
// other test binary is needed.
func (l Lesson) Replayed(files map[string]string, runs ...Replay) (all Result, skip string, err error) {
	b, err := l.newBench(files)
	if err != nil {
		return Result{}, "", err
	}
	defer b.close()
	for _, run := range runs {
		b.clean()
		if run.Crash != "" {
			if err := os.WriteFile(filepath.Join(b.dir, "crash"), []byte(run.Crash), 0o600); err != nil {
				return Result{}, "", err
			}
		}
		r := reader{bench: b, said: make(map[string]*text), started: func() {}, hangs: func() {}}
		if _, err := io.Copy(&r, run.Events); err != nil {
			return Result{}, "", err
		}
		if run.Failed && r.end == "pass" { // what converts its output has not seen its end
			r.end = "fail"
		}
		var why error
		if run.Ended != "" {
			why = elsewhere(run.Ended)
		}
		if skip = ""; !b.collect(&all, r.result(why)) {
			break
		}
		_, skip, _ = strings.Cut(skipping(all.Tests)[0], "=")
	}
	b.complete(&all, nil)
	return all, skip, nil
}

// Longer is an answer whose goroutines give way to others in more places, as
// the second run of a check has it, and a file that must be beside it.
func Longer(answer []byte) (longer []byte, file, beside string) {
	return stretched(answer), giveWayFile, giveWay
}

// Compared is what an answer did in a test, beside what the solution does.
type Compared struct {
	Run   *lesson.Run `json:"run"`
	Apart int         `json:"apart"` // see [lesson.Run.Apart]
}

// Beside compares a test's run with the solution's run of the same bubble, each
// as its attribute "run" has it.
func Beside(run, solution string) (Compared, error) {
	mine, theirs := Test{Run: run}.OwnRun(), Test{Run: solution}.OwnRun()
	if mine == nil || theirs == nil {
		return Compared{}, errors.New("a run is missing")
	}
	mine.Solution = theirs.Lines
	return Compared{mine, mine.Apart()}, nil
}
