package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/room"
)

// classTable is what report prints for a script.
type classTable struct {
	Exercises int           `json:"exercises"`
	People    []room.Person `json:"people"`
	Failing   []failing     `json:"failing"`
	NoLines   []noLine      `json:"nolines"`
}

type failing struct {
	room.Failure
	Page string `json:"page,omitempty"` // what to say about it
}

// A noLine is a line that doctor has not written.
type noLine struct {
	File string `json:"file"`
	room.Stray
}

func reportCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report DIR|FILE|-...",
		Short: "Show how far everybody in the room is, and what fails most",
		Long: `Show how far everybody in the room is, and which tests fail most. It reads the
workshops of others, each a folder DIR, in which it writes nothing; or the lines
that doctor printed and people pasted into a FILE or the standard input, -. Who
pasted several counts by the last.`,
		Example: "  workshop report class.txt\n  pbpaste | workshop report -\n  workshop report /home/*/asyncio-to-go\n  workshop report class.txt --json | jq -r '.failing[0].page'",
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			lessons, err := course.Lessons(root)
			if err != nil {
				return err
			}
			lessons = slices.DeleteFunc(lessons, func(l course.Lesson) bool { return !l.HasExercise() })
			table := classTable{Exercises: len(lessons), People: []room.Person{}, Failing: []failing{}, NoLines: []noLine{}}
			if err := table.read(cmd.InOrStdin(), args); err != nil {
				return err
			}
			table.sort(lessons)
			if asJSON {
				err = printJSON(cmd, table)
			} else {
				table.show(cmd, lessons)
			}
			if err == nil && len(table.People) == 0 {
				err = fmt.Errorf("no line of doctor in %s", strings.Join(args, ", "))
			}
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// read takes in all that report was given.
func (t *classTable) read(stdin io.Reader, args []string) error {
	var dirs []string
	for _, arg := range args {
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			dir, err := workshopAt(arg)
			if err != nil {
				return err
			}
			dirs = append(dirs, dir)
			continue
		}
		if arg == "-" {
			if err := t.lines("standard input", stdin); err != nil {
				return err
			}
			continue
		}
		f, err := os.Open(arg)
		if err != nil {
			return fmt.Errorf("%w: %w", errUse, err)
		}
		err = t.lines(arg, f)
		_ = f.Close() // it was read
		if err != nil {
			return err
		}
	}
	names := make([]string, len(dirs))
	for i, dir := range dirs {
		names[i] = filepath.ToSlash(dir)
	}
	for i, name := range room.Names(names) {
		p, err := room.Look(dirs[i], name)
		if err != nil {
			p.Problem = "cannot be read"
		}
		t.add(p)
	}
	return nil
}

// workshopAt is the path of a folder that is a workshop.
func workshopAt(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	_, err = os.Stat(filepath.Join(abs, "go.work"))
	lessons, _ := course.Lessons(abs) // none if it cannot be read
	if err != nil || len(lessons) == 0 {
		return "", fmt.Errorf("%w: %s is no workshop: it has no go.work, or no lessons", errUse, dir)
	}
	return abs, nil
}

// lines reads what people pasted.
func (t *classTable) lines(file string, from io.Reader) error {
	const most = 1 << 20 // more than any class pastes
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && len(data) > most {
		err = errors.New("it is longer than 1 MiB")
	}
	if err != nil {
		return fmt.Errorf("%w: %s cannot be read: %w", errUse, file, err)
	}
	people, strays := room.Pasted(data)
	for _, p := range people {
		t.add(p)
	}
	for _, s := range strays {
		t.NoLines = append(t.NoLines, noLine{file, s})
	}
	return nil
}

// add takes in a person, in place of what that person said before; what is cut
// off counts only if there is nothing else.
func (t *classTable) add(p room.Person) {
	if p.Problem == room.CutOff && slices.ContainsFunc(t.People, func(other room.Person) bool { return other.Name == p.Name && other.Problem == "" }) {
		return
	}
	before := func(other room.Person) bool { return other.Name == p.Name }
	t.People = append(slices.DeleteFunc(t.People, before), p)
}

