package screen

import (
	"context"
	"os"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"example.com/asyncio-to-go/workshop/learner"
)

type editedMsg struct{ err error }

// edit opens the exercise in the learner's editor, at the line of the first
// failure. An editor without windows of its own gets the terminal.
func (m *model) edit() tea.Cmd {
	if !m.exercised() {
		return nil
	}
	l := m.here()
	e, found := learner.FindEditor(os.Getenv, exec.LookPath)
	if !found {
		m.notice("no editor: set EDITOR to yours, such as EDITOR=\"code -w\"; or open %s in it yourself", l.Exercise())
		return nil
	}
	args := e.At(l.Answer(), m.failureLine())
	if e.Windows {
		m.notice("%s opens %s", e.Name(), l.Exercise())
		cmd, _ := m.crew.task(func(ctx context.Context) tea.Msg { return editedMsg{openWindow(ctx, args)} })
		return cmd
	}
	cmd := exec.CommandContext(m.crew.ctx, args[0], args[1:]...) //nolint:gosec // the learner's own editor
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return editedMsg{err} })
}

// opensWithin is how long an editor may take to say that it cannot open a window.
const opensWithin = 3 * time.Second

// openWindow starts an editor that goes on without this program: what was not
// saved in it must not be lost when the screen ends.
func openWindow(ctx context.Context, args []string) error {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // see above
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1) // so that the goroutine ends with the editor
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(opensWithin)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// failureLine is the line of the learner's file that the first failure names; 0
// if none does.
func (m *model) failureLine() int {
	known := m.outcomes[m.here().Dir]
	if known == nil {
		return 0
	}
	for _, said := range append([]saying{known.broke}, known.told...) {
		if len(said.quoted) > 0 {
			return said.quoted[0].Number
		}
	}
	return 0
}

func (m *model) edited(msg editedMsg) {
	if msg.err != nil {
		m.notice("the editor: %v", msg.err)
	}
}
