//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/06-barrier/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/06-barrier/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// An evening is a scenario: players of one Game, each with some turns before it
// leaves.
type evening struct {
	names []string
	turns [][]try // by player
}

type try struct {
	thinks   time.Duration
	ctx      exam.End // since Turn was called
	stranger bool     // a player who is not in the game leaves before
}

func (e evening) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d players", len(e.names))
	for i, name := range e.names {
		for _, t := range e.turns[i] {
			fmt.Fprintf(&b, "; %s thinks for %s, calls Turn, and counted from there %s", name, exam.Clock(t.thinks), t.ctx)
			if t.stranger {
				b.WriteString(" (before, dora leaves, who is not in the game)")
			}
		}
		fmt.Fprintf(&b, "; %s leaves", name)
	}
	return b.String()
}

func drawEvening(d *exam.Draw) evening {
	e := evening{names: []string{"anna", "ben", "carla"}[:d.Int(1, 3)]}
	for range e.names {
		turns := []try{}
		for range d.Int(0, 4) {
			turns = append(turns, try{d.Time(100, 200, 500, 1000), d.End(50, 150, 300, 700), d.Chance(5)})
		}
		e.turns = append(e.turns, turns)
	}
	return e
}

type game interface {
	Turn(ctx context.Context, player, order string) (map[string]string, error)
	Leave(player string)
}

func host(p *exam.Play, e evening, g game) {
	names := exam.Names{"the cause of its ctx": errGone}
	start := time.Now()
	for i, name := range e.names {
		p.Go(time.Duration(i)*time.Microsecond, func() {
			for n, t := range e.turns[i] {
				time.Sleep(t.thinks)
				if t.stranger {
					g.Leave("dora")
				}
				if t.ctx.At > 0 {
					t.ctx.At += time.Since(start)
				}
				ctx := p.UntilFrom(p.Context(), name+"'s ctx", t.ctx, errGone)
				order := fmt.Sprint("order ", n)
				p.Say(name, "calls Turn with %q", order)
				orders, err := g.Turn(ctx, name, order)
				switch {
				case err == nil:
					p.Say(name, "gets %v", orders)
				case orders != nil:
					p.Say(name, "gets %v and %s", orders, names.Of(err))
				default:
					p.Say(name, "gets %s", names.Of(err))
				}
				clear(orders)
			}
			time.Sleep(time.Duration(i) * time.Millisecond / 3)
			g.Leave(name)
			p.Say(name, "has left")
		})
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawEvening,
		func(p *exam.Play, e evening) { host(p, e, exercise.New(e.names...)) },
		func(p *exam.Play, e evening) { host(p, e, solution.New(e.names...)) })
}
