//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/02-cancel/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A shift is a scenario: when lines come, what each Write does, and when ctx ends.
type shift struct {
	size          int
	every, within time.Duration
	lines         []time.Duration // when each line comes
	closes        bool            // after the last line
	blank         int             // the line of this number has no text; -1: none
	writes        []writing
	ctx           exam.End
	record        *record // of the last run
}

// Alone keeps the exam from playing it twice at the same time: there is one record.
func (*shift) Alone() {}

type writing struct {
	takes time.Duration
	deaf  bool // it never looks at its ctx
	fails error
}

// A record is what a run did, for the judge.
type record struct {
	taken    []time.Duration // when each line was taken
	closed   time.Duration   // when lines was closed; -1: never
	ended    time.Duration   // when ctx ended; -1: never
	batches  []batch
	err      error
	returned time.Duration
}

type batch struct {
	lines      []int
	kept       []string // the slice, as it is at the end
	from, to   time.Duration
	ctx        string
	failed     error
	endedEarly bool          // its ctx ended before within was over
	noLimit    bool          // its ctx did not end when within was over
	says       time.Duration // when its ctx ends, says its Deadline; -1: it has none
}

func (s *shift) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Size %d, Every %s, Within %s, %s", s.size, exam.Clock(s.every), exam.Clock(s.within), s.ctx)
	for i, at := range s.lines {
		fmt.Fprintf(&b, "; line %d comes at %s", i, exam.Clock(at))
		if i == s.blank {
			b.WriteString(" and is empty")
		}
	}
	if s.closes {
		b.WriteString("; then lines is closed")
	}
	for i, w := range s.writes {
		fmt.Fprintf(&b, "; Write %d takes %s", i+1, exam.Clock(w.takes))
		if w.deaf {
			b.WriteString(" and ignores its ctx")
		}
		if w.fails != nil {
			fmt.Fprintf(&b, " and fails with %q", w.fails)
		}
	}
	return b.String()
}

func drawShift(d *exam.Draw) *shift {
	s := &shift{size: d.Int(1, 4), every: d.Time(1000, 300), within: d.Time(500, 200), ctx: d.End(250, 800, 1700, 2900), closes: d.Chance(2), blank: d.Int(-1, 4)}
	s.ctx.Far, s.ctx.Plain = d.Chance(4), d.Chance(4)
	at := time.Duration(0)
	for range d.Int(0, 7) {
		at += d.Time(100, 0, 50, 400, 1300)
		s.lines = append(s.lines, at)
	}
	if s.ctx.How == exam.Never {
		s.closes = true // the scenario ends
	}
	for range d.Int(1, 4) {
		w := writing{takes: d.Time(20, 0, 150, 700), deaf: d.Chance(4)}
		if d.Chance(6) {
			w.fails = exam.Pick(d, errDiskFull, fmt.Errorf("the remote store: %w", context.DeadlineExceeded), context.Canceled)
		}
		s.writes = append(s.writes, w)
	}
	return s
}

// text is what a line says.
func (s *shift) text(line int) string {
	if line == s.blank {
		return ""
	}
	return fmt.Sprint("line ", line)
}

type runFunc func(size int, every, within time.Duration, write func(context.Context, []string) error, ctx context.Context, lines <-chan string) error

