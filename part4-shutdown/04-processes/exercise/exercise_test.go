//go:build exercise

package exercise_test

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part4-shutdown/04-processes/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const within = 3 * time.Second // for the clean-up, in all tests

var (
	errStatus = errors.New("exit status 1")
	errKilled = errors.New("signal: killed")
)

// A child stands for a child process.
type child struct {
	name    string
	lives   time.Duration // then it ends by itself; 0: an hour, so that a Run that never kills ends, too
	fails   bool          // when it ends by itself or has cleaned up
	cleanUp time.Duration // how long, when it is sent a signal; 0: it ignores signals
	dies    time.Duration // how long it takes to end when it is killed; 0: 100 ms
	broken  error         // what Signal and Kill return, and they have no effect then

	log         *slog.Logger
	start       time.Time
	asks, kills chan struct{}
	ended       chan struct{}
	err         error // how it ended, once that is closed

	mu    sync.Mutex // guards the below
	got   []string   // such as "interrupt 5s", "kill 8s"
	waits int
	gone  bool   // Wait has returned
	wrong string // the first thing that must not be
}

func (c *child) live() {
	defer close(c.ended)
	asks, over := c.asks, time.After(cmp.Or(c.lives, time.Hour))
	for {
		select {
		case <-asks:
			asks, over = nil, time.After(c.cleanUp)
		case <-over:
			if c.fails {
				c.err = errStatus
			}
			c.log.Info("ends with " + lesson.Quote(c.err))
			return
		case <-c.kills:
			time.Sleep(cmp.Or(c.dies, 100*time.Millisecond))
			c.err = errKilled
			c.log.Info("ends with " + lesson.Quote(c.err))
			return
		}
	}
}

func (c *child) Name() string { return c.name }

func (c *child) Signal(sig os.Signal) error { return c.take(sig.String(), c.asks, c.cleanUp > 0) }

func (c *child) Kill() error { return c.take("kill", c.kills, true) }

func (c *child) take(what string, effect chan<- struct{}, heard bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log.Info("is sent " + what)
	at := time.Since(c.start)
	if c.gone {
		c.complain("%s had ended, Wait had said so, and was sent %s at %v: its number may belong to another process by then", c.name, what, at)
		return os.ErrProcessDone
	}
	c.got = append(c.got, fmt.Sprint(what, " ", at))
	if heard && c.broken == nil {
		select {
		case effect <- struct{}{}:
		default:
		}
	}
	return c.broken
}

func (c *child) Wait() error {
	c.mu.Lock()
	if c.waits++; c.waits > 1 {
		c.complain("Wait was called twice for %s: the second time there is no process to wait for", c.name)
	}
	c.mu.Unlock()
	<-c.ended
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	return c.err
}

func (c *child) complain(format string, args ...any) {
	if c.wrong == "" {
		c.wrong = fmt.Sprintf(format, args...)
	}
}

// A sent is a signal that comes at a time since the beginning.
type sent struct {
	at  time.Duration
	sig os.Signal
}

