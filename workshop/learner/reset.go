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

// Reset puts a lesson's exercise back to its beginning. It returns the path,
// from the root, of the copy that it keeps of what was there; empty if nobody
// had begun. Without the copy nothing is changed. Nothing else in the workshop
// writes to an exercise.
func Reset(l course.Lesson) (kept string, err error) {
	stub, err := os.ReadFile(l.Stub())
	if err != nil {
		return "", err
	}
	switch work, err := os.ReadFile(l.Answer()); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	case !l.Begun():
		return "", nil
	default:
		if kept, err = keep(l, work); err != nil {
			return "", fmt.Errorf("nothing was reset, since no copy can be kept: %w", err)
		}
	}
	return kept, os.WriteFile(l.Answer(), stub, 0o644)
}

// keep writes a copy of the learner's work to a file of its own.
func keep(l course.Lesson, work []byte) (string, error) {
	folder := filepath.Join(l.Root, ".workshop", "kept")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	name := strings.ReplaceAll(l.Dir, "/", "-") + time.Now().Format("-20060102-150405")
	for n := 1; ; n++ {
		file := filepath.Join(folder, name+".go")
		if n > 1 {
			file = filepath.Join(folder, fmt.Sprintf("%s-%d.go", name, n))
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(work)
		return relative(l.Root, file), errors.Join(err, f.Close())
	}
}
