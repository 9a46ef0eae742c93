//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part2-queues-locks/05-condition/exercise"
	solution "example.com/asyncio-to-go/part2-queues-locks/05-condition/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A kitchen is a scenario: calls of one Buffer.
type kitchen struct {
	size   int
	visits []visit
}

type visit struct {
	item  string // of a Put; a Get has none
	comes time.Duration
	ctx   exam.End
}

func (v visit) name() string {
	if v.item == "" {
		return "Get"
	}
	return fmt.Sprintf("Put(%q)", v.item)
}

func (k kitchen) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the size is %d", k.size)
	for i, v := range k.visits {
		fmt.Fprintf(&b, "; call %d, %s, comes at %s, %s", i, v.name(), exam.Clock(v.comes), v.ctx)
	}
	return b.String()
}

func drawKitchen(d *exam.Draw) kitchen {
	k := kitchen{size: d.Int(1, 3)}
	for i := range d.Int(1, 10) {
		v := visit{comes: d.Time(0, 100, 200, 300, 400, 600, 900)}
		if d.Int(0, 1) == 0 {
			v.item = string(rune('a' + i))
		}
		switch v.ctx = d.End(50, 150, 300, 700); {
		case v.ctx.How == exam.Never: // but a scenario must end
			v.ctx = exam.End{How: exam.Cancelled, At: 10*time.Second + v.comes}
		case v.ctx.At > 0:
			v.ctx.At += v.comes
		}
		k.visits = append(k.visits, v)
	}
	return k
}

const (
	putOK = "returns no error"
	gave  = "returns the cause of its ctx"
)

func gotItem(item string) string { return fmt.Sprintf("returns %q", item) }

// cook plays a kitchen with a Buffer.
func cook(p *exam.Play, k kitchen, put func(context.Context, string) error, get func(context.Context) (string, error)) {
	names := exam.Names{"the cause of its ctx": errStopped}
	for i, v := range k.visits {
		task := fmt.Sprintf("call %d", i)
		p.Go(v.comes, func() {
			ctx := p.UntilFrom(p.Context(), task+"'s ctx", v.ctx, errStopped)
			var item string
			var err error
			p.Say(task, "begins: %s", v.name())
			if v.item != "" {
				err = put(ctx, v.item)
			} else {
				item, err = get(ctx)
			}
			switch {
			case err != nil && item != "":
				p.Say(task, "returns %q and %s", item, names.Of(err))
			case err != nil || v.item != "":
				p.Say(task, "returns %s", names.Of(err))
			default:
				p.Say(task, "%s", gotItem(item))
			}
		})
	}
}

// A ledger follows a run, and notes what is wrong first.
type ledger struct {
	k                kitchen
	returned         map[int]exam.Line // by call
	items            []string
	putting, getting []int // the calls that wait
	wrong            string
}

// must notes it if a call does not return this, now.
func (l *ledger) must(call int, now time.Duration, text string) {
	got, ok := l.returned[call]
	switch {
	case l.wrong != "" || ok && got.At == now && got.Text == text:
	case !ok || got.At > now:
		l.wrong = fmt.Sprintf("at %s this should happen, and does not: call %d, %s, %s", exam.Clock(now), call, l.k.visits[call].name(), text)
	case got.At < now:
		l.wrong = fmt.Sprintf("at %s call %d, %s, %s; it should wait", exam.Clock(got.At), call, l.k.visits[call].name(), got.Text)
	default:
		l.wrong = fmt.Sprintf("at %s call %d, %s, %s; it should be: %s", exam.Clock(now), call, l.k.visits[call].name(), got.Text, text)
	}
}

// waits notes it if a call that has to wait returns now.
func (l *ledger) waits(call int, now time.Duration, why string) {
	if got, ok := l.returned[call]; ok && got.At == now && l.wrong == "" {
		l.wrong = fmt.Sprintf("at %s %s, and call %d, %s, does not wait: it %s", exam.Clock(now), why, call, l.k.visits[call].name(), got.Text)
	}
}

// next takes one of the calls that wait: any that returns now.
func (l *ledger) next(waiting *[]int, now time.Duration, why string) int {
	i := slices.IndexFunc(*waiting, func(call int) bool { return l.returned[call].At == now })
	if i < 0 {
		if l.wrong == "" {
			l.wrong = fmt.Sprintf("at %s %s, and call %d waits for that, but it does not go on: its wake-up is lost", exam.Clock(now), why, (*waiting)[0])
		}
		return -1
	}
	call := (*waiting)[i]
	*waiting = slices.Delete(*waiting, i, i+1)
	return call
}

func (l *ledger) begins(call int, now time.Duration) {
	v := l.k.visits[call]
	switch {
	case v.ctx.How == exam.Cancelled && v.ctx.At <= 0:
		l.must(call, now, gave)
	case v.item != "" && len(l.items) == l.k.size:
		l.waits(call, now, fmt.Sprintf("the Buffer holds %d items, which is its size", l.k.size))
		l.putting = append(l.putting, call)
	case v.item == "" && len(l.items) == 0:
		l.waits(call, now, "the Buffer is empty")
		l.getting = append(l.getting, call)
	case v.item != "":
		l.must(call, now, putOK)
		l.items = append(l.items, v.item)
		if len(l.getting) > 0 {
			if get := l.next(&l.getting, now, "an item comes"); get >= 0 {
				l.must(get, now, gotItem(l.items[0]))
				l.items = l.items[1:]
			}
		}
	default:
		l.must(call, now, gotItem(l.items[0]))
		l.items = l.items[1:]
		if len(l.putting) > 0 {
			if put := l.next(&l.putting, now, "there is room"); put >= 0 {
				l.must(put, now, putOK)
				l.items = append(l.items, l.k.visits[put].item)
			}
		}
	}
}

func (l *ledger) ctxEnds(call int, now time.Duration) {
	for _, waiting := range []*[]int{&l.putting, &l.getting} {
		if i := slices.Index(*waiting, call); i >= 0 {
			l.must(call, now, gave)
			*waiting = slices.Delete(*waiting, i, i+1)
		}
	}
}

// audit says what is wrong with a run. Which of several waiting calls goes on is
// free.
func audit(k kitchen, run []exam.Line) string {
	l := ledger{k: k, returned: make(map[int]exam.Line)}
	type event struct {
		at     time.Duration
		call   int
		happen func(int, time.Duration)
	}
	var events []event
	for i, v := range k.visits {
		events = append(events, event{v.comes, i, l.begins})
		if v.ctx.At > 0 {
			events = append(events, event{v.ctx.At, i, l.ctxEnds})
		}
		for _, line := range run {
			if line.Task == fmt.Sprintf("call %d", i) && strings.HasPrefix(line.Text, "returns") {
				l.returned[i] = line
			}
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return int(a.at - b.at) })
	for _, e := range events {
		if l.wrong == "" {
			e.happen(e.call, e.at)
		}
	}
	return l.wrong
}

func TestExam(t *testing.T) {
	exam.Judge(t, drawKitchen,
		func(p *exam.Play, k kitchen) {
			b := exercise.New[string](k.size)
			cook(p, k, b.Put, b.Get)
		},
		func(k kitchen, run []exam.Line, again func(func(*exam.Play, kitchen)) []exam.Line) ([]exam.Line, string) {
			wrong := audit(k, run)
			if wrong == "" {
				return nil, ""
			}
			return again(func(p *exam.Play, k kitchen) {
				b := solution.New[string](k.size)
				cook(p, k, b.Put, b.Get)
			}), wrong
		})
}