// run calls Run for children while signals come, and asserts what holds in each story.
func run(t *testing.T, script []sent, children ...*child) (at time.Duration, err error) {
	t.Helper()
	signals := make(chan os.Signal, 10)
	for _, s := range script {
		if s.at == 0 { // it waits in the channel
			signals <- s.sig
			continue
		}
		time.AfterFunc(s.at, func() {
			lesson.Log(t).With("task", "the shell").Info("sends " + s.sig.String())
			signals <- s.sig
		})
	}
	start := time.Now()
	var procs []exercise.Process
	var living sync.WaitGroup
	for i, c := range children {
		c.name, c.start = fmt.Sprint("worker ", i), start
		c.log = lesson.Log(t).With("task", c.name)
		c.asks, c.kills, c.ended = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{})
		living.Go(c.live)
		procs = append(procs, c)
	}
	defer living.Wait()
	given := slices.Clone(procs)
	err = exercise.Run(signals, within, procs)
	at = time.Since(start)
	if !slices.Equal(procs, given) {
		t.Fatal("Run has changed procs, which are its caller's")
	}
	lesson.Log(t).With("task", "Run").Info("returns " + lesson.Quote(err))

	for _, c := range children {
		select {
		case <-c.ended:
		default:
			t.Fatalf("Run returned at %v, and %s still runs: an orphan", at, c.name)
		}
	}
	nothingLeft(t)
	returned := make([]int, len(children))
	for i, c := range children {
		returned[i] = len(c.sent())
	}
	time.Sleep(2 * time.Hour) // what was left behind shows
	for i, c := range children {
		sent := c.sent()
		kills := len(slices.DeleteFunc(slices.Clone(sent), func(s string) bool { return !strings.HasPrefix(s, "kill") }))
		switch c.mu.Lock(); {
		case !c.gone:
			c.complain("%s has ended and Run did not Wait for it: a zombie", c.name)
		case len(sent) > returned[i]:
			c.complain("something was left behind: after Run had returned, at %v, %s was sent %s", at, c.name, sent[returned[i]])
		case len(sent)-kills > 1:
			c.complain("%s was sent %d signals, %q: the group is asked once", c.name, len(sent)-kills, sent)
		case kills > 1 && c.broken != nil:
			c.complain("Signal and Kill returned an error for %s, and it was sent %q: Run should go on as if there were none", c.name, sent)
		case kills > 1:
			c.complain("%s was killed %d times, %q: once is enough", c.name, kills, sent)
		}
		wrong := c.wrong
		c.mu.Unlock()
		if wrong != "" {
			t.Fatal(wrong)
		}
	}
	return at, err
}

// nothingLeft fails t if Run has left a goroutine behind.
func nothingLeft(t *testing.T) {
	t.Helper()
	if left := lesson.Left(); left != "" {
		t.Fatalf("leak: Run has returned, and %s", left)
	}
}

func (c *child) sent() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.got)
}

// A story is what happens to a group, and what should come of it.
type story struct {
	why     string
	script  []sent
	group   []*child
	got     []string // what each is sent
	at      time.Duration
	failure string
	rule    string // what the contract says of it, if the rest does not show it
}

func (s story) play(t *testing.T) {
	t.Helper()
	rule := ""
	if s.rule != "" {
		rule = "; " + s.rule
	}
	lesson.Bubble(t, func(t *testing.T) {
		at, err := run(t, s.script, s.group...)
		for i, c := range s.group {
			if got := strings.Join(c.sent(), ", "); got != s.got[i] {
				t.Fatalf("%s: %s was sent [%s], not [%s]%s", s.why, c.name, got, s.got[i], rule)
			}
		}
		if at != s.at {
			t.Fatalf("%s: Run returned at %v, not at %v%s", s.why, at, s.at, rule)
		}
		want := "no error"
		if s.failure != "" {
			want = fmt.Sprintf("%q", s.failure)
		}
		if got := lesson.Quote(err); got != want {
			t.Fatalf("%s: Run returned %s, not %s%s", s.why, got, want, rule)
		}
		for _, is := range []error{errStatus, errKilled} {
			if strings.Contains(s.failure, is.Error()) && !errors.Is(err, is) {
				t.Fatalf("Run returned the words %q, but errors.Is does not find the error: wrap it with %%w", is)
			}
		}
	})
}

func TestWaitsForAllWhenNothingHappens(t *testing.T) {
	story{
		why:   "three processes end by themselves after 2s, 1s and 3s, cleanly",
		group: []*child{{lives: 2 * time.Second}, {lives: time.Second}, {lives: 3 * time.Second}},
		got:   []string{"", "", ""}, at: 3 * time.Second,
	}.play(t)
}

func TestNoProcesses(t *testing.T) {
	story{why: "there are no processes"}.play(t)
}

func TestTheFirstSignalGoesToEachOfThemOnce(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		word := sig.String() + " 5s"
		story{
			why: sig.String() + " comes at 5s, the clean-ups take 1s, 2s and 1s", script: []sent{{5 * time.Second, sig}},
			group: []*child{{cleanUp: time.Second}, {cleanUp: 2 * time.Second}, {cleanUp: time.Second}},
			got:   []string{word, word, word}, at: 7 * time.Second,
		}.play(t)
	}
}

