package main

import (
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
)

// noted is what an instructor is told about a lesson.
type noted struct {
	ID       string               `json:"id"`
	Title    string               `json:"title"`
	Minutes  int                  `json:"minutes"`
	Page     string               `json:"page"`
	Notes    string               `json:"notes"` // in Markdown
	Mistakes []course.WrongAnswer `json:"mistakes"`
}

func notesCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "notes [LESSON...]",
		Short: "Print the notes for the instructor; without a name, those of all lessons",
		Long: `Print the notes.md of lessons: the goal, the likely mistakes with what a test says
to each, and questions for the room with their answers.`,
		Example: "  workshop notes 1.1 1.2 2.1\n  workshop notes $(workshop schedule --hours 3 --json | jq -r '.lessons[]')",
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			var lessons []course.Lesson
			if len(args) == 0 {
				if lessons, err = course.Lessons(root); err != nil {
					return err
				}
			}
			for _, name := range args {
				l, err := course.Find(root, name)
				if err != nil {
					return err
				}
				lessons = append(lessons, l)
			}
			all := []noted{}
			for _, l := range lessons {
				all = append(all, noted{l.ID(), l.Title(), l.Minutes(), l.Dir + "/notes.md", strings.TrimSpace(l.Notes()), l.Gallery()})
			}
			if asJSON {
				return printJSON(cmd, all)
			}
			for i, n := range all {
				if i > 0 {
					say(cmd.OutOrStdout(), "\n")
				}
				n.print(cmd.OutOrStdout())
			}
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// print shows the notes as text. They name wrong answers by links; what each is
// about and what a test says stands in its head.
func (n noted) print(w io.Writer) {
	say(w, "%s %s, %d min, %s\n", n.ID, n.Title, n.Minutes, n.Page)
	listed := false
	for paragraph := range strings.SplitSeq(n.Notes, "\n\n") {
		if strings.HasPrefix(paragraph, "**Likely mistakes") && len(n.Mistakes) > 0 {
			listed = true
			n.mistakes(w)
			continue
		}
		say(w, "\n%s\n", plainText(paragraph))
	}
	if !listed && len(n.Mistakes) > 0 {
		n.mistakes(w)
	}
}

func (n noted) mistakes(w io.Writer) {
	say(w, "\nLikely mistakes, and what a test says to each:\n")
	for _, m := range n.Mistakes {
		say(w, "  - %s\n    \"%s\"\n", m.Wrong, m.Says)
	}
}

var (
	pageLink = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)
	question = regexp.MustCompile(`(?s)^(\*\*Ask\.\*\* )\*(.+?[?.!])\*(\s)`)
)

// plainText takes the marks of Markdown out of a paragraph, but for those of code.
func plainText(paragraph string) string {
	text := question.ReplaceAllString(paragraph, "$1$2$3")
	text = pageLink.ReplaceAllString(text, "$1")
	return strings.ReplaceAll(text, "**", "")
}
