package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

// offered is a change that a page offers, and the lines that one then sees.
var offered = regexp.MustCompile("(?ms)^( *)```diff try (\\S+)\n(.*?)^ *```\n\n *```text\n(.*?)^ *```")

// Each page offers a change of one of its programs. It must fit, and the run must
// then say what the page promises, which it does not say without the change.
func TestTheChangesThatPagesOfferDoWhatIsPromised(t *testing.T) {
	root := theRoot(t)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	for _, l := range lessons {
		dir := filepath.Join(root, filepath.FromSlash(l.Dir))
		page, err := os.ReadFile(filepath.Join(dir, "README.md"))
		require.NoError(t, err)
		found := offered.FindAllStringSubmatch(string(page), -1)
		assert.Len(t, found, strings.Count(string(page), "```diff try "), "%s: a change stands without the lines that one then sees", l.ID())
		if l.ID() != "4.6" { // it runs in real time: no line of it can be promised
			assert.NotEmpty(t, found, "%s: the page offers no change", l.ID())
		}
		transcript, err := os.ReadFile(filepath.Join(dir, "transcript.txt"))
		require.NoError(t, err)
		for _, m := range found {
			t.Run(l.ID(), func(t *testing.T) {
				indent := regexp.MustCompile("(?m)^" + m[1])
				program, err := os.ReadFile(filepath.Join(dir, m[2]))
				require.NoError(t, err)
				text, err := patched(string(program), indent.ReplaceAllString(m[3], ""))
				require.NoError(t, err)
				said := runChanged(t, l, m[2], text)
				for line := range strings.Lines(indent.ReplaceAllString(m[4], "")) {
					assert.Contains(t, said, strings.TrimRight(line, "\n"))
					assert.NotContains(t, string(transcript), line, "the run says that without the change")
				}
			})
		}
	}
}

// patched makes a change as the page's script does.
func patched(text, diff string) (string, error) {
	for _, place := range regexp.MustCompile(`(?m)^@@.*\n`).Split(diff, -1) {
		var from, to strings.Builder
		for line := range strings.Lines(place) {
			if line[0] != '+' {
				from.WriteString(line[1:])
			}
			if line[0] != '-' {
				to.WriteString(line[1:])
			}
		}
		if strings.Count(text, from.String()) != 1 {
			return "", &os.PathError{Op: "change", Path: from.String(), Err: os.ErrNotExist}
		}
		text = strings.Replace(text, from.String(), to.String(), 1)
	}
	return text, nil
}

// runChanged is what a lesson's program says in virtual time with another text.
func runChanged(t *testing.T, l course.Lesson, file, text string) string {
	t.Helper()
	dir := t.TempDir()
	changed := filepath.Join(dir, "part", "lesson", file)
	require.NoError(t, os.MkdirAll(filepath.Dir(changed), 0o755))
	require.NoError(t, os.WriteFile(changed, []byte(text), 0o600))
	var cmd *exec.Cmd
	if file == "lesson.py" {
		python, err := exec.LookPath("python3")
		if err != nil {
			skipWithout(t, "python3 is not installed: a change of lesson.py was not tried (%v)", err)
		}
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "workshop"), 0o755))
		require.NoError(t, os.CopyFS(filepath.Join(dir, "workshop", "lesson"), os.DirFS(filepath.Join(l.Root, "workshop", "lesson"))))
		cmd = exec.CommandContext(t.Context(), python, changed)
	} else {
		overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(l.Root, filepath.FromSlash(l.Dir), file): changed}})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
		cmd = exec.CommandContext(t.Context(), "go", "run", "-overlay="+filepath.Join(dir, "overlay.json"), "./"+l.Dir)
	}
	cmd.Dir = l.Root
	cmd.Env = append(os.Environ(), "STORY_TRACE="+filepath.Join(dir, "trace.json"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	_ = cmd.Run() // a change may be for the worse
	return said.String()
}