func TestAProcessThatStaysIsKilledWhenTheTimeIsOver(t *testing.T) {
	story{
		why: "SIGTERM comes at 5s, worker 0 and 2 ignore signals, 3s are allowed", script: []sent{{5 * time.Second, syscall.SIGTERM}},
		group: []*child{{}, {cleanUp: time.Second}, {}},
		got:   []string{"terminated 5s, kill 8s", "terminated 5s", "terminated 5s, kill 8s"}, at: 8100 * time.Millisecond,
		failure: "worker 0: signal: killed\nworker 2: signal: killed",
	}.play(t)
}

func TestASecondSignalKillsAtOnceAndOnlyOnce(t *testing.T) {
	story{
		why: "SIGINT comes at 5s, 6s and 6.05s, when all clean up", script: []sent{{5 * time.Second, syscall.SIGINT}, {6 * time.Second, syscall.SIGINT}, {6050 * time.Millisecond, syscall.SIGINT}},
		group: []*child{{cleanUp: 2 * time.Second}, {}},
		got:   []string{"interrupt 5s, kill 6s", "interrupt 5s, kill 6s"}, at: 6100 * time.Millisecond,
		failure: "worker 0: signal: killed\nworker 1: signal: killed",
	}.play(t)
}

func TestOfTwoSignalsThatWaitTheSecondKills(t *testing.T) {
	story{
		why: "two signals wait in the channel when Run is called", script: []sent{{0, syscall.SIGTERM}, {0, syscall.SIGINT}},
		rule:  "the first asks and the second kills, and Signal has returned before Kill is called",
		group: []*child{{}, {}},
		got:   []string{"terminated 0s, kill 0s", "terminated 0s, kill 0s"}, at: 100 * time.Millisecond,
		failure: "worker 0: signal: killed\nworker 1: signal: killed",
	}.play(t)
}

func TestAFailureAsksTheOthers(t *testing.T) {
	story{
		why:   "worker 1 fails at 2s, worker 0 cleans up for 1s, worker 2 ignores signals",
		rule:  "a failure asks the others at once, by SIGTERM, and from then on within counts",
		group: []*child{{cleanUp: time.Second}, {lives: 2 * time.Second, fails: true}, {}},
		got:   []string{"terminated 2s", "", "terminated 2s, kill 5s"}, at: 5100 * time.Millisecond,
		failure: "worker 1: exit status 1\nworker 2: signal: killed",
	}.play(t)
}

func TestASignalAfterAFailureKills(t *testing.T) {
	story{
		why: "worker 0 fails at 2s, worker 1 cleans up for 2s, SIGINT comes at 3s", script: []sent{{3 * time.Second, syscall.SIGINT}},
		group: []*child{{lives: 2 * time.Second, fails: true}, {cleanUp: 2 * time.Second}},
		got:   []string{"", "terminated 2s, kill 3s"}, at: 3100 * time.Millisecond,
		failure: "worker 0: exit status 1\nworker 1: signal: killed",
	}.play(t)
}

func TestAFailureInTheCleanUpChangesNothingForTheOthers(t *testing.T) {
	story{
		why: "SIGTERM comes at 5s, worker 2 fails in its clean-up at 6s, worker 1 ignores signals, worker 0 takes until 7s", script: []sent{{5 * time.Second, syscall.SIGTERM}},
		group: []*child{{cleanUp: 2 * time.Second}, {}, {cleanUp: time.Second, fails: true}},
		got:   []string{"terminated 5s", "terminated 5s, kill 8s", "terminated 5s"}, at: 8100 * time.Millisecond,
		failure: "worker 1: signal: killed\nworker 2: exit status 1",
	}.play(t)
}

