//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/09-running/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/09-running/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A day is a scenario: what each station does each time that it is asked, and when Poll is called.
type day struct {
	limit    time.Duration
	stations []measuring
	polls    []polling
	looks    []time.Duration // when Stats is called
}

type measuring struct {
	takes, cleanUp time.Duration
	fails, late    bool
}

type polling struct {
	at  time.Duration
	ctx exam.End
}

func (s day) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the limit is %s", exam.Clock(s.limit))
	for i, m := range s.stations {
		fmt.Fprintf(&b, "; station %d takes %s", i+1, exam.Clock(m.takes))
		if m.fails {
			b.WriteString(" and fails")
		}
		if m.cleanUp > 0 {
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(m.cleanUp))
		}
		if m.late {
			b.WriteString(", answers although its ctx has ended")
		}
	}
	for i, p := range s.polls {
		fmt.Fprintf(&b, "; Poll %d at %s, %s", i+1, exam.Clock(p.at), strings.ReplaceAll(p.ctx.String(), "ctx", "its ctx"))
	}
	return b.String()
}

func drawDay(d *exam.Draw) day {
	s := day{limit: d.Time(1000, 300)}
	for range d.Int(0, 3) {
		m := measuring{takes: d.Time(100, 0, 500, 900, 1600), fails: d.Chance(3), late: d.Chance(3)}
		if d.Chance(2) {
			m.cleanUp = d.Time(50, 400, 600_000)
		}
		s.stations = append(s.stations, m)
	}
	for range d.Int(1, 3) {
		p := polling{at: d.Time(0, 200, 700), ctx: d.End(250, 650, 1150)}
		if p.ctx.At > 0 {
			p.ctx.At += p.at
		}
		s.polls = append(s.polls, p)
	}
	for range d.Int(1, 3) {
		s.looks = append(s.looks, d.Time(50, 450, 950, 1300))
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s day) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	returned := odd("Poll", "returns") && missing("Poll", "returns")
	switch { // what breaks most comes first: the rest follows from it
	case odd("station", "without the caller's values"):
		return "the context of a station is not made from ctx"
	case odd("station", "is asked with a ctx that has ended"):
		return "a station is asked with a context that has ended"
	case odd("station", "is asked"):
		return "Poll asks a station that it has asked already, or on a ctx that has ended"
	case missing("station", "is asked"):
		return "Poll asks all stations at once, and one was not asked"
	case odd("station", "hears"):
		return "the context of a station ended before the limit, and ctx was alive"
	case missing("station", "hears"):
		return "the limit was over or ctx had ended, and the context of a station was alive"
	case returned && missing("Poll", "and the cause of ctx") && odd("Poll", "and no error"):
		return "ctx had ended when the last station returned, and Poll returned no error"
	case returned && missing("Poll", "and the cause of ctx") && odd("Poll", "and the cause of ctx"):
		return "Poll returned a map beside the cause of ctx"
	case returned && missing("Poll", "and the cause of ctx"):
		return "Poll returned another error than context.Cause(ctx), unchanged"
	case returned && missing("Poll", "and no error") && !odd("Poll", "and no error"):
		return "ctx was alive when the last station returned, and Poll returned an error"
	case returned:
		return "the map is not what the stations returned"
	case odd("Poll", "returns"):
		return "Poll did not wait until all its stations had returned"
	case missing("Poll", "returns"):
		return "all stations had returned, and Poll did not"
	case odd("Poll", "is over"):
		return "a Poll has returned, and Stats is not what it has counted"
	case odd("Stats", "says"):
		return "a Poll under way is not in Stats, and one that has returned is in it as a whole"
	}
	return ""
}

type pollFunc func(context.Context) (map[string]float64, error)

// run plays a day with a Desk of these stations, which begin returns.
func run(begin func(limit time.Duration, stations map[string]exercise.Station) (pollFunc, func() exercise.Stats)) func(*exam.Play, day) {
	return func(p *exam.Play, s day) {
		causes := exam.Names{
			"the cause of ctx": errCaller, "context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
			"the error of a station": errPower,
		}
		stations := make(map[string]exercise.Station)
		for i, m := range s.stations {
			task := fmt.Sprint("station ", i+1)
			stations[task] = m.station(p, task, causes)
		}
		poll, stats := begin(s.limit, stations)
		for i, c := range s.polls {
			task := fmt.Sprint("Poll ", i+1)
			p.Go(c.at, func() {
				ctx := p.UntilFrom(p.Context(), "ctx "+task, c.ctx, errCaller)
				got, err := poll(ctx)
				p.Say(task, "returns %v and %s", got, causes.Of(err))
				p.Say(task, "is over, and Stats says %+v", stats())
			})
		}
		for _, at := range s.looks {
			p.Go(at, func() { p.Say("Stats", "says %+v", stats()) })
		}
	}
}

// station measures one degree more each time.
func (m measuring) station(p *exam.Play, task string, causes exam.Names) exercise.Station {
	var mu sync.Mutex
	asked := 0
	return func(ctx context.Context) (float64, error) {
		mu.Lock()
		degrees := float64(asked) // from 0
		asked++
		mu.Unlock()
		p.Say(task, "is asked with %s", p.CtxNow(ctx, causes))
		if degrees > 50 { // an answer that asks again and again
			<-ctx.Done()
		}
		select {
		case <-time.After(m.takes):
			if m.fails {
				return 0, errPower
			}
			return degrees, nil
		case <-ctx.Done():
			p.Say(task, "hears that its ctx ends")
			time.Sleep(m.cleanUp)
			p.Say(task, "returns")
			if m.late {
				return degrees, nil
			}
			return 0, errors.Join(errPower, ctx.Err())
		}
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawDay,
		run(func(limit time.Duration, stations map[string]exercise.Station) (pollFunc, func() exercise.Stats) {
			d := exercise.New(limit, stations)
			return d.Poll, d.Stats
		}),
		run(func(limit time.Duration, stations map[string]exercise.Station) (pollFunc, func() exercise.Stats) {
			those := make(map[string]solution.Station)
			for name, s := range stations {
				those[name] = solution.Station(s)
			}
			d := solution.New(limit, those)
			return d.Poll, func() exercise.Stats { return exercise.Stats(d.Stats()) }
		}))
}