// run plays a shift with a Batcher.
func run(do runFunc) func(p *exam.Play, s *shift) {
	return func(p *exam.Play, s *shift) {
		start := time.Now()
		since := func() time.Duration { return time.Since(start) }
		r := &record{ended: -1, closed: -1}
		s.record = r
		ctx := p.Until(s.ctx, errStopped)
		over := make(chan struct{})
		lines := make(chan string)
		p.Go(0, func() { // sends the lines
			defer close(lines)
			for i, at := range s.lines {
				select {
				case <-time.After(at - since()):
				case <-over:
					return
				}
				select {
				case lines <- s.text(i):
					r.taken = append(r.taken, since())
					p.Say("Run", "takes line %d", i)
				case <-over:
					return
				}
			}
			if !s.closes {
				<-over
				return
			}
			select {
			case <-time.After(100 * time.Millisecond):
				r.closed = since()
				p.Say("lines", "is closed")
			case <-over:
			}
		})
		var mu sync.Mutex // guards r.batches and busy
		busy := false
		r.err = do(s.size, s.every, s.within, func(ctx context.Context, lines []string) error {
			mu.Lock()
			w := s.writes[min(len(r.batches), len(s.writes)-1)]
			b := batch{from: since(), ctx: p.CtxNow(ctx, nil), kept: lines, says: -1}
			if deadline, has := ctx.Deadline(); has {
				b.says = deadline.Sub(start)
			}
			if busy {
				b.ctx = "another Write under way"
			}
			busy = true
			mu.Unlock()
			for _, line := range lines {
				n := -1
				if line == "" {
					n = s.blank
				}
				_, _ = fmt.Sscanf(line, "line %d", &n) // -1 is no line that was sent
				b.lines = append(b.lines, n)
			}
			p.Say("Write", "begins with lines %v", b.lines)
			ended := ctx.Done()
			if w.deaf {
				ended = nil
			}
			select {
			case <-time.After(w.takes):
				b.noLimit = ctx.Err() == nil && since() > b.from+s.within
				b.failed = w.fails
			case <-ended:
				b.endedEarly = since() < b.from+s.within
				b.failed = fmt.Errorf("%w: %w", errGaveUp, ctx.Err())
			}
			p.Say("Write", "ends")
			mu.Lock()
			defer mu.Unlock()
			busy = false
			b.to = since()
			r.batches = append(r.batches, b)
			return b.failed
		}, ctx, lines)
		r.returned = since()
		if s.ctx.How != exam.Never && s.ctx.At <= r.returned {
			r.ended = s.ctx.At
		}
		close(over)
		p.Say("Run", "returns %s", exam.Names{"the cause of ctx": errStopped, "the disk is full": errDiskFull, "the write was not finished": errGaveUp}.Of(r.err))
	}
}

// judge says what is wrong with a run, in the contract's words. A line that comes
// when ctx ends may be taken or left, so there is more than one right run.
func judge(s *shift, _ []exam.Line, _ func(func(*exam.Play, *shift)) []exam.Line) ([]exam.Line, string) {
	r := s.record
	at, next := exam.Clock, 0
	for i, b := range r.batches {
		if b.ctx != "a ctx that is alive" {
			return nil, fmt.Sprintf("at %s Write is called with %s", at(b.from), b.ctx)
		}
		if len(b.lines) == 0 || len(b.lines) > s.size {
			return nil, fmt.Sprintf("at %s Write is called with %d lines; Size is %d", at(b.from), len(b.lines), s.size)
		}
		for j, n := range b.lines {
			if n != next || b.kept[j] != s.text(n) {
				return nil, fmt.Sprintf("at %s Write is called with lines %v (afterwards %q); line %d comes next: a line is lost, written twice, out of order, or changed later",
					at(b.from), b.lines, b.kept, next)
			}
			next++
		}
		if len(b.lines) < s.size && next < len(r.taken) && r.taken[next] < b.from {
			return nil, fmt.Sprintf("at %s Write is called with lines %v only: Run held line %d as well, and Size is %d", at(b.from), b.lines, next, s.size)
		}
		if next > len(r.taken) {
			return nil, fmt.Sprintf("at %s Write is called with a line that was not sent", at(b.from))
		}
		first, last := r.taken[next-len(b.lines)], r.taken[next-1]
		var free time.Duration // when the Write before was over
		if i > 0 {
			free = r.batches[i-1].to
		}
		switch {
		case len(b.lines) == s.size && b.from == last:
		case b.from == first+s.every:
		case r.ended >= 0 && b.from == max(last, free, r.ended):
		case r.closed >= 0 && b.from == max(last, free, r.closed):
		case len(b.lines) > 1 && b.from == last+s.every:
			return nil, fmt.Sprintf("the batch of lines %v was due at %s, and is written at %s: Every counts from its first line, not from its last one",
				b.lines, at(first+s.every), at(b.from))
		case b.from > first+s.every:
			return nil, fmt.Sprintf("the batch of lines %v was due at %s, Every after its first line was taken, and is written at %s", b.lines, at(first+s.every), at(b.from))
		default:
			return nil, fmt.Sprintf("the batch of lines %v is written at %s: it is not full, not due before %s, and neither ctx nor lines had ended",
				b.lines, at(b.from), at(first+s.every))
		}
		switch {
		case b.says >= 0 && b.says != b.from+s.within:
			return nil, fmt.Sprintf("the ctx of the Write that begins at %s ends Within later, at %s, and its Deadline says %s", at(b.from), at(b.from+s.within), at(b.says))
		case b.endedEarly:
			return nil, fmt.Sprintf("the Write that began at %s was cut short at %s, before Within was over", at(b.from), at(b.to))
		case b.noLimit:
			return nil, fmt.Sprintf("the ctx of the Write that began at %s did not end when Within was over", at(b.from))
		case b.failed != nil && i < len(r.batches)-1:
			return nil, fmt.Sprintf("the Write that ended at %s failed, and Write is called again at %s", at(b.to), at(r.batches[i+1].from))
		}
	}
	return nil, s.judgeEnd(next)
}

