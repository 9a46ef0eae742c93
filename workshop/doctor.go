package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
	"example.com/asyncio-to-go/workshop/room"
	"example.com/asyncio-to-go/workshop/screen"
)

// What doctor finds: all is well; something is not there, and the workshop
// goes on without it; something must be done.
const (
	well    = "ok"
	without = "without"
	missing = "MISSING"
)

// A finding is a line of doctor.
type finding struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Found string `json:"found"`
	Do    string `json:"do,omitempty"`
}

// examined is what doctor prints for a script.
type examined struct {
	Findings []finding `json:"findings"`
	Line     string    `json:"line"` // for the instructor
}

func doctorCommand() *cobra.Command {
	var (
		prefetch, asJSON bool
		name             string
	)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine lacks, and print a line for the instructor",
		Long: `Say in a line each what this machine has and lacks: Go, a C compiler for the race
detector, python3, an editor, a terminal, and all modules, so that the workshop
can go offline. The last line is to be pasted for the instructor: your name, your
machine and how far you are. The exit status is 1 if something must be done.`,
		Example: "  workshop doctor\n  workshop doctor --prefetch   # the day before, with a network\n  workshop doctor --name Ada --json | jq -r .line",
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			if prefetch {
				if err := fetch(cmd.Context(), root, cmd.ErrOrStderr()); err != nil {
					return err
				}
			}
			all, err := doctor(cmd.Context(), root, name, cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON)
			if err != nil {
				return err
			}
			if asJSON {
				if err := printJSON(cmd, all); err != nil {
					return err
				}
			}
			if slices.ContainsFunc(all.Findings, func(f finding) bool { return f.State == missing }) {
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&prefetch, "prefetch", false, "first download and compile what all parts need")
	cmd.Flags().StringVar(&name, "name", "", "your name for the instructor; without it, the system's")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// doctor says what it finds as it finds it, unless it must be silent.
func doctor(ctx context.Context, root, name string, stdout, stderr io.Writer, silent bool) (examined, error) {
	w := stdout
	if silent {
		w = io.Discard
	}
	var all examined
	var machine room.Machine
	for _, examine := range []func() finding{
		func() finding { return findGo(ctx, root, &machine) },
		func() finding { return findRace(ctx, &machine) },
		findSettings,
		func() finding { return findPython(ctx, &machine) },
		findEditor,
		func() finding { return findTerminal(stdout) },
		func() finding { return findModules(ctx, root, &machine) },
	} {
		slow := waitFor(stderr, compiling)
		f := examine()
		slow.stop()
		all.Findings = append(all.Findings, f)
		say(w, "%-8s %-9s %s\n", f.State, f.Name, f.Found)
		if f.Do != "" {
			say(w, "%-8s %-9s %s\n", "", "", f.Do)
		}
	}
	who := cmp.Or(strings.TrimSpace(name), userName())
	person, err := room.Look(root, who)
	if err != nil {
		return all, err
	}
	person.Machine = machine
	all.Line = person.Line()
	say(w, "\nFor the instructor, to copy and paste:\n%s\n", all.Line)
	if name == "" && slices.Contains(commonNames, strings.ToLower(who)) {
		say(w, "(%s is what many are called; doctor --name Ada says who you are)\n", who)
	}
	return all, nil
}

// commonNames are those of machines, not of people.
var commonNames = []string{"root", "user", "admin", "administrator", "vscode", "codespace", "gitpod", "student", "ubuntu", "runner", "unknown"}

// userName is who the system says is sitting here.
func userName() string {
	name := cmp.Or(os.Getenv("USER"), os.Getenv("USERNAME"))
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return cmp.Or(name[strings.LastIndexByte(name, '\\')+1:], "unknown") // without Windows' domain
}

// patience is how long a command may take that should answer at once; building
// with the race detector compiles its runtime the first time.
const (
	patience      = 10 * time.Second
	buildPatience = 2 * time.Minute
)

// output is what a command prints, or the first line in which it says what is wrong.
func output(ctx context.Context, limit time.Duration, dir string, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s does not answer: %w", name, ctx.Err())
	}
	if err != nil {
		for line := range strings.Lines(stderr.String()) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
				return "", errors.New(line)
			}
		}
	}
	return strings.TrimSpace(string(out)), err
}

