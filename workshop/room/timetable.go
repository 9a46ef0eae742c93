// Package room is for the instructor of a workshop: what to do when, and how far
// everybody is.
package room

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Topic is a lesson as far as a timetable must know it.
type Topic struct {
	ID       string
	Title    string
	Minutes  int  // the exercise included
	Hours    int  // of the shortest workshop that has it
	Exercise bool // there is one
}

// Kind is what a room does in a block of a timetable.
type Kind string

// The kinds of block. In an exercise, and where people try a story or finish
// what is open, everybody writes; in the others the instructor speaks, or it is quiet.
const (
	Opening  Kind = "opening"
	Talk     Kind = "talk"
	Exercise Kind = "exercise"
	Try      Kind = "try"  // a lesson without an exercise has its "Go further" instead
	Open     Kind = "open" // what is not right yet
	Break    Kind = "break"
	Lunch    Kind = "lunch"
	Closing  Kind = "closing"
)

// A Block is a line of a timetable.
type Block struct {
	Start   string `json:"start"` // 09:00
	Minutes int    `json:"minutes"`
	Kind    Kind   `json:"kind"`
	Lesson  string `json:"lesson,omitempty"`
	Title   string `json:"title,omitempty"` // the lesson's
}

// A Day is one day of a timetable.
type Day struct {
	Start  string  `json:"start"`
	End    string  `json:"end"`
	Blocks []Block `json:"blocks"`
}

// A Cut is what can be left out when the room is slow.
type Cut struct {
	Lesson  string `json:"lesson,omitempty"` // empty: the time for what is not right yet, on a day
	Title   string `json:"title,omitempty"`
	Day     int    `json:"day,omitempty"`
	Minutes int    `json:"saves"`
}

// A Timetable is a plan for a workshop of so many hours. They hold everything
// but lunch.
type Timetable struct {
	Hours   int      `json:"hours"`
	Days    []Day    `json:"days"`
	Lessons []string `json:"lessons"`
	Home    []string `json:"home"`  // the lessons that have no room
	Cuts    []Cut    `json:"cut"`   // what goes first stands first
	Spare   int      `json:"spare"` // minutes at the ends of days for which there is no plan
}

const (
	longestDay     = 8 * 60
	longestSession = 90 // then there is a break
	shortBreak     = 10
	longBreak      = 15
	longestTalk    = 20 // the room listens for no longer than that
	longestOpen    = 20
	fullDay        = 4 * 60 // a longer one that begins before noon has lunch
	noon           = 12*60 + 30
)

// Plan makes the timetable of a workshop of so many hours, with days of 8 at
// most. It takes what the shortest workshops have first, then what comes first,
// as far as there is room; what is for longer workshops only as long as some
// time remains for what is not right yet. A day begins at start, in minutes after midnight;
// lunch is how many minutes a full day has for it, 0 for none.
func Plan(topics []Topic, hours, start, lunch int) Timetable {
	days := (hours*60 + longestDay - 1) / longestDay
	p := planner{start: start, lunch: lunch, perDay: hours * 60 / days, days: days, ends: min(10, hours*5)}
	if p.perDay <= fullDay || start >= noon {
		p.lunch = 0
	}
	byHours := slices.Clone(topics)
	slices.SortStableFunc(byHours, func(a, b Topic) int { return cmp.Compare(a.Hours, b.Hours) })
	taken := make(map[string]bool)
	chosen := func() (all []Topic) {
		for _, t := range topics { // in their order
			if taken[t.ID] {
				all = append(all, t)
			}
		}
		return all
	}
	for _, t := range byHours {
		taken[t.ID] = true
		p.reserve = 0
		if t.Hours > hours {
			p.reserve = min(15, hours*5-5)
		}
		if _, _, ok := p.layOut(chosen()); !ok {
			delete(taken, t.ID)
		}
	}

	p.reserve = 0
	table := Timetable{Hours: hours, Lessons: []string{}, Home: []string{}, Cuts: []Cut{}}
	table.Days, table.Spare, _ = p.layOut(chosen())
	for _, t := range topics {
		if taken[t.ID] {
			table.Lessons = append(table.Lessons, t.ID)
		} else {
			table.Home = append(table.Home, t.ID)
		}
	}
	table.Cuts = cuts(table.Days, chosen())
	return table
}

// cuts ranks what can go: the time without a lesson, then what only a longer
// workshop would have had, from the end, since what is over cannot be cut. The
// lesson that all leads to goes last, and the first one is over first.
func cuts(days []Day, chosen []Topic) []Cut {
	all := []Cut{}
	for i, d := range slices.Backward(days) {
		for _, b := range d.Blocks {
			if b.Kind == Open {
				all = append(all, Cut{Day: i + 1, Minutes: b.Minutes})
			}
		}
	}
	if len(chosen) < 2 {
		return all
	}
	last := chosen[len(chosen)-1]
	middle := slices.Clone(chosen[1 : len(chosen)-1])
	slices.Reverse(middle)
	slices.SortStableFunc(middle, func(a, b Topic) int { return cmp.Compare(b.Hours, a.Hours) })
	for _, t := range append(middle, last) {
		all = append(all, Cut{Lesson: t.ID, Title: t.Title, Minutes: t.Minutes})
	}
	return all
}

// A planner knows what holds for each day.
type planner struct {
	start, lunch, perDay, days int
	ends                       int // how long a workshop's opening and closing take
	reserve                    int // what must remain of the last day
}

// A unit is what no break interrupts: a lesson, with what belongs to it.
type unit []Block

