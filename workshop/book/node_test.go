package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

var long = flag.Bool("long", false, "try every lesson and every wrong answer in the engine, not the first lesson of each part: half an hour")

// theLab is a site with its engine, built once: to compile Go's compiler takes minutes.
var theLab struct {
	once  sync.Once
	says  bytes.Buffer
	site  *site
	files map[string][]byte
	err   error
}

func buildLab(ctx context.Context) (s *site, files map[string][]byte, err error) {
	if s, err = toWrite(); err != nil {
		return nil, nil, err
	}
	if s.lab, err = s.engine(ctx, &theLab.says); err != nil {
		return nil, nil, err
	}
	files, err = s.all()
	return s, files, err
}

// reserve is the time that a test with the engine has at least. Where go test's
// -timeout leaves less, which is 10 minutes unless set, it is skipped: at the
// timeout go test would end all tests.
const reserve = 150 * time.Second

// tried reports whether a lesson is tried in the engine: with -long each is,
// without it the first of each part, 3.3, whose solution imports the exercise, and
// 4.5, whose main function has a context of its own.
func tried(l *course.Lesson) bool {
	return *long || l.Number == 1 || l.ID() == "3.3" || l.ID() == "4.5"
}

// labFiles are the files of that site.
func labFiles(t *testing.T) map[string][]byte {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: to build the engine takes minutes")
	}
	end, limited := t.Deadline()
	if !limited {
		end = time.Now().Add(24 * time.Hour)
	}
	ctx, cancel := context.WithDeadline(t.Context(), end.Add(-reserve))
	defer cancel()
	theLab.once.Do(func() { theLab.site, theLab.files, theLab.err = buildLab(ctx) })
	if ctx.Err() != nil {
		skipWithout(t, "go test's -timeout leaves too little time for tests in a browser: go test -timeout 30m ./workshop/book")
	}
	require.NoError(t, theLab.err)
	return theLab.files
}

// With the Go that CI has, what the engine leaves out is found and left out.
func TestTheEngineHasOnlyWhatItNeeds(t *testing.T) {
	t.Parallel()
	labFiles(t)
	assert.Equal(t, 5, strings.Count(theLab.says.String(), "\n"), theLab.says.String())
	goroot, err := theLab.site.goCommand(t.Context(), "env", "GOROOT")
	require.NoError(t, err)
	for _, e := range sourceEdits {
		source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "src", "cmd", filepath.FromSlash(e.file)))
		require.NoError(t, err)
		assert.Regexp(t, e.what, string(source), e.file)
	}
}

// A package of Go's own or of a library has to build with the stand-ins; one of ours may be of what no browser has.
func TestTheStandInsBreakNoPackageThatIsNotOurs(t *testing.T) {
	t.Parallel()
	for text, broken := range map[string]bool{
		`{"ImportPath": "net/http", "Standard": true}`:                            true,
		`{"ImportPath": "net/http", "Standard": true, "Export": "net.a"}`:         false,
		`{"ImportPath": "unsafe", "Standard": true}`:                              false,
		`{"ImportPath": "pgregory.net/rapid", "Module": {"Version": "v1.3.0"}}`:   true,
		`{"ImportPath": "example.com/asyncio-to-go/part4-shutdown/04-processes"}`: false,
	} {
		var p listed
		require.NoError(t, json.Unmarshal([]byte(text), &p))
		assert.Equal(t, broken, p.isBroken(), text)
	}
}

// A nodeProgram is one of the browser's side that runs in node. It answers lines
// of JSON, and is begun anew after a question at which it hangs: there is one
// thread, and no page that would end it.
type nodeProgram struct {
	*testing.T
	command []string
	to      io.WriteCloser
	from    chan string
	end     func()
}

// inNode is a program that gets the engine's folder and what more it needs.
func inNode(t *testing.T, program string, more ...string) *nodeProgram {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		skipWithout(t, "node is not installed: the engine was not tried outside a browser (%v)", err)
	}
	dir := t.TempDir()
	for name, content := range labFiles(t) {
		if file, ok := strings.CutPrefix(name, "engine/"); ok {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), content, 0o644))
		}
	}
	n := &nodeProgram{T: t, command: append([]string{node, filepath.Join("web", program), dir}, more...)}
	t.Cleanup(n.stop)
	return n
}

// ask reports whether there was an answer in time.
func (n *nodeProgram) ask(question, answer any) bool {
	n.Helper()
	if n.end == nil {
		n.start()
	}
	require.NoError(n, json.NewEncoder(n.to).Encode(question))
	select {
	case line, ok := <-n.from:
		require.True(n, ok, "node ended before it had answered %v", question)
		require.NoError(n, json.Unmarshal([]byte(line), answer), line)
		return true
	case <-time.After(2 * patience):
		n.stop()
		return false
	}
}

func (n *nodeProgram) start() {
	n.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(n.Context()), n.command[0], n.command[1:]...) // stop ends it
	var err error
	n.to, err = cmd.StdinPipe()
	require.NoError(n, err)
	out, err := cmd.StdoutPipe()
	require.NoError(n, err)
	cmd.Stderr = os.Stderr
	require.NoError(n, cmd.Start())
	from := make(chan string)
	go func() {
		defer close(from)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 10<<20)
		for lines.Scan() {
			from <- lines.Text()
		}
	}()
	n.from = from
	n.end = func() {
		_ = cmd.Process.Kill()
		for range from { //nolint:revive // the reader ends when the pipe does
		}
		_ = cmd.Wait() // it was killed
	}
}

func (n *nodeProgram) stop() {
	if n.end != nil {
		n.end()
		n.end = nil
	}
}
