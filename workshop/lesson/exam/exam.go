// Package exam compares an answer with the solution of its exercise in thousands
// of scenarios, in virtual time.
//
// A scenario is data, drawn from a seed: what each given function does on each
// call, when ctx ends, how many callers come and when. [Compare] plays it twice,
// with the answer and with the solution, and compares all that can be observed:
// each call to the outside with its time and context, and what each call
// returns. The first scenario in which they differ is made as small as possible
// and shown in words, with both runs side by side.
//
// One scenario of eight is also played twice at the same time, 0.5 ms apart: calls,
// and what an answer makes, know nothing of each other.
//
// The exam is the last test of an exercise. The named tests teach, one behavior
// each; the exam finds what their author did not think of.
package exam

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/asyncio-to-go/workshop/lesson"
)

// rounds are how often each exam has begun in this process: with -count, each round draws other scenarios.
var rounds = make(map[string]uint64)

// Compare plays scenarios with the answer and with the solution, and fails t in
// the first one in which they differ, or in which the answer deadlocks, hangs,
// panics or leaves a goroutine behind while ctx is still alive. It does nothing
// if a test before it has failed: those say more clearly what is wrong.
//
// draw draws a scenario; its fmt.Stringer says it in words. yours and solution
// play it: they make all that the answer needs, inside the bubble, and say what
// they observe by [Play.Say]. Where the contract leaves an order or a choice
// free, they say only what is fixed, or the scenario avoids it: times drawn by
// [Draw.Time] never add up to the same instant. A scenario may have a method
// Mistake(Instant) string, which names the mistake behind the first difference.
func Compare[S fmt.Stringer](t *testing.T, draw func(d *Draw) S, yours, solution func(p *Play, s S)) {
	t.Helper()
	Judge(t, draw, yours, func(s S, run []Line, again func(play func(*Play, S)) []Line) ([]Line, string) {
		want := again(solution)
		i, headline := difference(run, want)
		if i < 0 {
			return nil, ""
		}
		for range 3 {
			if j, odd := difference(again(solution), want); j >= 0 {
				return nil, examsFault + "in one scenario the solution does two things. " + odd
			}
		}
		if named, ok := any(s).(interface{ Mistake(at Instant) string }); ok {
			if mistake := named.Mistake(instant(run, want, i)); mistake != "" {
				headline = mistake + ": " + headline
			}
		}
		return want, headline
	})
}

// Judge is [Compare] for a contract that allows several outcomes: judge looks at
// the run of a scenario and returns what is wrong with it in the contract's
// words, or nothing. It may play the scenario again, with the solution for
// instance; the lines that it returns are shown beside the answer's. A scenario
// that keeps for judge what its run did has a method Alone, and is not played twice.
func Judge[S fmt.Stringer](
	t *testing.T,
	draw func(d *Draw) S,
	yours func(p *Play, s S),
	judge func(s S, run []Line, again func(play func(*Play, S)) []Line) (beside []Line, wrong string),
) {
	t.Helper()
	if t.Failed() || lesson.Failures() > 0 { // a test before this one: they say more clearly what is wrong
		t.Skip("the exam comes when all other tests pass")
	}
	seed := 1 + rounds[t.Name()]*1_000_000 // rapid counts on from it, in growing steps
	rounds[t.Name()]++
	for name, value := range map[string]string{
		"rapid.checks": fmt.Sprint(scenarios), "rapid.seed": fmt.Sprint(seed), "rapid.nofailfile": "true", "rapid.shrinktime": shrinking.String(),
	} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	var smallest *finding
	var found time.Time // the first one
	rapid.Check(quiet{t}, func(rt *rapid.T) {
		if smallest != nil && (time.Since(found) > shrinking || strings.HasPrefix(smallest.wrong, "hang")) {
			return // small enough: each try that hangs or deadlocks takes long, and leaves its goroutines behind
		}
		d := &Draw{T: rt}
		s := draw(d)
		_, alone := any(s).(interface{ Alone() })
		twice := d.Chance(8) && !alone
		f := find(t, s, yours, judge, false)
		if f.wrong == "" && twice {
			f = find(t, s, yours, judge, true)
		}
		if f.wrong == "" {
			return
		}
		if smallest == nil {
			found = time.Now()
		}
		smallest = f
		rt.Fatal("differs")
	})
	if smallest != nil {
		smallest.tell(t)
	}
}

// find plays a scenario with the answer, or twice at the same time, and judges it.
func find[S fmt.Stringer](
	t *testing.T,
	s S,
	yours func(*Play, S),
	judge func(s S, run []Line, again func(play func(*Play, S)) []Line) ([]Line, string),
	twice bool,
) *finding {
	t.Helper()
	f := &finding{scenario: s.String(), twice: twice}
	plays := []*Play{{}}
	if twice {
		f.scenario += "; the same begins beside it 0.5ms later"
		plays = []*Play{{twice: true}, {twice: true}}
	}
	f.wrong = play(t, s, yours, plays...)
	f.run = plays[0].lines()
	for _, p := range plays {
		if f.wrong != "" {
			return f
		}
		fault := ""
		f.run = p.lines()
		f.beside, f.wrong = judge(s, f.run, func(with func(*Play, S)) []Line {
			alone := &Play{}
			fault = cmp.Or(fault, play(t, s, with, alone))
			return alone.lines()
		})
		if fault != "" {
			f.wrong = examsFault + "the solution fails. " + fault
		}
	}
	return f
}

