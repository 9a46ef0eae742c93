package screen

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"example.com/asyncio-to-go/workshop/course"
)

// lastWord is how long a story may take to end when it is asked to.
const lastWord = 300 * time.Millisecond

// A story is one that is being told, or was.
type story struct {
	stop context.CancelFunc

	mu   sync.Mutex // guards said
	said bytes.Buffer
}

func (s *story) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(p)
}

func (s *story) soFar() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

type toldMsg struct {
	story *story
	err   error
}

// tell tells the story of the lesson in view, over the lesson.
func (m *model) tell() tea.Cmd {
	l := m.here()
	if _, err := os.Stat(filepath.Join(l.Root, filepath.FromSlash(l.Dir), "main.go")); err != nil {
		m.notice("%s has no main.go to run; git checkout %s brings it back", l.Dir, l.Dir)
		return nil
	}
	s := new(story)
	var cmd tea.Cmd
	cmd, s.stop = m.crew.task(func(ctx context.Context) tea.Msg { return toldMsg{s, s.tell(ctx, l.Lesson)} })
	m.show(overlay{title: "The story of " + l.ID() + ", " + l.title, foot: "Esc ends it", tail: true, text: func(width int) string {
		said := s.soFar()
		if said == "" {
			return faint.Render("compiling …")
		}
		return colourStory(said, width)
	}})
	m.story = s
	return tea.Batch(cmd, m.tick())
}

// tell builds the story and runs it, as a process of its own that has no
// others between, so that it can be asked to end as by Ctrl-C.
func (s *story) tell(ctx context.Context, l course.Lesson) error {
	temporary, err := os.MkdirTemp("", "story-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary) //nolint:errcheck // a folder of temporary files
	program := filepath.Join(temporary, "story")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	command := func(name string, args ...string) error {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Dir = filepath.Join(l.Root, filepath.FromSlash(l.Dir))
		cmd.Stdout, cmd.Stderr = s, s
		cmd.Cancel = func() error {
			if runtime.GOOS == "windows" {
				return cmd.Process.Kill()
			}
			return cmd.Process.Signal(os.Interrupt)
		}
		cmd.WaitDelay = lastWord
		return cmd.Run()
	}
	if err := command("go", "build", "-o", program, "."); err != nil {
		return fmt.Errorf("it does not compile: %w", err)
	}
	return command(program)
}

func (m *model) told(msg toldMsg) {
	if msg.story != m.story {
		return
	}
	m.story = nil
	if msg.err != nil {
		m.notice("the story has failed: %v", msg.err)
	}
	if m.over != nil {
		m.over.foot = "told to its end  r once more  Esc back"
	}
}

func (m *model) stopStory() {
	if m.story != nil {
		m.story.stop()
		m.story = nil
	}
}

// colourStory gives each task of a story a colour, in order of appearance.
func colourStory(said string, width int) string {
	tasks := make(map[string]int)
	var lines []string
	for line := range strings.Lines(strings.TrimRight(said, "\n")) {
		line = strings.TrimRight(line, "\r\n")
		const clock, name = 7, 9 // where they end and begin
		if len(line) < name+12 || line[clock-1] != 's' || line[clock:name] != "  " {
			lines = append(lines, wrap(plain(line), width, "", "  "))
			continue
		}
		task := []rune(line[name:])
		cut := min(10, len(task))
		who := string(task[:cut])
		if _, known := tasks[who]; !known {
			tasks[who] = len(tasks)
		}
		first := faint.Render(line[:clock]) + "  " + taskColours[tasks[who]%len(taskColours)].Render(who) + "  "
		lines = append(lines, wrap(strings.TrimLeft(string(task[cut:]), " "), width, first, strings.Repeat(" ", 21)))
	}
	return strings.Join(lines, "\n")
}
