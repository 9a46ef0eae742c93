//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/08-future/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/08-future/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A morning is a scenario: what each run does, and who asks for the value when.
type morning struct {
	runs   []baking
	visits []caller
}

type baking struct {
	takes, undo time.Duration
	fails       error
}

type caller struct {
	comes time.Duration
	ctx   exam.End
	again bool // calls Get once more if the run fails
}

func (s morning) String() string {
	var b strings.Builder
	for i, r := range s.runs {
		fmt.Fprintf(&b, "run %d takes %s", i+1, exam.Clock(r.takes))
		if r.fails != nil {
			fmt.Fprintf(&b, " and returns the error %q", r.fails)
		}
		if r.undo > 0 {
			fmt.Fprintf(&b, ", needs %s to return when it is stopped", exam.Clock(r.undo))
		}
		b.WriteString("; ")
	}
	for i, v := range s.visits {
		fmt.Fprintf(&b, "caller %d comes at %s, %s", i, exam.Clock(v.comes), v.ctx)
		if v.again {
			b.WriteString(", calls Get again if the run fails")
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func drawMorning(d *exam.Draw) morning {
	var s morning
	for range d.Int(1, 4) {
		r := baking{takes: d.Time(500, 200, 1000)}
		if d.Chance(3) {
			r.fails = exam.Pick(d, errNoLine, context.Canceled, context.DeadlineExceeded)
		}
		if d.Chance(2) {
			r.undo = d.Time(50, 300)
		}
		s.runs = append(s.runs, r)
	}
	for range d.Int(1, 7) {
		v := caller{comes: d.Time(0, 100, 300, 600, 900, 1500), again: d.Chance(4)}
		if v.ctx = d.End(80, 250, 450, 800); v.ctx.At > 0 {
			v.ctx.At += v.comes
		}
		s.visits = append(s.visits, v)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s morning) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	both := slices.ContainsFunc(at.Odd, func(l exam.Line) bool { return strings.HasPrefix(l.Text, "gets") && missing(l.Task, "gets") })
	m := s.moment(at)
	switch { // what breaks most comes first: the rest follows from it
	case odd("run", "begins with a ctx that has a deadline"):
		return "the context of a run has a deadline: no caller's deadline ends it"
	case odd("run", "begins") && m.kept:
		return "a run began although a value is kept"
	case odd("run", "begins") && m.stopping:
		return "a run began while another one was at work: that had been stopped, and compute had not returned from it yet"
	case odd("run", "begins") && m.atWork:
		return "a run began while another one was at work"
	case odd("run", "begins") && m.waiting == 0:
		return "a run began for an ended ctx: Get then returns context.Cause(ctx), and starts none"
	case odd("run", "is stopped") && m.waiting > 0:
		return "the run was stopped while callers waited for it"
	case odd("run", "is stopped"):
		return "a run was stopped that was to be left alone"
	case missing("run", "is stopped") && m.begun > 1:
		return "the last caller of a run had left, and that run, which was not the first one, was not stopped: count the callers of each run, each of them once"
	case missing("run", "is stopped"):
		return "the last caller had left, and the run was not stopped"
	case missing("run", "begins") && odd("caller", "gets"):
		return "a caller got the outcome of a run that was over when it came: an error is not kept"
	case missing("run", "begins") && m.ended:
		return "the stopped run had returned, a caller waited for that, and no new run began"
	case missing("run", "begins"):
		return "a caller waited, no run was at work and no value was kept, and no run began"
	case odd("caller", "gets 0 and context.") && missing("caller", "gets 0 and the cause of its ctx"):
		return "Get returned ctx.Err(), which does not say why ctx ended, and not context.Cause(ctx)"
	case both && missing("caller", "gets 0 and the cause of its ctx"):
		return "the ctx of a caller had ended, and Get returned something else than context.Cause(ctx)"
	case both && m.ended:
		return "a caller joined a run that had been stopped, and got what that returned"
	case both:
		return "a caller waited for a run, and Get returned something else than that run"
	case odd("caller", "gets") && m.stopping && m.left > 0:
		return "Get returned before the run that it stopped had returned"
	case odd("caller", "gets") && m.ended:
		return "a caller joined a run that had been stopped, and got what that returned"
	case odd("caller", "gets the error of the run") || odd("caller", "gets context.") || odd("caller", "gets 0 and context.") || odd("caller", "gets 0 and the error of the run"):
		return "Get returned an error of a run that the caller did not wait for: an error is not kept"
	case odd("caller", "gets"):
		return "Get returned although its ctx was alive, the run was at work and no value was kept"
	case missing("caller", "gets 0 and the cause of its ctx") && (m.waiting > 0 || m.stopping):
		return "the ctx of a caller had ended, and it did not leave at once"
	case missing("caller", "gets 0 and the cause of its ctx"):
		return "the last caller to leave did not return when the run that it stopped had returned"
	case missing("caller", "gets") && m.kept:
		return "there was a value, and Get did not return it at once"
	case missing("caller", "gets"):
		return "the run had returned, and a caller that waited for it did not get what it returned"
	}
	return ""
}

// A moment is what holds at an instant, as far as answer and solution agree.
type moment struct {
	begun    int  // runs
	atWork   bool // a run
	stopping bool // and that has been stopped
	ended    bool // a stopped run returned at this instant
	kept     bool // there is a value
	waiting  int  // callers in Get whose ctx is alive
	left     int  // callers in Get whose ctx has ended
}

func (s morning) moment(at exam.Instant) (m moment) {
	got := map[string]bool{}
	for _, l := range at.Before {
		switch {
		case strings.HasPrefix(l.Task, "caller") && strings.HasPrefix(l.Text, "gets") && !strings.HasSuffix(l.Text, "again"):
			got[l.Task] = true
		case !strings.HasPrefix(l.Task, "run"):
		case strings.HasPrefix(l.Text, "begins"):
			m.begun++
			m.atWork, m.stopping = true, false
		case l.Text == "is stopped":
			m.stopping = true
		case l.Text == "has returned, stopped":
			m.atWork, m.stopping, m.ended = false, false, l.At == at.At
		default:
			var n int
			_, _ = fmt.Sscanf(l.Task, "run %d", &n)
			m.atWork = false
			m.kept = m.kept || s.runs[min(n, len(s.runs))-1].fails == nil
		}
	}
	for i, v := range s.visits {
		switch {
		case v.comes > at.At || got[fmt.Sprint("caller ", i)]:
		case v.ctx.How != exam.Never && v.ctx.At <= at.At:
			m.left++
		default:
			m.waiting++
		}
	}
	return m
}

type lazy interface {
	Get(ctx context.Context) (int, error)
}

// run plays a morning with a Lazy.
func run[L lazy](open func(compute func(context.Context) (int, error)) L) func(p *exam.Play, s morning) {
	return func(p *exam.Play, s morning) {
		names := exam.Names{
			"the cause of its ctx": errLeft, "the error of the run": errNoLine,
			"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		var runs atomic.Int32
		kept := make(chan struct{}) // closed when there is a value
		var keep sync.Once          // an answer may compute a value twice
		l := open(func(ctx context.Context) (int, error) {
			i := int(runs.Add(1))
			r := s.runs[min(i, len(s.runs))-1]
			task := fmt.Sprint("run ", i)
			if _, has := ctx.Deadline(); has {
				p.Say(task, "begins with a ctx that has a deadline")
			} else {
				p.Say(task, "begins")
			}
			select {
			case <-time.After(r.takes):
			case <-ctx.Done():
				p.Say(task, "is stopped")
				time.Sleep(r.undo)
				p.Say(task, "has returned, stopped")
				return 0, errNoLine
			}
			p.Say(task, "has returned")
			if r.fails != nil {
				return i, r.fails
			}
			keep.Do(func() { close(kept) })
			return i, nil
		})
		for i, v := range s.visits {
			p.Go(v.comes, func() {
				task := fmt.Sprint("caller ", i)
				ctx := p.UntilFrom(p.Context(), task+"'s ctx", v.ctx, errLeft)
				select {
				case <-kept:
					if ctx.Err() != nil {
						return // the value and the cause are both right
					}
				default:
				}
				value, err := l.Get(ctx)
				if err != nil && v.again && ctx.Err() == nil {
					p.Say(task, "gets %s and calls Get again", names.Of(err))
					value, err = l.Get(ctx)
				}
				if err != nil {
					value = 0 // what stands beside an error does not matter
				}
				p.Say(task, "gets %d and %s", value, names.Of(err))
			})
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawMorning, run(exercise.NewLazy[int]), run(solution.NewLazy[int]))
}
