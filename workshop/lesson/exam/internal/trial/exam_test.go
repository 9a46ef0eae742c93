package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// broken names, in a child process, the answer that the exam must reject.
const broken = "EXAM_TEST_BROKEN"

func TestMain(m *testing.M) {
	if os.Getenv(broken) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

// The exercise of this test: call f up to n times, a second apart, until it fails or ctx ends.
type repeat struct {
	n, fails int // f fails at call number fails, from 0; -1: never
	ctx      exam.End
}

func (r repeat) String() string {
	return fmt.Sprintf("%d calls, call %d fails, %s", r.n, r.fails, r.ctx)
}

func drawRepeat(d *exam.Draw) repeat {
	return repeat{n: d.Int(0, 5), fails: d.Int(-1, 5), ctx: d.End(500, 1500, 2500)}
}

func plays(do answer) func(p *exam.Play, r repeat) {
	return func(p *exam.Play, r repeat) {
		names := exam.Names{"the cause": errEnded, "the error of f": errFailed}
		calls := 0
		err := do(p.Until(r.ctx, errEnded), r.n, func(ctx context.Context) error {
			p.Say("f", "is called with %s", p.Ctx(ctx, names))
			calls++
			if calls-1 == r.fails {
				return errFailed
			}
			return nil
		})
		p.Say("repeat", "returns %s", names.Of(err))
	}
}

func TestCompare(t *testing.T) {
	if name := os.Getenv(broken); name != "" {
		exam.Compare(t, drawRepeat, plays(answers[name].do), plays(right))
		return
	}
	t.Run("accepts the solution", func(t *testing.T) { exam.Compare(t, drawRepeat, plays(right), plays(right)) })
	for name, a := range answers {
		t.Run("rejects one that "+name, func(t *testing.T) {
			out := fails(t, "TestCompare", name)
			assert.Regexp(t, a.want, out)
			run := told(t, out)
			assert.NotEmpty(t, run.Scenario)
		})
	}
}

// go test -count plays other scenarios each time, and the first time always the same.
func TestEachRoundDrawsOtherScenarios(t *testing.T) {
	var drawn [2][]string
	for round := range drawn {
		exam.Compare(t, func(d *exam.Draw) repeat {
			r := drawRepeat(d)
			drawn[round] = append(drawn[round], r.String())
			return r
		}, plays(right), plays(right))
	}
	assert.NotEqual(t, drawn[0][:20], drawn[1][:20])
}

// fails runs a test in a child process, where it must fail, and returns what it prints.
func fails(t *testing.T, test, name string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), broken+"="+name)
	out, err := cmd.Output()
	require.Error(t, err, "the exam accepts it")
	require.Equal(t, 1, strings.Count(string(out), "exam_test.go:"+callLine(string(out))), "one message, and nothing of rapid's: %s", out)
	require.NotContains(t, string(out), "[rapid]")
	return string(out)
}

var line = regexp.MustCompile(`(?m)^    exam_test.go:(\d+): `)

func callLine(out string) string {
	if m := line.FindStringSubmatch(out); m != nil {
		return m[1] + ": "
	}
	return "no message"
}

// told is the run that a failed test tells.
func told(t *testing.T, out string) (r lesson.Run) {
	t.Helper()
	_, text, ok := strings.Cut(out, "=== ATTR  TestCompare run ")
	require.True(t, ok, out)
	text, _, _ = strings.Cut(text, "\n")
	require.NoError(t, json.Unmarshal([]byte(text), &r))
	return r
}

func TestTheSolutionMustNotDifferFromItself(t *testing.T) {
	runs := 0
	moody := func(p *exam.Play, _ repeat) { runs++; p.Say("moody", "run %d", runs) }
	if os.Getenv(broken) != "" {
		exam.Compare(t, drawRepeat, moody, moody)
		return
	}
	assert.Contains(t, fails(t, t.Name(), "moody"), "a fault of the exam, not of the answer: in one scenario the solution does two things")
}

// A named repeat names the mistake.
type named struct{ repeat }

func (named) Mistake(at exam.Instant) string {
	return fmt.Sprintf("at %s the answer alone %s, the solution alone %s, %d lines before", at.At, at.Odd[0].Text, at.Missing[0].Text, len(at.Before))
}

func TestAScenarioNamesTheMistake(t *testing.T) {
	if os.Getenv(broken) != "" {
		do := func(do answer) func(*exam.Play, named) { return func(p *exam.Play, n named) { plays(do)(p, n.repeat) } }
		alwaysFails := func(context.Context, int, func(context.Context) error) error { return errFailed }
		draw := func(d *exam.Draw) named {
			return named{repeat{n: 0, fails: -1, ctx: exam.End{At: time.Duration(d.Int(0, 1))}}}
		}
		exam.Compare(t, draw, do(alwaysFails), do(right))
		return
	}
	assert.Contains(t, fails(t, t.Name(), "any"),
		"at 0s the answer alone returns the error of f, the solution alone returns no error, 0 lines before: at 0s repeat returns")
}

func TestNamesSayWhatAnErrorIs(t *testing.T) {
	names := exam.Names{"A": errFailed, "B": errEnded}
	assert.Equal(t, "no error", names.Of(nil))
	assert.Equal(t, "A", names.Of(errFailed))
	assert.Equal(t, "an error that wraps A", names.Of(fmt.Errorf("call: %w", errFailed)))
	assert.Equal(t, "an error that wraps A and B", names.Of(errors.Join(errFailed, errEnded)))
	assert.Equal(t, "another error", names.Of(errors.New("f failed")))
	assert.Equal(t, "A", names.Is(fmt.Errorf("call: %w", errFailed)))
}
