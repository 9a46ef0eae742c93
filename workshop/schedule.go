package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/room"
)

const (
	mostHours   = 24
	unsaidHours = 12 // of a lesson whose page does not say
	mostCuts    = 8  // after so many it is another workshop
)

func scheduleCommand() *cobra.Command {
	var (
		hours, lunch int
		start        string
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Plan a workshop of 3, 6, 12 or any other number of hours",
		Long: `Plan a workshop of so many hours, in days of 8 at most. Each lesson's page says
how many minutes it takes and how long a workshop must be to have it. The room
listens for at most 20 minutes before there is something to write, and after 90
minutes at most there is a break. What to cut first stands below, for when the
room is slow.`,
		Example: "  workshop schedule --hours 3\n  workshop schedule --hours 6 --start 13:00\n  workshop schedule --hours 12 --json | jq -r '.cut[0].lesson'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hours < 1 || hours > mostHours {
				return fmt.Errorf("%w: --hours %d: a workshop takes 1 to %d", errUse, hours, mostHours)
			}
			if lunch < 0 || lunch > 180 {
				return fmt.Errorf("%w: --lunch %d: it takes 0 to 180 minutes", errUse, lunch)
			}
			from, err := room.Clock(start)
			if err != nil {
				return fmt.Errorf("%w: --start: %w", errUse, err)
			}
			topics, err := topics(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			table := room.Plan(topics, hours, from, lunch)
			if asJSON {
				return printJSON(cmd, table)
			}
			showTimetable(cmd.OutOrStdout(), table)
			return nil
		},
	}
	cmd.Flags().IntVar(&hours, "hours", 3, "how long it is, with its breaks and without lunch")
	cmd.Flags().StringVar(&start, "start", "09:00", "when each day begins")
	cmd.Flags().IntVar(&lunch, "lunch", 45, "`minutes` for lunch, on a day of more than 4 hours that begins before noon")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// topics are the lessons for a timetable. A lesson whose page does not say how
// long it takes cannot be planned.
func topics(stderr io.Writer) ([]room.Topic, error) {
	root, err := course.Root(".")
	if err != nil {
		return nil, err
	}
	lessons, err := course.Lessons(root)
	if err != nil {
		return nil, err
	}
	var all []room.Topic
	for _, l := range lessons {
		t := room.Topic{
			ID: l.ID(), Title: l.Title(), Minutes: l.Minutes(), Hours: cmp.Or(l.Hours(), unsaidHours), Exercise: l.HasExercise(),
		}
		if t.Minutes < 1 {
			say(stderr, "workshop: %s/README.md does not say how many minutes it takes; left out\n", l.Dir)
			continue
		}
		all = append(all, t)
	}
	return all, nil
}

func showTimetable(w io.Writer, t room.Timetable) {
	say(w, "%d %s, %d of %d lessons. Each is its story, its page, its exercise, then its gallery.\n", t.Hours, plural("hour", t.Hours), len(t.Lessons), len(t.Lessons)+len(t.Home))
	for i, d := range t.Days {
		if len(t.Days) > 1 {
			say(w, "\nDay %d, %s to %s\n", i+1, d.Start, d.End)
		} else {
			say(w, "\n")
		}
		for _, b := range d.Blocks {
			say(w, "  %s  %2d min  %s\n", b.Start, b.Minutes, describe(b, i, len(t.Days)))
		}
		say(w, "  %s\n", d.End)
	}
	if t.Spare >= 30 {
		say(w, "\n%d h %02d min are without a plan.\n", t.Spare/60, t.Spare%60)
	}
	if len(t.Cuts) > 0 {
		say(w, "\nCut first, when the room is slow:\n")
	}
	for i, c := range t.Cuts[:min(len(t.Cuts), mostCuts)] {
		what := "the time for what is not right yet"
		if len(t.Days) > 1 {
			what += fmt.Sprintf(", day %d", c.Day)
		}
		if c.Lesson != "" {
			what = c.Lesson + " " + c.Title
		}
		say(w, "  %2d. %-44s saves %2d min\n", i+1, what, c.Minutes)
	}
	if len(t.Home) > 0 {
		say(w, "\nFor home: %s\n", strings.Join(t.Home, ", "))
	}
}

// describe says what a room does, on one of the days.
func describe(b room.Block, day, days int) string {
	switch b.Kind {
	case room.Opening:
		if day > 0 {
			return "Where we are"
		}
		return "Welcome"
	case room.Talk:
		return fmt.Sprintf("%-4s %s", b.Lesson, b.Title)
	case room.Exercise:
		return "       exercise"
	case room.Try:
		return "       everybody runs it, and changes it as its page says under Go further"
	case room.Open:
		return "What is not right yet"
	case room.Break:
		return "-- break"
	case room.Lunch:
		return "-- lunch"
	default:
		if day < days-1 {
			return "What we have learnt"
		}
		return "What we have learnt, and where to go on"
	}
}
