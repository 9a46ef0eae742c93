package lesson_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

const aPage = "# A lesson\n\n## Run it\n\n```text\n   0.0s  main        begins\n```\n\n```text\nkept\n```\n"

const aFolder = "a folder"

// short is a story with all its files up to date but for those of a fault.
func short(_ context.Context, log *slog.Logger) error {
	log.Info("begins")
	return nil
}

// A fault is what a proof of a story must find, in a folder with these files.
type fault struct {
	name  string
	files map[string]string // "" is none; others are up to date
	prove func(t *testing.T)
	want  string // a regular expression; empty: nothing
}

func faults() []fault {
	golden := func(story lesson.Story, claims ...func(*testing.T, lesson.Transcript)) func(t *testing.T) {
		return func(t *testing.T) {
			var checks []lesson.Check
			for _, claim := range claims {
				checks = append(checks, lesson.Claim(claim))
			}
			lesson.Golden(t, story, checks...)
		}
	}
	upToDate := func(story lesson.Story, checks ...lesson.Check) func(t *testing.T) {
		return func(t *testing.T) {
			lesson.SetUpdate(true)
			lesson.Golden(t, story, checks...)
			lesson.SetUpdate(false)
			lesson.Golden(t, story, checks...)
		}
	}
	captured := func(story lesson.Story) func(t *testing.T) { return func(t *testing.T) { lesson.Captured(t, story) } }
	says := func(task, text string) lesson.Story {
		return func(_ context.Context, log *slog.Logger) error {
			log.Info("begins")
			log.Info(text, "task", task)
			return nil
		}
	}
	fails := func(context.Context, *slog.Logger) error { return errors.New("no bank") }
	telling := 0
	return []fault{
		{"nothing is wrong", nil, golden(short), ""},
		{"told differently", nil, golden(func(_ context.Context, log *slog.Logger) error {
			telling++
			log.Info(fmt.Sprint("telling ", telling))
			return nil
		}), `the story is told differently each time: [^\n]+
\s+line 1:    0\.0s  main        telling 1
\s+now:    0\.0s  main        telling 2`},
		{"says nothing", nil, golden(func(context.Context, *slog.Logger) error { return nil }), `the story says nothing`},
		{"fails", nil, golden(fails), `the story ended early: no bank`},
		{"takes too long", nil, golden(func(_ context.Context, log *slog.Logger) error {
			time.Sleep(6*time.Second + 1)
			log.Info("begins")
			return nil
		}), `the story takes 6\.000000001s, more than 6s: too long to watch`},
		{"takes long, not too long", nil, golden(func(_ context.Context, log *slog.Logger) error {
			time.Sleep(6 * time.Second)
			log.Info("begins")
			return nil
		}), `transcript\.txt is stale`},
		{"a claim does not hold", nil, golden(short, func(t *testing.T, said lesson.Transcript) {
			t.Helper()
			t.Errorf("%d lines are too few", len(said))
		}), `1 lines are too few`},
		{"a claim holds in one order only", nil, golden(func(_ context.Context, log *slog.Logger) error {
			var tasks sync.WaitGroup
			for _, name := range []string{"a", "b"} {
				tasks.Go(func() { log.Info("begins", "task", name) })
			}
			tasks.Wait()
			return nil
		}, func(t *testing.T, said lesson.Transcript) {
			t.Helper()
			if said[0].Task != "a" {
				t.Error("a is not the first")
			}
		}), `a is not the first
(?s:.*)tells this order:
\s+0\.0s  b           begins
\s+0\.0s  a           begins`},
		{"says something else in another order", nil, golden(func(_ context.Context, log *slog.Logger) error {
			var tasks sync.WaitGroup
			var begun atomic.Bool
			for _, name := range []string{"a", "b"} {
				tasks.Go(func() {
					log.Info("begins", "task", name)
					if begun.CompareAndSwap(false, true) {
						log.Info("is the first", "task", name)
					}
				})
			}
			tasks.Wait()
			return nil
		}), `in another legal order the story says something else`},
		{"acts on a task that says nothing", nil, golden(func(_ context.Context, log *slog.Logger) error {
			log.Info("wakes b", lesson.To("b"))
			time.Sleep(time.Second)
			log.Info("is awake", "task", "b")
			return nil
		}), `0\.0s  main        wakes b acts on b, which says nothing at that instant`},
		{
			"transcript is missing",
			map[string]string{"transcript.txt": ""},
			golden(short),
			"transcript\\.txt is missing: `go test \\./\\S+ -update` writes it",
		},
		{
			"transcript is stale",
			map[string]string{"transcript.txt": "   0.0s  main        begins\n   0.1s  main        ends\n"},
			golden(short),
			"transcript\\.txt is stale: `go test \\./\\S+ -update` writes it anew\n\\s+line 2:    0\\.1s  main        ends\n\\s+now: ",
		},
		{"picture is stale", map[string]string{"timeline.svg": "<svg/>"}, golden(short), `timeline\.svg is stale`},
		{"picture cannot be read", map[string]string{"timeline.svg": aFolder}, golden(short), `read timeline\.svg: `},
		{"trace is missing", map[string]string{"trace.json": ""}, golden(short), `trace\.json is missing`},
		{"trace cannot be read", map[string]string{"trace.json": "no trace"}, golden(short), `trace\.json`},
		{"page is missing", map[string]string{"README.md": ""}, golden(short), `the lesson has no page`},
		{
			"page has no transcript",
			map[string]string{"README.md": "# A lesson\n\n## Run it\n\n## Your turn\n"},
			golden(short),
			"README\\.md shows no transcript: it needs a ```text block under the heading Run it",
		},
		{
			"page shows another transcript",
			map[string]string{"README.md": strings.Replace(aPage, "begins", "began", 1)},
			golden(short),
			`README\.md is stale: [^\n]+
\s+line 6:    0\.0s  main        began
\s+now:    0\.0s  main        begins`,
		},
		{"returns no error after Ctrl-C", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			_ = lesson.Pause(ctx, time.Second)
			return nil
		}), `context ends after 0s, and the story returns no error, not the cause`},
		{"returns late after Ctrl-C", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			time.Sleep(time.Second)
			return context.Cause(ctx)
		}), `context ends after 0s, and the story returns 1s later, not within 100ms`},
		{"says after Ctrl-C what has not happened", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, time.Second)
			log.Info("has waited a second")
			return err
		}), `context ends after 0s, and then the story says what has not happened:    0\.0s  main        has waited a second`},
		{"says after Ctrl-C that it is cancelled", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, time.Second)
			log.Warn("is cancelled")
			return err
		}), `transcript\.txt is stale`},
		{"does not look at its context for a while", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			if err := lesson.Pause(ctx, 130*time.Millisecond); err != nil {
				return err
			}
			time.Sleep(160 * time.Millisecond)
			return context.Cause(ctx)
		}), `context ends after 151ms, and the story returns 139ms later, not within 100ms`},
		{"returns after Ctrl-C just in time", nil, upToDate(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			time.Sleep(100 * time.Millisecond)
			return context.Cause(ctx)
		}), ""},
		{"does not look whether its context has ended before it begins", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the fault
			}
			return lesson.Pause(ctx, time.Second)
		}), `context ends after 0s, and the story returns no error, not the cause`},
		{"returns another error after Ctrl-C", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			if lesson.Pause(ctx, time.Second) != nil {
				return errors.New("no bank")
			}
			return nil
		}), `context ends after 0s, and the story returns "no bank", not the cause`},
		{"drains, and returns no error after a later Ctrl-C", nil, func(t *testing.T) {
			lesson.Golden(t, func(ctx context.Context, log *slog.Logger) error {
				log.Info("begins")
				if err := lesson.Pause(ctx, 40*time.Millisecond); err != nil {
					return err
				}
				_ = lesson.Pause(ctx, time.Second)
				return nil
			}, lesson.Drains(time.Second))
		}, `context ends after 51ms, and the story returns no error, not the cause`},
		{"tells while it drains what was to come later", nil, upToDate(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, time.Second)
			log.Info("closes the door")
			return err
		}, lesson.Drains(time.Second)), ""},
		{"says before its end, when that is cut off, what has happened and that it cleans up", nil, upToDate(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, 100*time.Millisecond)
			if err == nil {
				log.Info("goes on")
				err = lesson.Pause(ctx, 100*time.Millisecond)
			}
			if err != nil {
				log.Info("cleans up")
			}
			log.Warn("is cancelled")
			return err
		}), ""},
		{"says after Ctrl-C that it acts, which has not happened", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, time.Second)
			log.Warn("cancels b", lesson.To("b"))
			log.Warn("is cancelled", "task", "b")
			return err
		}), `context ends after 0s, and then the story says what has not happened:    0\.0s  main        cancels b`},
		{"says behind a warning what has not happened", nil, golden(func(ctx context.Context, log *slog.Logger) error {
			log.Info("begins")
			err := lesson.Pause(ctx, time.Second)
			log.Warn("is cancelled")
			log.Info("has ended")
			return err
		}), `context ends after 0s, and then the story says what has not happened:    0\.0s  main        has ended`},
		{"drains longer than it says", nil, func(t *testing.T) {
			lesson.Golden(t, func(ctx context.Context, log *slog.Logger) error {
				log.Info("begins")
				time.Sleep(time.Second)
				return context.Cause(ctx)
			}, lesson.Drains(900*time.Millisecond))
		}, `context ends after 0s, and the story returns 1s later, not within 900ms`},
		{"captured: nothing is wrong", nil, captured(short), ""},
		{"captured: fails", nil, captured(fails), `the story ended early: no bank`},
		{
			"captured: transcript is missing",
			map[string]string{"transcript.txt": ""},
			captured(short),
			"transcript\\.txt is missing: `go test \\./\\S+ -update` writes it",
		},
		{"captured: an unknown task", nil, captured(says("a", "begins")), `a: line 1: [^\n]*\n\s+now: begins`},
		{"captured: a task says something else", nil, captured(says("main", "ends")), `main: line 2: \(nothing\)\n\s+now: ends`},
	}
}