// judgeEnd says what is wrong with what Run returned, and when; written is how
// many lines it has given to Write.
func (s *shift) judgeEnd(written int) string {
	r, at := s.record, exam.Clock
	cause := s.ctx.Cause(errStopped)
	var failed error
	end := max(r.ended, r.closed)
	if r.ended >= 0 && r.closed >= 0 {
		end = min(r.ended, r.closed)
	}
	if n := len(r.batches); n > 0 {
		failed = r.batches[n-1].failed
		end = max(end, r.batches[n-1].to)
		if failed != nil {
			end = r.batches[n-1].to
		}
	}
	switch {
	case failed == nil && written < len(r.taken) && written == s.blank:
		return fmt.Sprintf("line %d was taken at %s and never written: it has no text, and is a line all the same", written, at(r.taken[written]))
	case failed == nil && written < len(r.taken):
		return fmt.Sprintf("line %d was taken at %s and never written: it is lost", written, at(r.taken[written]))
	case r.returned != end:
		return fmt.Sprintf("all was over at %s and Run returns at %s", at(end), at(r.returned))
	case failed != nil && !errors.Is(r.err, failed):
		return fmt.Sprintf("the last Write failed with %q and Run returns %s", failed, lesson.Quote(r.err))
	case failed == nil && r.ended >= 0 && (r.closed < 0 || r.err != nil) && !errors.Is(r.err, cause):
		return fmt.Sprintf("ctx ended at %s and Run returns %s, not context.Cause(ctx)", at(r.ended), lesson.Quote(r.err))
	case failed != nil && r.ended >= 0 && r.batches[len(r.batches)-1].from > r.ended && !slices.Contains(r.taken, r.batches[len(r.batches)-1].from) && r.closed < 0 && !errors.Is(r.err, cause):
		return fmt.Sprintf("ctx ended at %s, the last Write failed, and Run returns only %s: the cause is lost", at(r.ended), lesson.Quote(r.err))
	case failed == nil && r.ended < 0 && r.err != nil:
		return fmt.Sprintf("lines was closed, no Write failed, and Run returns %s", lesson.Quote(r.err))
	}
	return ""
}

func TestExam(t *testing.T) {
	exam.Judge(t, drawShift, run(func(size int, every, within time.Duration, write func(context.Context, []string) error, ctx context.Context, lines <-chan string) error {
		return exercise.Batcher{Size: size, Every: every, Within: within, Write: write}.Run(ctx, lines)
	}), judge)
}
