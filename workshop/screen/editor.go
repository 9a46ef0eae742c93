package screen

import (
	"cmp"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"
)

type editedMsg struct{ err error }

// edit opens the exercise in the learner's editor and lends it the terminal.
func (m *model) edit() tea.Cmd {
	if !m.exercised() {
		return nil
	}
	args := editor(os.Getenv, exec.LookPath)
	if args == nil {
		m.notice("no editor: set EDITOR to yours, such as EDITOR=\"code -w\"; or open %s in it yourself", m.here().Exercise())
		return nil
	}
	cmd := exec.CommandContext(m.crew.ctx, args[0], append(args[1:], m.here().Answer())...)
	return tea.ExecProcess(cmd, func(err error) tea.Msg { return editedMsg{err} })
}

func (m *model) edited(msg editedMsg) {
	if msg.err != nil {
		m.notice("the editor: %v", msg.err)
	}
}

// editor is the command that opens a file: $EDITOR, $VISUAL, or one that most
// systems have; nil if there is none.
func editor(env func(string) string, find func(string) (string, error)) []string {
	if set := strings.TrimSpace(cmp.Or(env("EDITOR"), env("VISUAL"))); set != "" {
		if _, err := find(set); err == nil { // a path with spaces in it
			return []string{set}
		}
		return words(set)
	}
	for _, name := range []string{"vi", "nano", "notepad"} {
		if _, err := find(name); err == nil {
			return []string{name}
		}
	}
	return nil
}

// words splits a command line at its spaces, but for those in quotes.
func words(line string) []string {
	var all []string
	word, quote, in := "", rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, in = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if in {
				all = append(all, word)
			}
			word, in = "", false
		default:
			word, in = word+string(r), true
		}
	}
	if in {
		all = append(all, word)
	}
	return all
}
