package course

import (
	"io"
	"os"
	"path/filepath"
)

// A Replay is a run of an exercise's tests that took place elsewhere, such as in
// a browser.
type Replay struct {
	Events io.Reader // what go test -json would have printed
	Crash  string    // how the test binary says that it crashed; empty if it did not
	Failed bool      // by its exit status
}

// Replayed is the result of a run that took place elsewhere. Files are the
// answer's, by the names that they have in the exercise's folder.
func (l Lesson) Replayed(files map[string]string, run Replay) (Result, error) {
	b, err := l.newBench(files)
	if err != nil {
		return Result{}, err
	}
	defer b.close()
	if run.Crash != "" {
		if err := os.WriteFile(filepath.Join(b.dir, "crash"), []byte(run.Crash), 0o600); err != nil {
			return Result{}, err
		}
	}
	r := reader{bench: b, said: make(map[string]*text), started: func() {}, hangs: func() {}}
	if _, err := io.Copy(&r, run.Events); err != nil {
		return Result{}, err
	}
	if run.Failed && r.end == "pass" { // what converts its output has not seen its end
		r.end = "fail"
	}
	found := r.result(nil)
	b.complete(&found, nil)
	return found, nil
}

// Longer is an answer whose goroutines give way to others in more places, as
// the second run of a check has it, and a file that must be beside it.
func Longer(answer []byte) (longer []byte, file, beside string) {
	return stretched(answer), giveWayFile, giveWay
}
