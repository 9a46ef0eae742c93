//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/asyncio-to-go/part1-tasks/03-groups/exercise"
	solution "example.com/asyncio-to-go/part1-tasks/03-groups/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A crawl is a scenario: how the call for each page goes, and when ctx ends.
type crawl struct {
	limit int
	pages []page
	ctx   exam.End
}

func (c crawl) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pages, %d at once, %s", len(c.pages), c.limit, c.ctx)
	for i, p := range c.pages {
		fmt.Fprintf(&b, "; page %d takes %s", i, exam.Clock(p.takes))
		if p.fails != nil {
			fmt.Fprintf(&b, " and fails with %q", p.fails)
		}
		if p.deaf {
			b.WriteString(", ignores its ctx")
		} else if p.cleanUp > 0 {
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(p.cleanUp))
		}
	}
	return b.String()
}

var errOther = errors.New("another page is broken")

func drawCrawl(d *exam.Draw) crawl {
	c := crawl{limit: d.Int(1, 4), ctx: d.End(150, 350, 700, 1300)}
	c.ctx.Far, c.ctx.Plain = d.Chance(4), d.Chance(4)
	for range d.Int(0, 7) {
		p := page{takes: d.Time(100, 0, 200, 400, 800), deaf: d.Chance(4)}
		if d.Chance(5) {
			p.fails = exam.Pick(d, errBroken, errOther, fmt.Errorf("page: %w", errBroken), context.Canceled, context.DeadlineExceeded)
		}
		if d.Chance(3) {
			p.cleanUp = d.Time(50, 300)
		}
		c.pages = append(c.pages, p)
	}
	return c
}

// Mistake names what is behind a difference, in the words of the contract.
func (c crawl) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	ended := c.ctx.How != exam.Never && c.ctx.At <= at.At
	switch {
	case odd("page", "the cause is") && missing("page", "the cause is"):
		return "the contexts of the calls end with another cause than the error or the end of ctx that came first, unchanged"
	case !odd("Map", "returns") || !missing("Map", "returns"):
		return ""
	case missing("Map", "returns [] and ") && !odd("Map", "returns [] and ") && !odd("Map", "no error"):
		return "Map returns no results, nil, with an error"
	case odd("Map", "no error") && !ended:
		return "a call returned an error while ctx was alive, so Map returns that error, also if it is a cancellation or a timeout"
	case odd("Map", "no error"):
		return "Map returned no error although an item has no result"
	case missing("Map", "no error") && len(c.pages) == 0:
		return "there are no items, so none lacks its result: Map returns no error, also on a ctx that has ended"
	case missing("Map", "no error") && ended:
		return "each item has its result, so the end of ctx does not matter"
	case missing("Map", "no error"):
		return "Map returned an error although no call did and ctx is alive"
	case missing("Map", "the cause of ctx") && !at.Missing.Has("Map", "wraps"):
		return "ctx ended before any call returned an error, so Map returns context.Cause(ctx)"
	default:
		return "Map returns what came first in time, unchanged: the first error or context.Cause(ctx)"
	}
}

type mapFunc func(ctx context.Context, limit int, in []int, f func(context.Context, int) (string, error)) ([]string, error)

// run plays a crawl with Map.
func run(do mapFunc) func(p *exam.Play, c crawl) {
	return func(p *exam.Play, c crawl) {
		names := exam.Names{
			"the cause of ctx": errStopped, "errBroken": errBroken, "errOther": errOther,
			"context.Canceled": context.Canceled, "context.DeadlineExceeded": context.DeadlineExceeded,
		}
		items := make([]int, len(c.pages))
		for i := range items {
			items[i] = i
		}
		callers := p.Until(c.ctx, errStopped)
		out, err := do(callers, c.limit, items, func(ctx context.Context, i int) (string, error) {
			task, page := fmt.Sprint("page ", i), c.pages[i]
			p.Say(task, "begins with %s", p.Ctx(ctx, names))
			ended := ctx.Done()
			if page.deaf {
				ended = nil
			}
			select {
			case <-time.After(page.takes):
				return fmt.Sprint("text ", i), page.fails
			case <-ended:
				p.Say(task, "is cancelled, the cause is %s", names.Cause(ctx, callers))
				time.Sleep(page.cleanUp)
				return "half", ctx.Err()
			}
		})
		p.Say("Map", "returns %q and %s", out, names.Of(err))
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawCrawl, run(exercise.Map[int, string]), run(solution.Map[int, string]))
}