func TestAProcessThatHasEndedIsLeftAlone(t *testing.T) {
	story{
		why: "worker 0 has ended at 1s, cleanly, SIGTERM comes at 5s, worker 1 has cleaned up at 6s, worker 2 ignores signals", script: []sent{{5 * time.Second, syscall.SIGTERM}},
		group: []*child{{lives: time.Second}, {cleanUp: time.Second}, {}},
		got:   []string{"", "terminated 5s", "terminated 5s, kill 8s"}, at: 8100 * time.Millisecond,
		failure: "worker 2: signal: killed",
	}.play(t)
}

func TestAnErrorOfSignalOrKillStopsNothing(t *testing.T) {
	story{
		why: "Signal and Kill fail for worker 0, which ends at 10s, the others ignore signals", script: []sent{{5 * time.Second, syscall.SIGTERM}},
		rule:  "how a process ended is for Wait to say, also when Signal or Kill was called",
		group: []*child{{lives: 10 * time.Second, broken: os.ErrPermission}, {}, {}},
		got:   []string{"terminated 5s, kill 8s", "terminated 5s, kill 8s", "terminated 5s, kill 8s"}, at: 10 * time.Second,
		failure: "worker 1: signal: killed\nworker 2: signal: killed",
	}.play(t)
}

func TestAllFailuresComeOutInTheOrderOfTheProcesses(t *testing.T) {
	story{
		why: "worker 2 fails at 1s, worker 0 at 2s and worker 1 at 3s, in their clean-ups",
		group: []*child{
			{cleanUp: time.Second, fails: true}, {cleanUp: 2 * time.Second, fails: true}, {lives: time.Second, fails: true},
		},
		got: []string{"terminated 1s", "terminated 1s", ""}, at: 3 * time.Second,
		failure: "worker 0: exit status 1\nworker 1: exit status 1\nworker 2: exit status 1",
	}.play(t)
}

// A frail process ends as soon as it is sent anything, before that call returns.
type frail struct {
	brief

	ended    chan struct{}
	sending  atomic.Int64 // calls of Signal and Kill under way
	returned *atomic.Bool // Run has
	stubborn bool         // it ignores Signal
}

func (f *frail) Signal(os.Signal) error {
	if !f.stubborn {
		f.send()
	}
	return nil
}

func (f *frail) Kill() error {
	f.send()
	return nil
}

func (f *frail) send() {
	f.sending.Add(1)
	defer f.sending.Add(-1)
	close(f.ended)
	for n := 0; n < 50_000 && !f.returned.Load(); n++ { // an answer that waits for this call sees them all
		runtime.Gosched()
	}
}

func (f *frail) Wait() error {
	<-f.ended
	return nil
}

func TestNoCallOfSignalOrKillIsUnderWayWhenRunReturns(t *testing.T) {
	for _, stubborn := range []bool{false, true} {
		lesson.Bubble(t, func(t *testing.T) {
			var returned atomic.Bool
			f := &frail{ended: make(chan struct{}), returned: &returned, stubborn: stubborn}
			signals := make(chan os.Signal, 1)
			signals <- syscall.SIGTERM
			_ = exercise.Run(signals, within, []exercise.Process{f})
			what := "Signal"
			if stubborn {
				what = "Kill"
			}
			if f.sending.Load() > 0 {
				t.Errorf("Run returned while a call of %s was under way in another goroutine, which is left behind", what)
			}
			returned.Store(true)
		})
	}
}

func TestAfterTheKillNeitherTheTimeNorASignalKillsAgain(t *testing.T) {
	story{
		why: "SIGINT comes at 5s and 6s, 3s are allowed, worker 0 needs 4s to die", script: []sent{{5 * time.Second, syscall.SIGINT}, {6 * time.Second, syscall.SIGINT}},
		group: []*child{{dies: 4 * time.Second}},
		got:   []string{"interrupt 5s, kill 6s"}, at: 10 * time.Second,
		failure: "worker 0: signal: killed",
	}.play(t)
	story{
		why: "SIGINT comes at 5s and 9s, 3s are allowed, worker 0 needs 4s to die", script: []sent{{5 * time.Second, syscall.SIGINT}, {9 * time.Second, syscall.SIGINT}},
		group: []*child{{dies: 4 * time.Second}},
		got:   []string{"interrupt 5s, kill 8s"}, at: 12 * time.Second,
		failure: "worker 0: signal: killed",
	}.play(t)
}