// shrinking is how long Judge looks for a smaller scenario that fails.
const shrinking = 500 * time.Millisecond

// A finding is a scenario in which the answer is wrong.
type finding struct {
	scenario    string
	run, beside []Line
	wrong       string
	twice       bool // alone nothing is wrong
}

// examsFault is how wrong begins if the answer has no part in it.
const examsFault = "a fault of the exam, not of the answer: "

func (f *finding) tell(t *testing.T) {
	t.Helper()
	i, _ := difference(f.run, f.beside)
	if f.beside == nil {
		i = len(f.run) - 1
	}
	lesson.Tell(t, lesson.Run{Scenario: f.scenario, Lines: asRun(f.run), Wrong: min(i, len(f.run)-1), Solution: asRun(f.beside)})
	wrong := f.wrong
	if f.twice && !strings.HasPrefix(wrong, examsFault) {
		wrong = "alone this goes well; with the same beside it, the two share something, such as a variable of the package: " + wrong
	}
	t.Errorf("%s\n      scenario: %s", wrong, f.scenario)
}

// quiet keeps rapid's own reports away from the learner.
type quiet struct{ *testing.T }

func (quiet) Log(...any)            {}
func (quiet) Logf(string, ...any)   {}
func (quiet) Error(...any)          {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatal(...any)          {}
func (quiet) Fatalf(string, ...any) {}
func (quiet) Fail()                 {}
func (quiet) FailNow()              {}

// play plays a scenario in a bubble, once for each of plays, and returns the fault if
// the run has one of its own.
func play[S any](t *testing.T, s S, with func(*Play, S), plays ...*Play) (fault string) {
	t.Helper()
	var left string
	fault = lesson.Attempt(t, func(*testing.T) {
		for _, p := range plays {
			defer p.open()()
		}
		var others sync.WaitGroup
		for i, p := range plays[1:] {
			others.Go(func() {
				<-time.After(time.Duration(i+1) * time.Millisecond / 2) // so that nothing of them ties
				p.play(func() { with(p, s) })
			})
		}
		plays[0].play(func() { with(plays[0], s) })
		others.Wait()
		if left = lesson.Left(); left != "" {
			left = "leak: all calls have returned, ctx is still alive, and " + left
			return
		}
		<-time.After(late)
	})
	return cmp.Or(fault, left)
}

// open gives the scenario its context, and returns what ends it.
func (p *Play) open() (end func()) {
	ctx, cancel := lesson.WithCancel(context.WithValue(context.Background(), key{}, p))
	p.ctx = ctx
	return func() {
		cancel(errOver)
		p.callers.Wait()
	}
}

// play plays fn from now on, and waits for its callers.
func (p *Play) play(fn func()) {
	p.start = time.Now()
	fn()
	p.callers.Wait()
	p.over = time.Since(p.start) + late
}

// late is how long after its last call has returned a scenario is listened to: what an answer has put off shows.
const late = time.Minute

var errOver = errors.New("the scenario is over")

type key struct{}

// A Play is one run of a scenario. Its methods may be called from any goroutine.
type Play struct {
	ctx     context.Context //nolint:containedctx // the scenario's own lifetime, handed out by Context
	start   time.Time
	callers sync.WaitGroup
	twice   bool          // another one is under way in the same bubble
	over    time.Duration // when it is, since start

	mu   sync.Mutex // guards the below
	said []Line
}

// A Line is something that was observed.
type Line struct {
	At         time.Duration // since the scenario began
	Task, Text string
}

// maxLines is how much an answer may say before the exam stops listening.
const maxLines = 500

// Say notes what a task does, at this instant. Say everything in the words of the
// contract: the first line that differs is what the learner reads.
func (p *Play) Say(task, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.said) < maxLines {
		p.said = append(p.said, Line{time.Since(p.start), task, fmt.Sprintf(format, args...)})
	}
}

// lines are what was said, in order of time; of one instant, by task.
func (p *Play) lines() []Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := slices.Clone(p.said)
	said = slices.DeleteFunc(said, func(l Line) bool { return p.over > 0 && l.At >= p.over })
	slices.SortStableFunc(said, func(a, b Line) int {
		if a.At != b.At {
			return int(max(-1, min(1, a.At-b.At)))
		}
		return strings.Compare(a.Task, b.Task)
	})
	return said
}

// Context is alive until all calls of the scenario have returned, and carries a
// value by which [Play.Ctx] knows it.
func (p *Play) Context() context.Context { return p.ctx }

// Left is [lesson.Left], where it can be told whose it is: not when the scenario is played twice.
func (p *Play) Left() string {
	if p.twice {
		return ""
	}
	return lesson.Left()
}

