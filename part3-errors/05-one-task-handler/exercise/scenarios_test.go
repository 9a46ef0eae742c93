//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part3-errors/05-one-task-handler/exercise"
	solution "example.com/asyncio-to-go/part3-errors/05-one-task-handler/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A service is a scenario: a Func in some middleware, and its runs.
type service struct {
	layers   []string // the outermost first; Guard stands alone
	attempts int
	pause    time.Duration
	anew     bool // the middleware is put round the Func for each run
	runs     []execution
}

type execution struct {
	comes    time.Duration
	ctx      exam.End
	attempts []attempt // the last one again and again
}

type attempt struct {
	takes time.Duration
	how   outcome
	deaf  bool // it never looks at its ctx
}

type outcome string

// How an attempt ends.
const (
	succeeds    outcome = "succeeds"
	fails       outcome = "fails"
	cancelled   outcome = "fails with a wrapped context.Canceled"
	timesOut    outcome = "fails with context.DeadlineExceeded"
	says        outcome = "fails with a wrapped cause of ctx"
	joins       outcome = "fails with a join of ctx.Err() and an error"
	panicsError outcome = "panics with an error"
	panicsText  outcome = "panics with a text"
)

func (s service) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, attempts %d, pause %s", strings.Join(s.layers, " round "), s.attempts, exam.Clock(s.pause))
	if s.anew {
		b.WriteString(", put round the Func anew for each run")
	}
	for i, r := range s.runs {
		fmt.Fprintf(&b, "; run %d begins at %s, %s, and its Func", i, exam.Clock(r.comes), r.ctx)
		for j, a := range r.attempts {
			if j > 0 {
				b.WriteString(", then")
			}
			fmt.Fprintf(&b, " takes %s", exam.Clock(a.takes))
			if a.deaf {
				b.WriteString(", ignores ctx")
			}
			fmt.Fprintf(&b, " and %s", a.how)
		}
	}
	return b.String()
}

func drawService(d *exam.Draw) service {
	s := service{layers: []string{"Guard"}, attempts: d.Int(-1, 4), pause: exam.Pick(d, d.Time(100, 400), 0), anew: d.Chance(2)}
	if !d.Chance(3) {
		s.layers = nil
		for range d.Int(0, 3) {
			s.layers = append(s.layers, exam.Pick(d, "Retry", "Log", "Recover"))
		}
	}
	for range d.Int(1, 3) {
		r := execution{comes: d.Time(0, 100, 300), ctx: d.End(50, 150, 250, 450, 900)}
		if r.ctx.At > 0 {
			r.ctx.At += r.comes
		}
		for range d.Int(1, 4) {
			r.attempts = append(r.attempts, attempt{
				d.Time(100, 0, 30, 170), exam.Pick(d, succeeds, fails, fails, cancelled, timesOut, says, joins, panicsError, panicsText), d.Chance(3),
			})
		}
		s.runs = append(s.runs, r)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s service) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	switch {
	case odd("a run", "without its caller's values"), odd("run", "begins attempt") && missing("run", "begins attempt"):
		return "the Func is run with the ctx that was given, values and all"
	case odd("run", "begins attempt") && missing("run", "returns the cause"):
		return "ctx had ended, and an attempt began"
	case odd("run", "begins attempt") && missing("run", "panics"):
		return "a panic that no Recover has made an error is not tried again, and another attempt began"
	case odd("run", "begins attempt") && missing("run", "returns"):
		return "there had been as many attempts as there may be, or the last one had succeeded, or ctx had ended, and another attempt began"
	case odd("run", "begins attempt"):
		return "an attempt began before the pause was over"
	case missing("run", "begins attempt"):
		return "ctx was alive, there were attempts left, and none began when the pause was over: no error stops Retry"
	case odd("Log", "reports") && missing("Log", "reports"):
		return "Log reports the error of the Func itself, and reported another one"
	case odd("Log", "reports"):
		return "Log reports a run once, with its last error, and neither one that succeeds, nor one that is cancelled, nor a panic that it lets pass"
	case missing("Log", "reports"):
		return "a run failed and was not cancelled, and Log did not report it"
	}
	return ""
}

