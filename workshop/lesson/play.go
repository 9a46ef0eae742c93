package lesson

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
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
// the order in which they first spoke, newcomers last and by name. So a story
// must not speak while it holds a sync.Mutex that another task wants: the task
// that waits for it would look busy, and no task would get to speak.
//
// This is one of the legal orders. In a real run these tasks speak at once, and
// the lines come as the scheduler and the machine have it.
func Play(t *testing.T, story Story) Transcript {
	t.Helper()
	return transcriptOf(play(t, story, inTurn))
}

// play is [Play] with a choice of who speaks of several that are ready: it is
// the index of one of them. An order chosen otherwise is as legal.
func play(t *testing.T, story Story, choose func(ready []*wish) int) []Event {
	t.Helper()
	var events []Event
	Bubble(t, func(t *testing.T) {
		n := &narrator{choose: choose}
		err := n.tell(t.Context(), story)
		events = n.events()
		if err != nil {
			t.Fatalf("the story ended early: %v", err)
		}
	})
	return events
}

// narrator puts the lines of a bubble in order. A task that wants to speak waits
// until all others in the bubble are at rest; then one of those that want to
// speak may, and goes on until it wants to speak or waits again.
type narrator struct {
	start  time.Time
	choose func(ready []*wish) int
	wants  chan *wish
	over   chan struct{} // closed when the story has returned
	ended  chan struct{} // closed when narrate has returned

	granted []*wish // narrate's own until ended, or until the bubble is given up
	moments []moment
}

// tell is called once, in a bubble.
func (n *narrator) tell(ctx context.Context, story Story) error {
	n.start, n.wants, n.over, n.ended = time.Now(), make(chan *wish), make(chan struct{}), make(chan struct{})
	go n.narrate()
	err := story(staged(ctx), slog.New(handler{say: n.say}))
	close(n.over)
	<-n.ended
	return err
}

// A wish is a line that a task wants to say.
type wish struct {
	Event
	speaker int // the number of its goroutine
	may     chan struct{}
}

func (n *narrator) say(l Line, r slog.Record) {
	l.At = r.Time.Sub(n.start)
	speaker, _ := self()
	w := &wish{Event: Event{Line: l, Source: sourceOfPC(r.PC)}, speaker: speaker, may: make(chan struct{})}
	select {
	case n.wants <- w:
		<-w.may
	case <-n.over: // a task that outlives the story has no audience
	}
}

func (n *narrator) narrate() {
	defer close(n.ended)
	var ready []*wish
	for {
		if len(ready) == 0 {
			select {
			case w := <-n.wants:
				ready = append(ready, w)
			case <-n.over:
				return
			}
		}
		synctest.Wait() // all others wait: for time, for each other or for the word
		for more := true; more; {
			select {
			case w := <-n.wants:
				ready = append(ready, w)
			default:
				more = false
			}
		}
		slices.SortFunc(ready, func(a, b *wish) int {
			return cmp.Or(cmp.Compare(n.rank(a.Task), n.rank(b.Task)), compareNames(a.Task, b.Task))
		})
		if len(ready) > 1 {
			for _, w := range ready {
				w.Tied = true
			}
		}
		i := n.choose(ready)
		next := ready[i]
		ready = slices.Delete(ready, i, i+1)
		n.granted = append(n.granted, next)
		n.moments = append(n.moments, moment{next.Task, next.speaker, bubbleNow()})
		close(next.may)
	}
}

func (n *narrator) events() []Event {
	events := make([]Event, len(n.granted))
	for i, at := range places(n.moments) {
		events[i] = n.granted[i].Event
		events[i].Places = at
	}
	return events
}

// inTurn is the order of [Play].
func inTurn([]*wish) int { return 0 }

// shuffled is another legal order; the same for the same seed.
func shuffled(seed uint64) func([]*wish) int {
	random := rand.New(rand.NewPCG(seed, 0))
	return func(ready []*wish) int { return random.IntN(len(ready)) }
}

// rank is a task's place in order of appearance, after main; newcomers share
// the last one.
func (n *narrator) rank(task string) int {
	if task == mainTask {
		return -1
	}
	var said Transcript
	for _, w := range n.granted {
		said = append(said, w.Line)
	}
	tasks := said.tasks()
	if i := slices.Index(tasks, task); i >= 0 {
		return i
	}
	return len(tasks)
}

// tasks are the names of all tasks that spoke, in order of appearance.
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
