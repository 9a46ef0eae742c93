//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/07-supervisor/exercise"
	solution "example.com/asyncio-to-go/part3-errors/07-supervisor/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A life is a scenario: a policy, and how each run of the child ends.
type life struct {
	max           int
	within, pause time.Duration
	ctx           exam.End
	runs          []course // then the child is done
}

type course struct {
	lasts  time.Duration
	tidies time.Duration // when its ctx has ended
	deaf   bool          // it never looks at its ctx
	how    string
}

func (s life) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Max %d, Within %s, Pause %s, %s", s.max, exam.Clock(s.within), exam.Clock(s.pause), s.ctx)
	for i, r := range s.runs {
		fmt.Fprintf(&b, "; run %d lasts %s", i+1, exam.Clock(r.lasts))
		if r.deaf {
			b.WriteString(", ignores ctx")
		} else if r.tidies > 0 {
			fmt.Fprintf(&b, ", tidies for %s when ctx has ended", exam.Clock(r.tidies))
		}
		fmt.Fprintf(&b, " and %s", r.how)
	}
	return b.String()
}

// givesUp is how a run ends whose child calls Restart itself.
const givesUp = "gives up, as a Restart in it would"

func drawLife(d *exam.Draw) life {
	s := life{max: d.Int(0, 3), within: d.Time(1000, 300, 600, 2000), pause: exam.Pick(d, 0, d.Time(100, 400)), ctx: d.End(50, 250, 700, 1500)}
	for range d.Int(0, 8) {
		r := course{lasts: d.Time(100, 0, 30, 250, 600), deaf: d.Chance(3), how: exam.Pick(d, "fails", "fails", "fails with context.Canceled", givesUp, "panics", "panics with an error", "is done")}
		if d.Chance(3) {
			r.tidies = d.Time(50, 200)
		}
		s.runs = append(s.runs, r)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s life) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	ended := s.ctx.How != exam.Never && s.ctx.At <= at.At
	switch {
	case odd("Restart", "while a child runs"):
		return "Restart returned while a child ran"
	case missing("Restart", "returns no error"):
		return "the child was done, and Restart did not return nil"
	case missing("Restart", "ErrGaveUp") && odd("Restart", "ErrGaveUp"):
		return "Restart gave up, and errors.Is does not find both ErrGaveUp and the last failure in what it returned, or its text does not say what the panic said"
	case missing("Restart", "ErrGaveUp"):
		return "more than Max failures were younger than Within, and Restart did not give up"
	case missing("Restart", "returns") && !odd("Restart", "returns"):
		return "ctx had ended and no child ran, and Restart did not return: it waits for no pause and starts no child"
	case odd("child", "starts") && missing("child", "starts"):
		return "each run gets ctx itself, with its values, and this one got another"
	case odd("child", "starts") && ended:
		return "ctx had ended, and a child was started"
	case odd("child", "starts"):
		return "a child was started before Pause had passed since the failure"
	case odd("Restart", "ErrGaveUp") && !ended:
		return "Restart returned ErrGaveUp although no more than Max failures were younger than Within"
	case odd("Restart", "returns") && !ended:
		return "the child was not done and had not failed too often, ctx was alive, and Restart returned"
	case odd("Restart", "returns"):
		return "ctx had ended, and Restart did not return its cause"
	case missing("child", "starts"):
		return "Pause had passed since the failure, and the child was not started"
	}
	return ""
}

type restarter func(ctx context.Context, s life, child func(context.Context) error) error

// live plays a life with Restart.
func live(restart restarter, errGaveUp error) func(p *exam.Play, s life) {
	return func(p *exam.Play, s life) {
		names := exam.Names{"ErrGaveUp": errGaveUp, "the cause of ctx": errEnd, "context.Canceled": context.Canceled}
		last := [...]error{failure(0), failure(1), failure(2), failure(3), failure(4), failure(5), failure(6), failure(7), failure(8), failure(9)}
		for i, err := range last {
			names[fmt.Sprint("failure ", i)] = err
		}
		n, running := 0, false
		err := restart(p.Until(s.ctx, errEnd), s, func(ctx context.Context) error {
			if n++; n > len(s.runs) {
				p.Say("child", "starts, run %d, with %s, and is done", n, p.CtxNow(ctx, names))
				return nil
			}
			r := s.runs[n-1]
			p.Say("child", "starts, run %d, with %s", n, p.CtxNow(ctx, names))
			running = true
			defer func() {
				running = false
				p.Say("child", "its run ends")
			}()
			ended := ctx.Done()
			if r.deaf {
				ended = nil
			}
			select {
			case <-time.After(r.lasts):
			case <-ended:
				time.Sleep(r.tidies)
			}
			switch r.how {
			case "fails":
				return last[n]
			case "fails with context.Canceled":
				return context.Canceled
			case givesUp:
				return fmt.Errorf("fetch: %w", errGaveUp)
			case "panics":
				panic("out of paper")
			case "panics with an error":
				panic(last[n])
			default:
				return nil
			}
		})
		if running {
			p.Say("Restart", "returns while a child runs")
		}
		how := "" // the last run ended
		if n > 0 && n <= len(s.runs) {
			how = s.runs[n-1].how
		}
		if how != "fails with context.Canceled" && errors.Is(err, errGaveUp) {
			delete(names, "context.Canceled") // of an earlier run: the answer may wrap those, too
		}
		for i := range last {
			if i != n {
				delete(names, fmt.Sprint("failure ", i))
			}
		}
		text := names.Is(err)
		own := how == givesUp // the child's ErrGaveUp, which the answer may wrap
		if strings.Contains(text, "the cause of ctx") && (own || !strings.Contains(text, "ErrGaveUp")) {
			text = "the cause of ctx" // alone, or around the child's error
		}
		of := map[string]string{"panics": "out of paper", "panics with an error": fmt.Sprint("failure ", n)}[how]
		if err != nil && of != "" && strings.Contains(err.Error(), of) && strings.Contains(text, "ErrGaveUp") {
			text += ", with the text of the panic"
		}
		p.Say("Restart", "returns %s", text)
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawLife,
		live(func(ctx context.Context, s life, child func(context.Context) error) error {
			return exercise.Restart(ctx, exercise.Policy{Max: s.max, Within: s.within, Pause: s.pause}, child)
		}, exercise.ErrGaveUp),
		live(func(ctx context.Context, s life, child func(context.Context) error) error {
			return solution.Restart(ctx, solution.Policy{Max: s.max, Within: s.within, Pause: s.pause}, child)
		}, solution.ErrGaveUp))
}
