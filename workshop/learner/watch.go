package learner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"example.com/asyncio-to-go/workshop/course"
)

const (
	// pollEvery is how often files are looked at where no event comes: a network's folder, a container's, Windows' in WSL.
	pollEvery = 500 * time.Millisecond
	// settle is how long the files must be left alone: editors write in several steps.
	settle = 30 * time.Millisecond
)

// Watch calls saved each time that the learner's files of a lesson's exercise
// are saved with another content, added or removed, until ctx ends; then it
// returns the cause. It watches the folder, not the files: vim, helix and others
// write a new file and rename it.
func Watch(ctx context.Context, l course.Lesson, saved func()) error {
	folder := filepath.Dir(l.Answer())
	var events chan fsnotify.Event // nil: none ever comes
	var errs chan error
	if watcher, err := fsnotify.NewWatcher(); err == nil { // without one there is still the polling
		defer watcher.Close() //nolint:errcheck // it has done its work
		if watcher.Add(folder) == nil {
			events, errs = watcher.Events, watcher.Errors
		}
	}
	last := look(l)
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
			if filepath.Ext(e.Name) == ".go" {
				quiet.Reset(settle)
			}
		case <-errs: // such as too many events: the polling sees what they were about
		case <-poll.C:
			if now := look(l); now != last {
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

// look is what tells files that have changed from files that have not. A folder
// in the folder sends no events, so this alone sees what is in it.
func look(l course.Lesson) string {
	var b strings.Builder
	for _, name := range l.Files() {
		if info, err := os.Stat(filepath.Join(filepath.Dir(l.Answer()), filepath.FromSlash(name))); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}
