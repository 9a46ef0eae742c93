package lesson

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A Transcript is what was said in a story: by whom, and when.
type Transcript []Line

// String is the transcript as transcript.txt holds it.
func (t Transcript) String() string {
	var b strings.Builder
	for _, l := range t {
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Play runs story in a [Bubble] and returns what was said. An error of the
// story fails the test.
//
// The transcript is the same on every run. Where one line causes another, the
// cause stands first; where several tasks have something to say at one instant
// and none waits for another, they speak one at a time: main first, then in
// the order in which they first spoke, newcomers last and by name. So a story must not speak
// while it holds a sync.Mutex that another task wants: the one who waits for
// it would look busy, and nobody would get to speak.
func Play(t *testing.T, story Story) Transcript {
	t.Helper()
	var said Transcript
	Bubble(t, func(t *testing.T) {
		n := &narrator{start: time.Now(), wants: make(chan *wish), over: make(chan struct{}), ended: make(chan struct{})}
		go n.narrate()
		err := story(t.Context(), slog.New(handler{say: n.say}))
		close(n.over)
		<-n.ended
		said = n.said
		if err != nil {
			t.Fatalf("the story ended early: %v", err)
		}
	})
	return said
}

// narrator puts the lines of a bubble in order. Whoever wants to speak waits
// until all others in the bubble are at rest; then one of those who want to
// speak may, goes on until it wants to speak or waits again, and so forth.
type narrator struct {
	start time.Time
	wants chan *wish
	over  chan struct{} // closed when the story has returned
	ended chan struct{} // closed when narrate has returned

	said Transcript // narrate's own until ended
}

type wish struct {
	Line
	granted chan struct{}
}

func (n *narrator) say(l Line, at time.Time) {
	l.At = at.Sub(n.start)
	w := &wish{Line: l, granted: make(chan struct{})}
	select {
	case n.wants <- w:
		<-w.granted
	case <-n.over: // a task that outlives the story has no audience
	}
}

func (n *narrator) narrate() {
	defer close(n.ended)
	var waiting []*wish
	for {
		if len(waiting) == 0 {
			select {
			case w := <-n.wants:
				waiting = append(waiting, w)
			case <-n.over:
				return
			}
		}
		synctest.Wait() // all others wait: for time, for each other or for the word
		for more := true; more; {
			select {
			case w := <-n.wants:
				waiting = append(waiting, w)
			default:
				more = false
			}
		}
		next := slices.MinFunc(waiting, func(a, b *wish) int {
			return cmp.Or(cmp.Compare(n.rank(a.Task), n.rank(b.Task)), compareNames(a.Task, b.Task))
		})
		waiting = slices.DeleteFunc(waiting, func(w *wish) bool { return w == next })
		n.said = append(n.said, next.Line)
		close(next.granted)
	}
}

// rank is a task's place in order of appearance, after main; newcomers share
// the last one.
func (n *narrator) rank(task string) int {
	if task == mainTask {
		return -1
	}
	tasks := n.said.tasks()
	if i := slices.Index(tasks, task); i >= 0 {
		return i
	}
	return len(tasks)
}

// tasks are the names of all who spoke, in order of appearance.
func (t Transcript) tasks() []string {
	var names []string
	for _, l := range t {
		if !slices.Contains(names, l.Task) {
			names = append(names, l.Task)
		}
	}
	return names
}

// compareNames orders names as people do: worker 2 before worker 10.
func compareNames(a, b string) int {
	digits := func(s string) int { return len(s) - len(strings.TrimRight(s, "0123456789")) }
	da, db := digits(a), digits(b)
	if a[:len(a)-da] == b[:len(b)-db] {
		return cmp.Or(cmp.Compare(da, db), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}
