package learner

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"example.com/asyncio-to-go/workshop/course"
)

const (
	// pollEvery is how often a file is looked at where no event comes: a network's folder, a container's, Windows' in WSL.
	pollEvery = 500 * time.Millisecond
	// settle is how long a file must be left alone: editors write in several steps.
	settle = 30 * time.Millisecond
)

// Watch calls saved each time that a lesson's exercise is saved with another
// content, until ctx ends; then it returns the cause. It watches the folder, not the
// file: vim, helix and others write a new file and rename it.
func Watch(ctx context.Context, l course.Lesson, saved func()) error {
	file := l.Answer()
	var events chan fsnotify.Event // nil: none ever comes
	var errs chan error
	if watcher, err := fsnotify.NewWatcher(); err == nil { // without one there is still the polling
		defer watcher.Close() //nolint:errcheck // it has done its work
		if watcher.Add(filepath.Dir(file)) == nil {
			events, errs = watcher.Events, watcher.Errors
		}
	}
	last := look(file)
	content := l.Fingerprint()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	quiet := time.NewTimer(settle)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e := <-events:
			if filepath.Base(e.Name) == filepath.Base(file) {
				quiet.Reset(settle)
			}
		case <-errs: // such as too many events: the polling sees what they were about
		case <-poll.C:
			if now := look(file); now != last {
				last = now
				quiet.Reset(settle)
			}
		case <-quiet.C:
			if now := l.Fingerprint(); now != "" && now != content { // "" while it is being replaced
				content = now
				saved()
			}
		}
	}
}

// looks are what tells a file that has changed from one that has not.
type looks struct {
	size     int64
	modified time.Time
	gone     bool
}

func look(file string) looks {
	info, err := os.Stat(file)
	if err != nil {
		return looks{gone: errors.Is(err, fs.ErrNotExist)}
	}
	return looks{size: info.Size(), modified: info.ModTime()}
}