func findGo(ctx context.Context, root string, m *room.Machine) finding {
	out, err := output(ctx, buildPatience, root, nil, "go", "env", "GOVERSION", "GOOS", "GOARCH") // it may download a newer Go
	fields := strings.Fields(out)
	if err == nil && len(fields) != 3 {
		err = fmt.Errorf("go env says %q", out)
	}
	if err != nil {
		return finding{"Go", missing, err.Error(), "install it: https://go.dev/dl"}
	}
	m.Go, m.OS = strings.TrimPrefix(fields[0], "go"), fields[1]+"/"+fields[2]
	return finding{"Go", well, m.Go + " on " + m.OS, ""}
}

func findRace(ctx context.Context, m *room.Machine) finding {
	err := course.CanRace(ctx)
	if err == nil {
		m.Race = "yes"
		return finding{"race", well, "the race detector works", ""}
	}
	m.Race = "no"
	install := "checks go on without it; to have it, install gcc with your packages (sudo apt install gcc libc6-dev)"
	if runtime.GOOS == "windows" {
		install = "checks go on without it; to have it, install gcc from https://www.msys2.org"
	}
	return finding{"race", without, err.Error(), install}
}

// findSettings names the person's settings that a check does not follow, so that
// its verdict is the same on each machine.
func findSettings() finding {
	set := course.Overridden()
	if len(set) == 0 {
		return finding{"settings", well, "none that a check would have to override", ""}
	}
	return finding{"settings", well, "a check overrides " + strings.Join(set, ", "), ""}
}

func findPython(ctx context.Context, m *room.Machine) finding {
	m.Python = "no"
	found := "no python3"
	for _, name := range []string{"python3", "python"} {
		version, err := output(ctx, patience, "", nil, name, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3]); sys.exit(sys.version_info < (3, 11))")
		if err == nil {
			m.Python = version
			return finding{"python3", well, version, ""}
		}
		if version != "" {
			found = name + " is " + version
		}
	}
	return finding{
		"python3", without, found + ": lesson.py cannot be run, its transcript is on each page",
		"to run it, install 3.11 or newer: https://www.python.org/downloads",
	}
}

func findEditor() finding {
	e, found := learner.FindEditor(os.Getenv, exec.LookPath)
	switch {
	case !found:
		return finding{"editor", without, "none that this program knows", "any will do; set EDITOR to the command that opens yours"}
	case e.Missing:
		return finding{"editor", without, fmt.Sprintf("%s is %s, which is not there", strings.TrimPrefix(e.Why, "by "), strings.Join(e.Command, " ")), "set it to the command that opens yours, such as \"code -w\""}
	default:
		return finding{"editor", well, e.Name() + ", " + e.Why, ""}
	}
}

func findTerminal(stdout io.Writer) finding {
	if !isTerminal(stdout) {
		return finding{"terminal", without, "the output goes to a file or a pipe, not to a terminal", ""}
	}
	width, height, err := term.GetSize(stdout.(*os.File).Fd())
	if err != nil {
		return finding{"terminal", without, "it does not say how large it is", ""}
	}
	found := fmt.Sprintf("%d columns, %d lines, %s", width, height, colours(os.Getenv))
	if width < screen.LeastWidth || height < screen.LeastHeight {
		return finding{"terminal", without, found, fmt.Sprintf("make it %d by %d or larger", screen.LeastWidth, screen.LeastHeight)}
	}
	if os.Getenv("TERM") == "dumb" {
		return finding{"terminal", without, found, "TERM is dumb: go run ./workshop prints text there, and no screen"}
	}
	return finding{"terminal", well, found, ""}
}

func colours(env func(string) string) string {
	kind := env("TERM")
	switch deep := env("COLORTERM"); {
	case env("NO_COLOR") != "":
		return "no colours, as NO_COLOR asks"
	case kind == "dumb":
		return "no colours"
	case deep == "truecolor" || deep == "24bit" || env("WT_SESSION") != "":
		return "all colours"
	case strings.Contains(kind, "256"):
		return "256 colours"
	default:
		return "16 colours"
	}
}
