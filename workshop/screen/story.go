package screen

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/lesson"
)

// lastWord is how long a story may take to end when it is asked to.
const lastWord = 300 * time.Millisecond

// A story is one that is being told, or was.
type story struct {
	stop    context.CancelFunc
	telling *lesson.Telling // what it is known to say; nil if that is not known
	differs string          // how this run differs from that, once it is told to its end

	mu    sync.Mutex // guards the below
	said  bytes.Buffer
	began time.Time     // when its program was started
	took  time.Duration // until its end; 0 while it is told
}

func (s *story) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(p)
}

// now is how long the story has been told, and whether it is over.
func (s *story) now() (now time.Duration, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.took > 0 || s.began.IsZero() {
		return s.took, s.took > 0
	}
	return time.Since(s.began), false
}

func (s *story) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = time.Now()
}

func (s *story) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = max(1, time.Since(s.began))
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
	s := &story{telling: m.telling(l.Lesson)}
	var cmd tea.Cmd
	cmd, s.stop = m.crew.task(func(ctx context.Context) tea.Msg {
		err := s.tell(ctx, l.Lesson)
		s.end()
		return toldMsg{s, err}
	})
	m.show(overlay{title: "The story of " + l.ID() + ", " + l.title, foot: "Esc ends it", tail: true, changes: true, text: func(width int) string {
		said := s.soFar()
		if said == "" {
			return faint.Render("compiling …")
		}
		text := colourStory(said, told(s.telling), width)
		if s.differs != "" {
			text += "\n\n" + wrap(faint.Render(s.differs), width, "", "")
		}
		return text
	}, top: s.lanes})
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
	s.begin()
	return command(program)
}

func (m *model) told(msg toldMsg) {
	if msg.story != m.story {
		return
	}
	m.story = nil
	if msg.err != nil {
		m.notice("the story has failed: %v", msg.err)
	} else if msg.story.telling != nil {
		msg.story.differs, _ = msg.story.telling.Compare(msg.story.soFar())
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