func minutes(blocks []Block) (sum int) {
	for _, b := range blocks {
		sum += b.Minutes
	}
	return sum
}

// layOut puts lessons into days, as many as each has room for, and reports
// whether there was room for all.
func (p planner) layOut(topics []Topic) (days []Day, spare int, ok bool) {
	for len(topics) > 0 {
		if len(days) == p.days {
			return nil, 0, false
		}
		n, room := len(topics), p.perDay-p.reserve
		for n > 0 && p.length(p.units(topics[:n], len(days) == 0, n == len(topics))) > room {
			n, room = n-1, p.perDay // there will be another day
		}
		if n == 0 {
			return nil, 0, false
		}
		day, rest := p.day(p.units(topics[:n], len(days) == 0, n == len(topics)))
		days, topics, spare = append(days, day), topics[n:], spare+rest
	}
	return days, spare + (p.days-len(days))*p.perDay, true
}

// units are a day's lessons, with its opening and its closing.
func (p planner) units(topics []Topic, first, last bool) (units []unit) {
	for _, t := range topics {
		units = append(units, split(t))
	}
	opening, closing := 5, 5 // of a day in the middle
	if first {
		opening = p.ends
	}
	if last {
		closing = p.ends
	}
	opening = max(0, min(opening, longestTalk-units[0][0].Minutes))
	units[0] = append(unit{{Kind: Opening, Minutes: opening}}, units[0]...)
	end := len(units) - 1
	units[end] = append(units[end], Block{Kind: Closing, Minutes: closing})
	return units
}

// longestOf is how long a session may be: longer than usual if a lesson is.
func longestOf(units []unit) int {
	longest := longestSession
	for _, u := range units {
		longest = max(longest, minutes(u))
	}
	return longest
}

// even packs units in as few sessions as can be, and these as even as they come.
func even(units []unit) [][]Block {
	longest := longestOf(units)
	best := pack(units, longest)
	for limit := longest - 1; ; limit-- {
		evener := pack(units, limit)
		if len(evener) > len(best) || evener == nil {
			return best
		}
		best = evener
	}
}

// pack fills sessions of up to limit minutes; nil if a unit is longer.
func pack(units []unit, limit int) (sessions [][]Block) {
	sum := limit // so that the first unit begins a session
	for _, u := range units {
		switch n := minutes(u); {
		case n > limit:
			return nil
		case sum+n > limit || len(sessions) == 0:
			sessions, sum = append(sessions, slices.Clone(u)), n
		default:
			sessions[len(sessions)-1] = append(sessions[len(sessions)-1], u...)
			sum += n
		}
	}
	return sessions
}

// split makes a talk and an exercise of a lesson. The talk is about two fifths,
// in steps of five minutes.
func split(t Topic) unit {
	talk := (t.Minutes*2/5 + 2) / 5 * 5
	talk = min(cmp.Or(talk, t.Minutes/2), longestTalk)
	does := Exercise
	if !t.Exercise {
		does = Try
	}
	return unit{
		{Kind: Talk, Minutes: talk, Lesson: t.ID, Title: t.Title},
		{Kind: does, Minutes: t.Minutes - talk, Lesson: t.ID, Title: t.Title},
	}
}

// breaks is how many breaks a day with so many sessions has, lunch not counted.
func (p planner) breaks(sessions int) int {
	n := sessions - 1
	if p.lunch > 0 && n > 0 {
		n--
	}
	return n
}

// length is how long a day takes at least, lunch not counted.
func (p planner) length(units []unit) int {
	sum := p.breaks(len(pack(units, longestOf(units)))) * shortBreak
	for _, u := range units {
		sum += minutes(u)
	}
	return sum
}

// day gives units their breaks and their times. What time is left makes the
// breaks longer, then it is for what is still open; spare is what remains.
func (p planner) day(units []unit) (day Day, spare int) {
	sessions := even(units)
	spare = p.perDay - p.length(units)
	pause, breaks := shortBreak, p.breaks(len(sessions))
	if more := breaks * (longBreak - shortBreak); spare >= more {
		pause, spare = longBreak, spare-more
	}
	end := len(sessions) - 1
	if open := min(spare, longestOpen, longestSession-minutes(sessions[end])) / 5 * 5; open > 0 {
		at := len(sessions[end]) - 1 // the closing
		sessions[end] = slices.Insert(sessions[end], at, Block{Kind: Open, Minutes: open})
		spare -= open
	}

	lunch := -1 // the session after which it is, the one that ends nearest to noon
	if p.lunch > 0 {
		now, nearest := p.start, longestDay
		for i, s := range sessions[:end] {
			now += minutes(s)
			if far := max(now-noon, noon-now); far < nearest {
				lunch, nearest = i, far
			}
			now += pause
		}
	}
	now := p.start
	day.Start = clock(now)
	add := func(b Block) {
		if b.Minutes == 0 {
			return
		}
		b.Start = clock(now)
		day.Blocks = append(day.Blocks, b)
		now += b.Minutes
	}
	for i, s := range sessions {
		for _, b := range s {
			add(b)
		}
		switch i {
		case end:
		case lunch:
			add(Block{Kind: Lunch, Minutes: p.lunch})
		default:
			add(Block{Kind: Break, Minutes: pause})
		}
	}
	day.End = clock(now)
	return day, spare
}

// clock shows minutes after midnight as people read them.
func clock(minutes int) string {
	return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60)
}

// Clock reads what clock shows.
func Clock(text string) (minutes int, err error) {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("%q is no time of day, such as 09:00", text)
	}
	return at.Hour()*60 + at.Minute(), nil
}