func TestAProofFinds(t *testing.T) {
	if os.Getenv(broken) != "" {
		for _, f := range faults() {
			t.Run(f.name, func(t *testing.T) {
				dir := t.TempDir()
				t.Chdir(dir)
				require.NoError(t, os.WriteFile("README.md", []byte(aPage), 0o600))
				lesson.SetUpdate(true)
				lesson.Golden(t, short)
				lesson.SetUpdate(false)
				for name, text := range f.files {
					require.NoError(t, os.Remove(name))
					switch text {
					case "":
					case aFolder:
						require.NoError(t, os.Mkdir(name, 0o755))
					default:
						require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
					}
				}
				f.prove(t)
			})
		}
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), broken+"=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "no fault was found:\n%s", out)
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			name := t.Name()
			_, said, ran := strings.Cut(string(out), "=== RUN   "+name+"\n")
			require.True(t, ran, "%s", out)
			var report strings.Builder
			for line := range strings.Lines(said) {
				if next, runs := strings.CutPrefix(line, "=== RUN "); runs && !strings.Contains(next, name+"/") {
					break
				}
				report.WriteString(line)
			}
			if f.want == "" {
				assert.Contains(t, string(out), "--- PASS: "+name+" (")
				return
			}
			assert.Contains(t, string(out), "--- FAIL: "+name+" (")
			assert.Regexp(t, f.want, report.String())
		})
	}
}