// A brief is a process that ends after a second, whatever is sent to it. It has no lock that would order the calls.
type brief struct {
	err   error
	waits atomic.Int32
}

func (b *brief) Name() string           { return "brief %d" } // a name is no format
func (b *brief) Signal(os.Signal) error { return os.ErrProcessDone }
func (b *brief) Kill() error            { return os.ErrProcessDone }
func (b *brief) Wait() error {
	b.waits.Add(1)
	time.Sleep(time.Second)
	return b.err
}

// A slow process takes long to clean up, and notes when it was killed.
type slow struct {
	brief

	cleanUp      time.Duration
	asked, ended chan struct{}
	killed       atomic.Bool
}

func (s *slow) Signal(os.Signal) error {
	close(s.asked)
	return nil
}

func (s *slow) Kill() error {
	s.killed.Store(true)
	close(s.ended)
	return nil
}

func (s *slow) Wait() error {
	<-s.asked
	select {
	case <-time.After(s.cleanUp):
	case <-s.ended:
	}
	return s.err
}

func TestAProcessHasAllOfWithin(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		signals := make(chan os.Signal, 1)
		signals <- syscall.SIGTERM
		s, start := &slow{cleanUp: 47 * time.Hour, asked: make(chan struct{}), ended: make(chan struct{})}, time.Now()
		err := exercise.Run(signals, 48*time.Hour, []exercise.Process{s})
		switch took := time.Since(start); {
		case s.killed.Load():
			t.Errorf("a process needs 47h to clean up and within is 48h, and Run killed it at %v", took)
		case err != nil || took != 47*time.Hour:
			t.Errorf("a process needs 47h to clean up and within is 48h: Run returned %s at %v, not nil at 47h", lesson.Quote(err), took)
		}
	})
}

// A named process ends at once.
type named struct {
	brief

	name string
}

func (n *named) Name() string { return n.name }
func (n *named) Wait() error  { return n.err }

func TestTheErrorsStandInTheOrderOfTheProcessesWhateverTheirNames(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		list := lesson.ListError{"exit status 1", "no core"} // as the errors of some libraries, it cannot be compared by ==
		var procs []exercise.Process
		for _, name := range []string{"web", "cache", "mail", "cache"} {
			procs = append(procs, &named{brief: brief{err: list}, name: name})
		}
		const want = "web: exit status 1, no core\ncache: exit status 1, no core\nmail: exit status 1, no core\ncache: exit status 1, no core"
		if err := exercise.Run(make(chan os.Signal), within, procs); err == nil || err.Error() != want {
			t.Errorf("web, cache, mail and another cache fail, each with %q: Run returned %s, not %q, which is in the order of procs", list, lesson.Quote(err), want)
		}
	})
}

func TestProcessesMayEndAtTheSameInstant(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		var procs []exercise.Process
		for i := range 4 {
			b := &brief{}
			if i%2 == 0 {
				b.err = errStatus
			}
			procs = append(procs, b)
		}
		err := exercise.Run(make(chan os.Signal), within, procs)
		if want := "brief %d: exit status 1\nbrief %d: exit status 1"; err == nil || err.Error() != want {
			t.Errorf("four processes end at 1s, two of them fail: Run returned %s, not %q", lesson.Quote(err), want)
		}
		nothingLeft(t)
	})
}

func TestAllAreAskedHoweverManyThereAre(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var group []*child
		for range 300 {
			group = append(group, &child{cleanUp: time.Second})
		}
		_, _ = run(t, []sent{{5 * time.Second, syscall.SIGTERM}}, group...)
		for _, c := range group {
			if len(c.sent()) == 0 {
				t.Fatalf("there are 300 processes, and SIGTERM comes at 5s, when all still run: %s was not asked: Run asks each process, however many there are", c.name)
			}
		}
	})
}