// Go calls fn at a time since the scenario began, on a goroutine of its own: a
// caller of the answer. The scenario ends when all callers have returned.
func (p *Play) Go(at time.Duration, fn func()) {
	p.callers.Go(func() {
		// Never a timer that is due: when several goroutines of a bubble receive from such timers, -race of Go 1.26 may crash.
		if wait := at - time.Since(p.start); wait > 0 {
			<-time.After(wait)
		}
		fn()
	})
}

// Until is a context made from Context that ends as e says, with cause if e is
// not Plain. Its end is said as the task ctx.
func (p *Play) Until(e End, cause error) context.Context {
	return p.UntilFrom(p.ctx, "ctx", e, cause)
}

// UntilFrom is [Play.Until] from another context, whose end is said as task.
func (p *Play) UntilFrom(ctx context.Context, task string, e End, cause error) context.Context {
	cause = e.Cause(cause)
	switch e.How {
	case Cancelled:
		if e.Far {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, p.start.Add(time.Hour))
			context.AfterFunc(p.ctx, cancel)
		}
		ctx, cancel := lesson.WithCancel(ctx)
		if e.At <= 0 {
			cancel(cause)
			return ctx
		}
		timer := time.AfterFunc(e.At-time.Since(p.start), func() {
			p.Say(task, "ends")
			cancel(cause)
		})
		context.AfterFunc(ctx, func() { timer.Stop() })
		return ctx
	case Deadline:
		ctx, cancel := context.WithDeadlineCause(ctx, p.start.Add(e.At), cause)
		context.AfterFunc(p.ctx, cancel)
		ctx, _ = lesson.WithCancel(ctx)
		return ctx
	default:
		return ctx
	}
}

// Ctx describes a context that the answer hands to a given function: whether it
// is alive, else why it ended; when it ends by itself; and whether it has the
// values of Context.
func (p *Play) Ctx(ctx context.Context, names Names) string {
	text := p.CtxNow(ctx, names)
	if at, has := ctx.Deadline(); has && ctx.Err() == nil {
		text += ", ends in " + Clock(time.Until(at))
	}
	return text
}

// CtxNow is [Play.Ctx] for a contract that does not promise a deadline that can
// be seen: it leaves out when ctx ends by itself.
func (p *Play) CtxNow(ctx context.Context, names Names) string {
	text := "a ctx that is alive"
	if ctx.Err() != nil {
		text = "a ctx that has ended with " + names.Of(context.Cause(ctx))
	}
	if ctx.Value(key{}) != p {
		text += ", without the caller's values"
	}
	return text
}

// Clock shows a time or a duration in milliseconds, as the exam's messages do.
func Clock(d time.Duration) string { return fmt.Sprint(d.Truncate(time.Millisecond)) }

// difference is the first line in which two runs differ, and what to say of it;
// -1 if there is none.
func difference(got, want []Line) (int, string) {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want) || i < len(got) && earlier(got[i], want[i]):
			return i, fmt.Sprintf("at %s %s %s; that should not happen", Clock(got[i].At), got[i].Task, got[i].Text)
		case i >= len(got) || earlier(want[i], got[i]):
			return i, fmt.Sprintf("at %s this should happen, and does not: %s %s", Clock(want[i].At), want[i].Task, want[i].Text)
		case got[i].Text != want[i].Text:
			return i, fmt.Sprintf("at %s %s %s; it should be: %s", Clock(got[i].At), got[i].Task, got[i].Text, want[i].Text)
		}
	}
	return -1, ""
}

// An Instant is the first one at which the answer and the solution differ.
type Instant struct {
	At           time.Duration
	Before       Lines // what both did until then, and at it
	Odd, Missing Lines // what only the answer did then, and only the solution
	After        Lines // what the answer did afterwards
}

// Lines are what was observed of a run.
type Lines []Line

// Has reports whether a task whose name begins with task has done what contains text.
func (ls Lines) Has(task, text string) bool {
	return slices.ContainsFunc(ls, func(l Line) bool { return strings.HasPrefix(l.Task, task) && strings.Contains(l.Text, text) })
}

// instant is that of the difference in line i.
func instant(got, want []Line, i int) Instant {
	var at Instant
	switch {
	case i >= len(got) || i < len(want) && want[i].At < got[i].At:
		at.At = want[i].At
	default:
		at.At = got[i].At
	}
	for _, l := range got {
		switch {
		case l.At > at.At:
			at.After = append(at.After, l)
		case l.At == at.At && !slices.Contains(want, l):
			at.Odd = append(at.Odd, l)
		}
	}
	for _, l := range want {
		switch {
		case l.At > at.At:
		case l.At == at.At && !slices.Contains(got, l):
			at.Missing = append(at.Missing, l)
		default:
			at.Before = append(at.Before, l)
		}
	}
	return at
}

func earlier(a, b Line) bool { return a.At < b.At || a.At == b.At && a.Task < b.Task }

func asRun(lines []Line) []lesson.RunLine {
	run := make([]lesson.RunLine, len(lines))
	for i, l := range lines {
		run[i] = lesson.RunLine{At: l.At, Task: l.Task, Text: l.Text}
	}
	return run
}
