package learner_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/learner"
)

func TestTheEditorIsTheLearnersOwn(t *testing.T) {
	t.Parallel()
	type env map[string]string
	vscode := env{"TERM_PROGRAM": "vscode"}
	for _, c := range []struct {
		env       env
		installed []string
		want      []string // the command that opens a.go at line 7
		windows   bool
	}{
		{env{"VISUAL": "vim", "EDITOR": "nano"}, nil, []string{"vim", "+7", "a.go"}, false},
		{env{"EDITOR": "code -w", "TERM_PROGRAM": "zed"}, []string{"zed"}, []string{"code", "-w", "-g", "a.go:7"}, true},
		{env{"EDITOR": `"/opt/my editor/ed" -n 'a b'`}, nil, []string{"/opt/my editor/ed", "-n", "a b", "a.go"}, false},
		{env{"EDITOR": `C:\Program Files\subl.exe`}, []string{`C:\Program Files\subl.exe`}, []string{`C:\Program Files\subl.exe`, "a.go:7"}, true},
		{vscode, []string{"vi", "code"}, []string{"code", "-g", "a.go:7"}, true},
		{vscode, []string{"vi"}, []string{"vi", "+7", "a.go"}, false},
		{env{"TERM_PROGRAM": "vscode", "CURSOR_TRACE_ID": "1"}, []string{"code", "cursor"}, []string{"cursor", "-g", "a.go:7"}, true},
		{env{"TERM_PROGRAM": "vscode", "VSCODE_GIT_ASKPASS_NODE": "/usr/share/Windsurf/node"}, []string{"code", "windsurf"}, []string{"windsurf", "-g", "a.go:7"}, true},
		{env{"TERM_PROGRAM": "vscode", "VSCODE_GIT_ASKPASS_MAIN": "/opt/vscodium/main.js"}, []string{"code", "codium"}, []string{"codium", "-g", "a.go:7"}, true},
		{env{"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.9-insider"}, []string{"code", "code-insiders"}, []string{"code-insiders", "-g", "a.go:7"}, true},
		{env{"ZED_TERM": "true", "EDITOR": " "}, []string{"code", "zeditor"}, []string{"zeditor", "a.go:7"}, true},
		{env{"TERMINAL_EMULATOR": "JetBrains-JediTerm"}, []string{"code", "idea"}, []string{"idea", "--line", "7", "a.go"}, true},
		{env{"INSIDE_EMACS": "29.1,comint"}, []string{"emacs", "emacsclient"}, []string{"emacsclient", "+7", "a.go"}, true},
		{env{}, []string{"vi", "hx"}, []string{"hx", "a.go:7"}, false},
		{env{}, []string{"notepad"}, []string{"notepad", "a.go"}, true},
	} {
		e, found := learner.FindEditor(func(name string) string { return c.env[name] }, having(c.installed...))
		assert.True(t, found, c.want)
		assert.Equal(t, c.want, e.At("a.go", 7), "%v %v", c.env, c.installed)
		assert.Equal(t, c.windows, e.Windows, c.want)
		assert.NotEmpty(t, e.Why)
		assert.Equal(t, append(e.Command, "a.go"), e.At("a.go", 0), "no line is known")
	}
	_, found := learner.FindEditor(func(string) string { return "" }, having())
	assert.False(t, found)
	e, _ := learner.FindEditor(func(name string) string { return map[string]string{"EDITOR": "gone"}[name] }, having("vi"))
	assert.True(t, e.Missing, "EDITOR names an editor that is not there")
}

// having finds the programs that are there.
func having(installed ...string) func(string) (string, error) {
	return func(name string) (string, error) {
		if slices.Contains(installed, name) {
			return name, nil
		}
		return "", errors.New("not found")
	}
}
