package lesson

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	update = new(bool)
	seed   = new(int64(-1))
)

func init() {
	if testing.Testing() { // a story's own main has no such flags
		seed = flag.Int64("order", -1, "only print the story in the order of this `seed`")
		update = flag.Bool("update", false, "write trace.json, transcript.txt, timeline.svg and the page's transcript anew")
	}
}

// Golden proves that a story is fit to be shown, and keeps what it gives:
// trace.json, transcript.txt, timeline.svg and the transcript in README.md, all
// in the test's folder, must be what this run gives; with the flag -update they
// are written. It returns the transcript.
//
// The story must be told the same each time, and take 6 s at most. In each of 20
// other legal orders its tasks must say the same, at the same instants, and each
// [Claim] must hold. A line with [To] must be answered. And when the story's
// context ends, at any moment, the story must return within 100 ms with the cause,
// leave no goroutine behind, and say nothing that has not happened.
func Golden(t *testing.T, story Story, more ...Check) Transcript {
	t.Helper()
	if *seed >= 0 {
		said := transcriptOf(play(t, story, shuffled(uint64(*seed))))
		fmt.Print(said)
		return said
	}
	told := proved(t, story, more)
	said := told.Transcript()
	keepTrace(t, "trace.json", told)
	show(t, told)
	return said
}

// GoldenAs is [Golden] for one more telling of the same lesson. GoldenAs(t,
// "stage-3", story) keeps trace-stage-3.json, transcript-stage-3.txt and
// timeline-stage-3.svg up to date, and leaves the page alone.
func GoldenAs(t *testing.T, name string, story Story, more ...Check) Transcript {
	t.Helper()
	told := proved(t, story, more)
	said := told.Transcript()
	keepTrace(t, "trace-"+name+".json", told)
	upToDate(t, "transcript-"+name+".txt", said.String())
	upToDate(t, "timeline-"+name+".svg", said.Timeline(Title(".")+", "+strings.ReplaceAll(name, "-", " ")))
	return said
}

// Captured is [Golden] for a story that needs files or a network, and so cannot
// be told in virtual time: it is told once, in real time, with t's context.
// transcript.txt and timeline.svg are those of one such run, which -update
// writes anew; each task must say what it says there, in that order. Who speaks
// first, and when, is the machine's affair.
func Captured(t *testing.T, story Story) Transcript {
	t.Helper()
	start := time.Now()
	var mu sync.Mutex // guards told
	told := Telling{Captured: true}
	err := story(staged(t.Context()), slog.New(handler{say: func(l Line, r slog.Record) {
		mu.Lock()
		defer mu.Unlock()
		l.At = r.Time.Sub(start)
		told.Events = append(told.Events, Event{Line: l, Source: sourceOfPC(r.PC)})
	}}))
	if err != nil {
		t.Fatalf("the story ended early: %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	said := told.Transcript()
	if *update {
		keepTrace(t, "trace.json", &told)
		show(t, &told)
		return said
	}
	captured, err := os.ReadFile("transcript.txt")
	if err != nil {
		t.Fatalf("transcript.txt is missing: `go test ./%s -update` writes it", place())
	}
	got, want := ByTask(said.String()), ByTask(string(captured))
	tasks := slices.Collect(maps.Keys(want))
	for task := range got {
		if _, known := want[task]; !known {
			tasks = append(tasks, task)
		}
	}
	for _, task := range tasks {
		if !slices.Equal(got[task], want[task]) {
			t.Errorf("transcript.txt is stale: `go test ./%s -update` writes it anew\n%s: %s", place(), task,
				difference(strings.Join(want[task], "\n"), strings.Join(got[task], "\n")))
		}
	}
	return said
}

// ByTask is what each task says in a transcript, without the times. In a real
// run, times and the order of tasks are the machine's.
func ByTask(transcript string) map[string][]string {
	said := make(map[string][]string)
	for line := range strings.Lines(transcript) {
		const clock, task = 9, 19
		if line = strings.TrimRight(line, "\r\n"); len(line) > task {
			name := strings.TrimSpace(line[clock:task])
			said[name] = append(said[name], strings.TrimSpace(line[task:]))
		}
	}
	return said
}

// RealRun is what the story says in real time, with all that virtual time has
// no place for: the test binary runs itself with the argument "story", for which
// the lesson's TestMain calls main. It does so once for all runs of a test.
func RealRun(t *testing.T) string {
	t.Helper()
	told, err := realRun()
	if err != nil {
		t.Fatalf("the story has failed in real time: %v", err)
	}
	return told
}

var realRun = sync.OnceValues(func() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "story").Output()
	return string(out), err
})

// show keeps the files of a telling up to date, and the page that shows it.
func show(t *testing.T, told *Telling) {
	t.Helper()
	said := told.Transcript()
	upToDate(t, "transcript.txt", said.String())
	upToDate(t, "timeline.svg", said.Timeline(Title(".")))
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatalf("the lesson has no page: %v", err)
	}
	shown := withTranscript(string(page), told.marked())
	if shown == "" {
		t.Fatal("README.md shows no transcript: it needs a ```text block under the heading Run it")
	}
	upToDate(t, "README.md", shown)
}

// keepTrace keeps the Go part of a trace up to date.
func keepTrace(t *testing.T, file string, told *Telling) {
	t.Helper()
	trace, err := readTrace(file)
	if err != nil && (*update || errors.Is(err, fs.ErrNotExist)) {
		trace, err = &Trace{}, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	trace.Generated, trace.Go = generated("."), told
	if *update && file == "trace.json" {
		trace.updatePython(t)
	}
	upToDate(t, file, trace.encode())
}

// generated says how the trace in a lesson's folder is written.
func generated(dir string) string {
	return "by `go test ./" + placeOf(dir) + " -update`; do not edit"
}

// upToDate compares a file with what this run gives, or writes it.
func upToDate(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if string(got) == want {
		return
	}
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	how := "go test ./" + place() + " -update"
	if err != nil {
		t.Errorf("%s is missing: `%s` writes it", name, how)
		return
	}
	t.Errorf("%s is stale: `%s` writes it anew\n%s", name, how, difference(string(got), want))
}

// place is the lesson's folder as the workshop's root sees it.
func place() string { return placeOf(workingDir) }

func placeOf(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir)))
}

// difference shows the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	line := func(s []string, i int) string {
		if i < len(s) {
			return s[i]
		}
		return "(nothing)"
	}
	for i := range max(len(g), len(w)) {
		if a, b := line(g, i), line(w, i); a != b {
			return fmt.Sprintf("line %d: %s\n   now: %s", i+1, a, b)
		}
	}
	return ""
}

var transcriptBlock = regexp.MustCompile("(?s)(\n## Run it\n.*?\n```text\n).*?(```\n)")

// withTranscript is page with the transcript under its heading "Run it"; empty
// if there is no place for it.
func withTranscript(page, transcript string) string {
	at := transcriptBlock.FindStringSubmatchIndex(page)
	if at == nil {
		return ""
	}
	return page[:at[3]] + transcript + page[at[4]:]
}

// Title is the heading of a lesson's page; the folder's name if it has none.
func Title(folder string) string {
	page, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err == nil {
		for line := range bytes.Lines(page) {
			if title, ok := bytes.CutPrefix(line, []byte("# ")); ok {
				return string(bytes.TrimSpace(title))
			}
		}
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return folder
	}
	return filepath.Base(abs)
}
