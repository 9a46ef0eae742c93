package lesson

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"
)

// atOnce is how soon after the end of its context a story must return.
const atOnce = 100 * time.Millisecond

// endsWithItsContext fails the test unless the story ends soon after its
// context, whenever that ends, with the cause, and says nothing that has not
// happened: no line comes before its time. A warning may: a task that is
// cancelled says so. A story that drains has longer, and tells of it.
func endsWithItsContext(t *testing.T, story Story, whole Transcript, drains time.Duration) {
	t.Helper()
	within := max(atOnce, drains)
	_, took, _ := until(t, story, time.Hour)
	// A millisecond after the story's own instants: at one of those, either end may come first.
	for at := time.Duration(0); at < took && !t.Failed(); at = (at + atOnce/2).Truncate(atOnce/2) + time.Millisecond {
		said, elapsed, err := until(t, story, at)
		switch {
		case !errors.Is(err, errCtrlC):
			t.Errorf("the story's context ends after %v, and the story returns %v, not the cause", at, noError(err))
		case elapsed > at+within:
			t.Errorf("the story's context ends after %v, and the story returns %v later, not within %v", at, elapsed-at, within)
		}
		if drains > 0 {
			continue
		}
		count := make(map[string]int)
		for _, l := range said {
			if l.Level == slog.LevelWarn && len(l.To) == 0 {
				continue
			}
			count[l.Task+": "+l.Text]++
			if n, soFar, all := count[l.Task+": "+l.Text], whole.times(l, l.At), whole.times(l, time.Hour); all > 0 && n > soFar {
				t.Errorf("the story's context ends after %v, and then the story says what has not happened: %s", at, l)
			}
		}
	}
}

func noError(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprintf("%q", err)
}

// errCtrlC stands for the cause that [signal.NotifyContext] gives.
var errCtrlC = fmt.Errorf("Ctrl-C: %w", context.Canceled)

// until tells story with a context that ends after d.
func until(t *testing.T, story Story, d time.Duration) (said Transcript, took time.Duration, err error) {
	t.Helper()
	var mu sync.Mutex // guards said
	Bubble(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		if d == 0 {
			cancel(errCtrlC)
		}
		defer time.AfterFunc(d, func() { cancel(errCtrlC) }).Stop()
		err = story(staged(ctx), slog.New(handler{say: func(l Line, r slog.Record) {
			mu.Lock()
			defer mu.Unlock()
			l.At = r.Time.Sub(start)
			said = append(said, l)
		}}))
		took = time.Since(start)
	})
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(said), took, err
}
