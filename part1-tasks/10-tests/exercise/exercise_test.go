//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/asyncio-to-go/part1-tasks/10-tests/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

// A recorder is the T of one run of Check.
type recorder struct {
	ctx      context.Context
	said     []string
	panicked atomic.Pointer[error] // in a source of Check
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

// guard is a source of Check whose panic is noted: otherwise it ends the program, on a goroutine that a First has started.
func (r *recorder) guard(s exercise.Source) exercise.Source {
	return func(ctx context.Context) (value string, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v", v)
				r.panicked.Store(&err)
			}
		}()
		return s(ctx)
	}
}

// try runs Check on an implementation in a bubble of its own, and returns what it says: nothing when it passes.
func try(t *testing.T, i implementation) []string {
	t.Helper()
	var r recorder
	fault := lesson.Attempt(t, func(t *testing.T) {
		r.ctx = t.Context()
		over := make(chan struct{})
		defer close(over)
		exercise.Check(&r, func(ctx context.Context, a, b exercise.Source) (string, error) {
			if i.lingers {
				go func() { <-over }()
			}
			return i.first(ctx, r.guard(a), r.guard(b))
		})
	})
	if panicked := r.panicked.Load(); panicked != nil {
		t.Fatalf("a source of your test panics when a First calls it, one %s: %v", i.name, *panicked)
	}
	switch {
	case strings.Contains(fault, "not written yet"):
		t.Fatal("not written yet")
	case strings.HasPrefix(fault, "leak:"), strings.HasPrefix(fault, "deadlock:"):
		t.Fatalf("your test does not wait for what it has started, with a First, one %s: %s", i.name, fault)
	case fault != "":
		r.said = append(r.said, fault)
	}
	return r.said
}

// times is how often Check has to come to the same verdict.
const times = 20

func TestItPassesWithRightImplementations(t *testing.T) {
	for _, i := range right {
		for range times {
			if said := try(t, i); len(said) > 0 {
				t.Errorf("your test rejects a right First, one %s; it says: %s", i.name, said[0])
				break
			}
		}
	}
}

func TestItFindsWrongImplementations(t *testing.T) {
	var missed []string
	for _, i := range wrong {
		found := 0
		for range times {
			if len(try(t, i)) > 0 {
				found++
			}
		}
		switch found {
		case times:
		case 0:
			missed = append(missed, "one that "+i.name)
		default:
			missed = append(missed, fmt.Sprintf("one that %s, %d times of %d", i.name, times-found, times))
		}
	}
	if len(missed) > 0 {
		t.Errorf("your test finds %d of %d wrong implementations; it misses %s", len(wrong)-len(missed), len(wrong), strings.Join(missed, "; "))
	}
}

func TestItKeepsNothingFromOneCallToTheNext(t *testing.T) {
	for _, i := range wrong {
		_ = try(t, i)
		if said := try(t, right[0]); len(said) > 0 {
			t.Fatalf("after a First that %s, your test rejects a right one: what it counts must begin anew with each call; it says: %s", i.name, said[0])
		}
	}
}

func TestItSaysWhatIsWrong(t *testing.T) {
	texts := make(map[string]bool)
	for _, i := range wrong {
		for _, text := range try(t, i) {
			texts[text] = true
			switch {
			case strings.HasPrefix(text, "panic:"):
				t.Errorf("your test panics with a First that %s: %s", i.name, text)
			case len(strings.Fields(text)) < 3:
				t.Errorf("your test says only %q of a First that %s: say which sentence of the contract it breaks", text, i.name)
			}
		}
	}
	if len(texts) == 1 && !t.Failed() {
		for text := range texts {
			t.Errorf("your test says %q of each wrong First, whatever is wrong with it: say which sentence of the contract it breaks", text)
		}
	}
}
