package lesson

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// longest is how long a story may take that people watch in real time.
	longest = 6 * time.Second

	// orders is in how many other legal orders a story is told to prove it, and
	// kept how many of them its trace has.
	orders, kept = 20, 5
)

// A Check is something more that [Golden] proves of a story.
type Check func(*checks)

type checks struct {
	claims []func(*testing.T, Transcript)
	drains time.Duration
}

// Claim is what a page says of the transcript: it must hold in each legal order.
func Claim(holds func(t *testing.T, said Transcript)) Check {
	return func(c *checks) { c.claims = append(c.claims, holds) }
}

// Drains says that the story is about its own end: Ctrl-C begins its shutdown,
// which takes up to limit and is told.
func Drains(limit time.Duration) Check { return func(c *checks) { c.drains = limit } }

// proved tells story and fails the test unless it is fit to be shown.
func proved(t *testing.T, story Story, more []Check) *Telling {
	t.Helper()
	var c checks
	for _, check := range more {
		check(&c)
	}
	told := &Telling{Events: play(t, story, inTurn)}
	said := told.Transcript()
	if again := play(t, story, inTurn); said.String() != transcriptOf(again).String() {
		t.Fatalf("the story is told differently each time: let one task wait for the other, or let it come later.\n%s",
			difference(said.String(), transcriptOf(again).String()))
	}
	if len(said) == 0 {
		t.Fatal("the story says nothing")
	}
	if last := said[len(said)-1].At; last > longest {
		t.Errorf("the story takes %v, more than %v: too long to watch", last, longest)
	}
	answered(t, said)
	for _, claim := range c.claims {
		claim(t, said)
	}
	known := []string{said.String()}
	for seed := range uint64(orders) {
		order := play(t, story, shuffled(seed))
		other := transcriptOf(order)
		if slices.Contains(known, other.String()) {
			continue
		}
		known = append(known, other.String())
		if len(told.Orders) < kept {
			told.Orders = append(told.Orders, order)
		}
		t.Run(fmt.Sprintf("in order %d", seed), func(t *testing.T) {
			sameLines(t, said, other)
			answered(t, other)
			for _, claim := range c.claims {
				claim(t, other)
			}
			if t.Failed() {
				t.Logf("`go run ./workshop run %s --seed %d` tells this order:\n%s", place(), seed, other)
			}
		})
	}
	endsWithItsContext(t, story, said, c.drains)
	return told
}

// sameLines fails the test unless two orders of one story have the same lines.
func sameLines(t *testing.T, told, other Transcript) {
	t.Helper()
	sorted := func(said Transcript) string {
		lines := strings.Split(said.String(), "\n")
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	if a, b := sorted(told), sorted(other); a != b {
		t.Errorf("in another legal order the story says something else: let one task wait for the other, or let it come later.\n%s", difference(a, b))
	}
}

// answered fails the test unless each task on which a line acts says something
// after it, at the same instant.
func answered(t *testing.T, said Transcript) {
	t.Helper()
	for i, l := range said {
		for _, task := range l.To {
			if !slices.ContainsFunc(said[i+1:], func(a Line) bool { return a.Task == task && a.At == l.At }) {
				t.Errorf("%s acts on %s, which says nothing at that instant", strings.TrimSpace(l.String()), task)
			}
		}
	}
}

// marked is the transcript as a page shows it: with a mark at each line that
// could stand elsewhere in its instant.
func (t *Telling) marked() string {
	var b strings.Builder
	tied := false
	for _, e := range t.Events {
		line := e.String()
		if e.Tied {
			tied, line = true, unordered+line[1:]
		}
		b.WriteString(line + "\n")
	}
	if tied {
		b.WriteString(unordered + " nothing orders these lines of one instant: a real run may swap them\n")
	}
	return b.String()
}

const unordered = "~"
