package learner

import (
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// An Editor is what opens the learner's file.
type Editor struct {
	Command []string // and its own arguments
	Why     string   // it was chosen, as it follows its name: by $VISUAL, whose terminal this is
	Windows bool     // it has windows of its own and leaves the terminal alone
	Missing bool     // the command that a variable names is not there
}

// Name is the editor's command without its folder.
func (e Editor) Name() string {
	name := path.Base(filepath.ToSlash(strings.ReplaceAll(e.Command[0], `\`, "/")))
	for _, suffix := range []string{".exe", ".cmd", ".bat"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return name
}

// A family is editors that open a file in one way.
type family struct {
	names   string
	windows bool
	at      string // how they are told a line; FILE and LINE stand for both
}

var families = []family{
	{"code code-insiders codium cursor windsurf positron", true, "-g FILE:LINE"},
	{"zed zeditor subl", true, "FILE:LINE"},
	{"goland idea pycharm webstorm clion rider", true, "--line LINE FILE"},
	{"gvim gedit kate mate emacsclient", true, "+LINE FILE"},
	{"notepad", true, "FILE"},
	{"hx helix", false, "FILE:LINE"},
	{"nvim vim vi emacs micro nano kak joe", false, "+LINE FILE"},
}

func familyOf(name string) family {
	for _, f := range families {
		if slices.Contains(strings.Fields(f.names), name) {
			return f
		}
	}
	return family{at: "FILE"}
}

// At is the command that opens a file at a line; 0 is no line.
func (e Editor) At(file string, line int) []string {
	at := familyOf(e.Name()).at
	if line < 1 {
		at = "FILE"
	}
	args := slices.Clone(e.Command)
	for arg := range strings.FieldsSeq(at) {
		args = append(args, strings.NewReplacer("FILE", file, "LINE", strconv.Itoa(line)).Replace(arg))
	}
	return args
}

// installed are editors that people have, the likelier ones first.
var installed = []string{"code", "cursor", "zed", "zeditor", "goland", "idea", "subl", "nvim", "vim", "hx", "helix", "emacs", "micro", "nano", "vi", "notepad"}

// FindEditor is the learner's editor: what VISUAL or EDITOR say, else the one
// whose terminal this is, else one that is there. It is false if there is none.
func FindEditor(env func(string) string, find func(string) (string, error)) (Editor, bool) {
	found := func(name string) bool { _, err := find(name); return err == nil }
	choose := func(command []string, why string) (Editor, bool) {
		e := Editor{Command: command, Why: why, Missing: !found(command[0])}
		e.Windows = familyOf(e.Name()).windows
		return e, true
	}
	for _, key := range []string{"VISUAL", "EDITOR"} {
		set := strings.TrimSpace(env(key))
		if set == "" {
			continue
		}
		if found(set) { // a path with spaces in it
			return choose([]string{set}, "by $"+key)
		}
		if command := words(set); len(command) > 0 {
			return choose(command, "by $"+key)
		}
	}
	for _, name := range terminalOf(env) {
		if found(name) {
			return choose([]string{name}, "whose terminal this is")
		}
	}
	for _, name := range installed {
		if found(name) {
			return choose([]string{name}, "which is there; set EDITOR if yours is another one")
		}
	}
	return Editor{}, false
}

// terminalOf are the commands of the editor in whose terminal this runs.
func terminalOf(env func(string) string) []string {
	switch program := env("TERM_PROGRAM"); {
	case program == "vscode": // so do its relatives call themselves
		from := strings.ToLower(env("VSCODE_GIT_ASKPASS_NODE") + env("VSCODE_GIT_ASKPASS_MAIN") + env("__CFBundleIdentifier"))
		switch {
		case env("CURSOR_TRACE_ID") != "" || strings.Contains(from, "cursor"):
			return []string{"cursor"}
		case strings.Contains(from, "windsurf"):
			return []string{"windsurf"}
		case strings.Contains(from, "codium"):
			return []string{"codium", "code"}
		case strings.Contains(env("TERM_PROGRAM_VERSION"), "insider"):
			return []string{"code-insiders", "code"}
		}
		return []string{"code"}
	case program == "zed" || env("ZED_TERM") != "":
		return []string{"zed", "zeditor"}
	case env("TERMINAL_EMULATOR") == "JetBrains-JediTerm":
		return []string{"goland", "idea", "pycharm", "webstorm", "clion", "rider"}
	case env("INSIDE_EMACS") != "":
		return []string{"emacsclient"}
	default:
		return nil
	}
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
