package lesson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Trace is what is known of a lesson's run: what was said, from which line of
// the source, and where the other tasks were meanwhile. trace.json holds it,
// beside transcript.txt and timeline.svg, which are made from it.
type Trace struct {
	Generated string   `json:"generated"` // the command that writes it
	Go        *Telling `json:"go,omitempty"`
	Python    *Telling `json:"python,omitempty"` // nil where the lesson has no lesson.py
}

// A Telling is one program's part of a trace.
type Telling struct {
	Captured bool      `json:"captured,omitempty"` // told in real time, so times and the order of tasks are the machine's
	Events   []Event   `json:"events"`
	Orders   [][]Event `json:"orders,omitempty"` // up to five other legal orders: see [Play]
}

// An Event is a line and what else is known of that moment.
type Event struct {
	Line
	Source
	Tied   bool    // several tasks were ready to speak and nothing orders them: the line could stand elsewhere in its instant
	Places []Place // where the other tasks are while this one speaks
}

// A Source is a line of a source file, whose path is the one from the lesson's
// folder.
type Source struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// A Place is where a task is, and what it does there, such as "sleeps".
type Place struct {
	Task string `json:"task"`
	Source
	Does string `json:"does"`
}

// Transcript is what was said.
func (t *Telling) Transcript() Transcript { return transcriptOf(t.Events) }

func transcriptOf(events []Event) Transcript {
	var said Transcript
	for _, e := range events {
		said = append(said, e.Line)
	}
	return said
}

// record is an event as trace.json holds it.
type record struct {
	At      time.Duration `json:"at"`
	Task    string        `json:"task"`
	Text    string        `json:"text"`
	Level   string        `json:"level"`
	Waiting bool          `json:"waiting,omitempty"`
	To      []string      `json:"to,omitempty"`
	Tied    bool          `json:"tied,omitempty"`
	Source
	Places []Place `json:"places,omitempty"`
}

// MarshalJSON writes the event as one flat object.
func (e Event) MarshalJSON() ([]byte, error) {
	l := e.Line
	return json.Marshal(record{l.At, l.Task, l.Text, strings.ToLower(l.Level.String()), l.Waiting, l.To, e.Tied, e.Source, e.Places})
}

// UnmarshalJSON reads what MarshalJSON has written.
func (e *Event) UnmarshalJSON(data []byte) error {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(r.Level)); err != nil {
		return err
	}
	*e = Event{Line{r.At, r.Task, r.Text, level, r.Waiting, r.To}, r.Source, r.Tied, r.Places}
	return nil
}

// ReadTrace reads trace.json in a lesson's folder.
func ReadTrace(dir string) (*Trace, error) { return readTrace(filepath.Join(dir, "trace.json")) }

func readTrace(file string) (*Trace, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var t Trace
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &t, nil
}

// encode writes a line for each event, so that git shows what has changed.
func (t *Trace) encode() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n\"generated\": %s", compact(t.Generated))
	for _, part := range []struct {
		name string
		*Telling
	}{{"go", t.Go}, {"python", t.Python}} {
		if part.Telling == nil {
			continue
		}
		fmt.Fprintf(&b, ",\n%q: {", part.name)
		if part.Captured {
			b.WriteString("\"captured\": true, ")
		}
		fmt.Fprintf(&b, "\"events\": %s", list(part.Events))
		if len(part.Orders) > 0 {
			orders := make([]string, len(part.Orders))
			for i, order := range part.Orders {
				orders[i] = list(order)
			}
			fmt.Fprintf(&b, ",\n\"orders\": [%s]", strings.Join(orders, ",\n"))
		}
		b.WriteString("}")
	}
	b.WriteString("\n}\n")
	return b.String()
}

func list(events []Event) string {
	lines := make([]string, len(events))
	for i, e := range events {
		lines[i] = compact(e)
	}
	return "[\n" + strings.Join(lines, ",\n") + "\n]"
}

// compact is JSON that leaves <, > and & as they are.
func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // strings, numbers and lists of these
	return strings.TrimSpace(b.String())
}