// sort puts the person who is least far first, and finds what fails.
func (t *classTable) sort(lessons []course.Lesson) {
	slices.SortStableFunc(t.People, func(a, b room.Person) int {
		return cmp.Or(cmp.Compare(t.right(a, lessons), t.right(b, lessons)), cmp.Compare(a.Name, b.Name))
	})
	for _, f := range room.Failures(t.People) {
		one := failing{Failure: f}
		if l := lessonOf(lessons, f.Lesson); l != nil {
			one.Page = l.Dir + "/notes.md"
		}
		t.Failing = append(t.Failing, one)
	}
}

// right is how many of these lessons a person has right.
func (*classTable) right(p room.Person, lessons []course.Lesson) (n int) {
	for _, l := range lessons {
		if slices.Contains(p.Right, l.ID()) {
			n++
		}
	}
	return n
}

func lessonOf(lessons []course.Lesson, id string) *course.Lesson {
	i := slices.IndexFunc(lessons, func(l course.Lesson) bool { return l.ID() == id })
	if i < 0 {
		return nil
	}
	return &lessons[i]
}

const (
	mostFailing = 8 // tests that a room can talk about
	mostNamed   = 3 // lines that are none
)

func (t *classTable) show(cmd *cobra.Command, lessons []course.Lesson) {
	if n := len(t.NoLines); n > 0 {
		var some []string
		for _, l := range t.NoLines[:min(n, mostNamed)] {
			some = append(some, fmt.Sprintf("%s:%d %s", l.File, l.Line, shorten(l.Text)))
		}
		if n > mostNamed {
			some = append(some, "…")
		}
		say(cmd.ErrOrStderr(), "workshop: %d %s not of doctor: %s\n", n, map[bool]string{true: "line is", false: "lines are"}[n == 1], strings.Join(some, ", "))
	}
	if len(t.People) == 0 {
		return
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
	say(w, "name\tright\twhere\tlast check\tfailing\n")
	for _, p := range t.People {
		where := p.At
		if l := lessonOf(lessons, p.At); l != nil {
			where = p.At + " " + l.Title()
		} else if t.right(p, lessons) == t.Exercises {
			where = "all are right"
		} else if where == "" {
			where = "?"
		}
		say(w, "%s\t%d of %d\t%s\t%s\t%s\n", p.Name, t.right(p, lessons), t.Exercises, where, when(p.Checked), fails(p))
	}
	_ = w.Flush() // there is no one left to tell

	out := cmd.OutOrStdout()
	if len(t.Failing) > 0 {
		say(out, "\nWhat fails most, and where its likely mistakes stand:\n")
	}
	for _, f := range t.Failing[:min(len(t.Failing), mostFailing)] {
		say(w, "%d of %d\t%s %s\t%s\n", len(f.People), len(t.People), f.Lesson, f.Test, f.Page)
	}
	_ = w.Flush()
	t.showMachines(out)
}

// showMachines names who is not ready.
func (t *classTable) showMachines(w io.Writer) {
	lacks := func(what string, of func(room.Machine) bool) {
		var names []string
		for _, p := range t.People {
			if of(p.Machine) {
				names = append(names, p.Name)
			}
		}
		if len(names) > 0 {
			say(w, "\n%s: %s\n", what, strings.Join(names, ", "))
		}
	}
	lacks("Not ready to go offline (doctor --prefetch)", func(m room.Machine) bool { return m.Cache == "cold" })
	lacks("Without the race detector", func(m room.Machine) bool { return m.Race == "no" })
	lacks("Without python3", func(m room.Machine) bool { return m.Python == "no" })
}

// fails is what a person's last check came to, in a few words.
func fails(p room.Person) string {
	switch n := len(p.Failing); {
	case p.Problem != "":
		return p.Problem
	case p.Broken:
		return "does not compile, or does not end"
	case n == 1:
		return p.Failing[0]
	case n > 1:
		return fmt.Sprintf("%s and %d more", p.Failing[0], n-1)
	default:
		return ""
	}
}

// when is a time as a room reads it: today's without the date.
func when(at time.Time) string {
	at = at.Local()
	switch {
	case at.IsZero():
		return "never"
	case at.Format(time.DateOnly) == time.Now().Format(time.DateOnly):
		return at.Format("15:04")
	default:
		return at.Format("2 Jan 15:04")
	}
}

// shorten quotes the beginning of a text of unknown origin.
func shorten(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