// A plain is a Func of the exercise and of its solution alike.
type plain = func(context.Context) error

// A kit is what the exercise and its solution name alike. wrap makes the Middleware that s asks for.
type kit struct {
	wrap  func(s service, report func(error)) func(plain) plain
	panic func(err error) (value any, ok bool) // of a *PanicError
}

type runKey struct{}

// run plays a service with a kit.
func run(k kit) func(p *exam.Play, s service) {
	return func(p *exam.Play, s service) {
		names := exam.Names{"the cause of ctx": errClosing, "the jam": errJam, "the full disk": errDisk, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded}
		name := func(err error) string {
			if value, ok := k.panic(err); ok {
				return fmt.Sprintf("a *PanicError with %q", value)
			}
			return names.Of(err)
		}
		calls := make([]int, len(s.runs))
		f := func(ctx context.Context) error {
			i, ok := ctx.Value(runKey{}).(int)
			if !ok {
				p.Say("a run", "gets a ctx without its caller's values")
				return nil
			}
			r, task := s.runs[i], fmt.Sprint("run ", i)
			a := r.attempts[min(calls[i], len(r.attempts)-1)]
			if calls[i]++; calls[i] > 50 {
				return nil // or a run without end would not come to one
			}
			p.Say(task, "begins attempt %d with %s", calls[i], p.Ctx(ctx, names))
			ended := ctx.Done()
			if a.deaf {
				ended = nil
			}
			select {
			case <-time.After(a.takes):
			case <-ended:
			}
			switch a.how {
			case fails:
				return errDisk
			case cancelled:
				return fmt.Errorf("job: %w", context.Canceled)
			case timesOut:
				return context.DeadlineExceeded
			case says:
				return fmt.Errorf("job: %w", errClosing)
			case joins:
				return errors.Join(errDisk, ctx.Err())
			case panicsError:
				panic(errJam)
			case panicsText:
				panic("page 3 of 2")
			default:
				return nil
			}
		}
		m := k.wrap(s, func(err error) { p.Say("Log", "reports %s", name(err)) })
		wrapped := m(f)
		for i, r := range s.runs {
			p.Go(r.comes, func() {
				task, w := fmt.Sprint("run ", i), wrapped
				if s.anew {
					w = m(f)
				}
				defer func() {
					if v := recover(); v != nil {
						p.Say(task, "panics with %q", v)
					}
				}()
				err := w(context.WithValue(p.UntilFrom(p.Context(), task+"'s ctx", r.ctx, errClosing), runKey{}, i))
				p.Say(task, "returns %s", name(err))
			})
		}
	}
}

func yours(s service, report func(error)) func(plain) plain {
	var ms []exercise.Middleware
	for _, layer := range s.layers {
		ms = append(ms, map[string]exercise.Middleware{
			"Guard": exercise.Guard(s.attempts, s.pause, report), "Retry": exercise.Retry(s.attempts, s.pause), "Log": exercise.Log(report), "Recover": exercise.Recover(),
		}[layer])
	}
	m := exercise.Chain(ms...)
	return func(f plain) plain { return m(f) }
}

func theirs(s service, report func(error)) func(plain) plain {
	var ms []solution.Middleware
	for _, layer := range s.layers {
		ms = append(ms, map[string]solution.Middleware{
			"Guard": solution.Guard(s.attempts, s.pause, report), "Retry": solution.Retry(s.attempts, s.pause), "Log": solution.Log(report), "Recover": solution.Recover(),
		}[layer])
	}
	m := solution.Chain(ms...)
	return func(f plain) plain { return m(f) }
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawService,
		run(kit{yours, func(err error) (any, bool) {
			if p, ok := err.(*exercise.PanicError); ok { //nolint:errorlint // itself, not what it may be wrapped in
				return p.Value, true
			}
			return nil, false
		}}),
		run(kit{theirs, func(err error) (any, bool) {
			if p, ok := err.(*solution.PanicError); ok { //nolint:errorlint // as above
				return p.Value, true
			}
			return nil, false
		}}))
}
