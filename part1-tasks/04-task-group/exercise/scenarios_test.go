//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/04-task-group/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/04-task-group/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A download is a scenario: how each mirror answers, and when ctx ends.
type download struct {
	hedge   time.Duration
	mirrors []mirror
	ctx     exam.End
}

func (s download) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "hedge %s, %s", exam.Clock(s.hedge), s.ctx)
	for i, m := range s.mirrors {
		fmt.Fprintf(&b, "; mirror %c takes %s", 'A'+i, exam.Clock(m.takes))
		if m.fails != nil {
			fmt.Fprintf(&b, " and fails with %q", m.fails)
		}
		if m.file != "" {
			fmt.Fprintf(&b, ", its file is %s", m.file)
		}
		if m.deaf {
			b.WriteString(", ignores its ctx")
		} else if m.cleanUp > 0 {
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(m.cleanUp))
		}
	}
	return b.String()
}

func drawDownload(d *exam.Draw) download {
	s := download{hedge: d.Time(1000, 300), ctx: d.End(400, 1400, 2300, 3600)}
	s.ctx.Far, s.ctx.Plain = d.Chance(4), d.Chance(4)
	for range d.Int(0, 5) {
		m := mirror{takes: d.Time(500, 100, 1200, 2100, 4000), deaf: d.Chance(4), file: exam.Pick(d, "", "", "", "", "empty", "nil")}
		if d.Chance(2) {
			m.fails = exam.Pick(d, errRefused, errMissing, fmt.Errorf("get: %w", errRefused), context.Canceled, context.DeadlineExceeded)
		}
		if d.Chance(3) {
			m.cleanUp = d.Time(50, 700)
		}
		s.mirrors = append(s.mirrors, m)
	}
	return s
}

type fetchFunc func(ctx context.Context, mirrors []string, hedge time.Duration, get func(context.Context, string) ([]byte, error)) ([]byte, error)

// run plays a download with Fetch.
func run(do fetchFunc, errLost, errNoMirrors error) func(p *exam.Play, s download) {
	return func(p *exam.Play, s download) {
		names := exam.Names{
			"the cause of ctx": errStopped, "ErrLost": errLost, "ErrNoMirrors": errNoMirrors, "errRefused": errRefused, "errMissing": errMissing,
			"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		mirrors := make([]string, len(s.mirrors))
		for i := range mirrors {
			mirrors[i] = "mirror " + string(rune('A'+i))
		}
		callers := p.Until(s.ctx, errStopped)
		both := len(mirrors) == 0 && callers.Err() != nil
		file, err := do(callers, mirrors, s.hedge, func(ctx context.Context, name string) ([]byte, error) {
			m := s.mirrors[name[len(name)-1]-'A']
			p.Say(name, "is asked with %s", p.Ctx(ctx, names))
			ended := ctx.Done()
			if m.deaf {
				ended = nil
			}
			select {
			case <-time.After(m.takes):
				if m.fails != nil {
					return []byte("half a file"), m.fails
				}
				switch m.file {
				case "empty":
					return []byte{}, nil
				case "nil":
					return nil, nil
				}
				return []byte("the file of " + name), nil
			case <-ended:
				p.Say(name, "is cancelled, the cause is %s", names.Cause(ctx, callers))
				time.Sleep(m.cleanUp)
				return []byte("half a file"), ctx.Err()
			}
		})
		if both && (errors.Is(err, errNoMirrors) || errors.Is(err, s.ctx.Cause(errStopped))) {
			return // either is right
		}
		if err != nil {
			file = nil // what stands beside an error does not matter
		}
		text := ""
		if err != nil && strings.HasPrefix(err.Error(), "mirror ") {
			text = ", whose text is " + lesson.Quote(err)
		}
		p.Say("Fetch", "returns %q and %s%s", file, names.Of(err), text)
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDownload,
		run(exercise.Fetch, exercise.ErrLost, exercise.ErrNoMirrors),
		run(solution.Fetch, solution.ErrLost, solution.ErrNoMirrors))
}
