package learner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/asyncio-to-go/workshop/course"
)

// Reset puts a lesson's exercise back to its beginning: exercise.go is the stub
// again, and files that the learner has added are gone. It returns the path, from
// the root, of the folder with a copy of what was there; empty if nothing was
// begun. Without the copy nothing is changed. Nothing else in the workshop writes
// to an exercise.
func Reset(l course.Lesson) (kept string, err error) {
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return "", err
	}
	_, missing := os.Stat(l.Answer())
	if missing == nil && !l.Begun() {
		return "", nil
	}
	if missing != nil && !errors.Is(missing, fs.ErrNotExist) {
		return "", missing
	}
	files := l.Files()
	if len(files) > 0 {
		if kept, err = keep(l, files); err != nil {
			return "", fmt.Errorf("nothing was reset, since no copy can be kept: %w", err)
		}
	}
	for _, name := range files {
		if name != filepath.Base(l.Answer()) {
			err = errors.Join(err, os.Remove(own(l, name)))
		}
	}
	return kept, errors.Join(err, os.WriteFile(l.Answer(), stub, 0o644))
}

// own is one of the learner's files by its full path.
func own(l course.Lesson, name string) string {
	return filepath.Join(filepath.Dir(l.Answer()), filepath.FromSlash(name))
}

// keep writes a copy of the learner's files to a folder of its own.
func keep(l course.Lesson, files []string) (string, error) {
	all := filepath.Join(l.Root, ".workshop", "kept")
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", err
	}
	name := strings.ReplaceAll(l.Dir, "/", "-") + time.Now().Format("-20060102-150405")
	folder := filepath.Join(all, name)
	for n := 2; ; n++ {
		err := os.Mkdir(folder, 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		folder = filepath.Join(all, fmt.Sprintf("%s-%d", name, n))
	}
	for _, name := range files {
		source, err := os.ReadFile(own(l, name))
		if err != nil {
			return "", err
		}
		copied := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(copied, source, 0o644); err != nil {
			return "", err
		}
	}
	return relative(l.Root, folder), nil
}
