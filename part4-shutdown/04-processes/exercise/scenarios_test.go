//go:build exercise

package exercise_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/asyncio-to-go/part4-shutdown/04-processes/exercise"
	solution "example.com/asyncio-to-go/part4-shutdown/04-processes/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A family is a scenario: what each process does, and which signals come.
type family struct {
	within  time.Duration
	members []member
	script  []sent
}

type member struct {
	name                 string
	lives, cleanUp, dies time.Duration
	deaf                 bool  // signals have no effect
	fails                error // when it ends by itself or has cleaned up
	signal, kill         error // what Signal and Kill return, and they have no effect then
}

func (s family) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "within is %s", exam.Clock(s.within))
	for i, m := range s.members {
		fmt.Fprintf(&b, "; process %d, %q, lives for %s", i, m.name, exam.Clock(m.lives))
		if m.deaf {
			b.WriteString(", ignores signals")
		} else {
			fmt.Fprintf(&b, ", cleans up for %s", exam.Clock(m.cleanUp))
		}
		fmt.Fprintf(&b, ", ends with %s, or %s after it is killed", lesson.Quote(m.fails), exam.Clock(m.dies))
		if m.signal != nil {
			fmt.Fprintf(&b, "; its Signal fails with %q", m.signal)
		}
		if m.kill != nil {
			fmt.Fprintf(&b, "; its Kill fails with %q", m.kill)
		}
	}
	for _, sig := range s.script {
		fmt.Fprintf(&b, "; %q comes at %s", sig.sig, exam.Clock(sig.at))
	}
	return b.String()
}

// Mistake names what is behind a difference, in the words of the contract.
func (s family) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	comes := slices.ContainsFunc(s.script, func(sig sent) bool { return sig.at == at.At })
	asked := slices.IndexFunc(at.Before, func(l exam.Line) bool { return strings.HasPrefix(l.Text, "is sent") })
	over := asked >= 0 && at.At == at.Before[asked].At+s.within
	switch {
	case odd("process", "is sent") && missing("process", "is sent"):
		return "Signal was called with another signal than the one that came, or than SIGTERM after a failure; or not for the processes that still ran"
	case missing("process", "is sent") && comes:
		return "the first signal had come, and Signal was not called at once for each process that still ran"
	case missing("process", "is sent"):
		return "a process had failed, for its Wait had returned an error, and Signal was not called at once for each process that still ran"
	case odd("process", "is sent") && asked >= 0:
		return "the group is asked once, and only processes that still run: Signal was called again, or for one whose Wait had returned"
	case odd("process", "is sent"):
		return "Signal was called although no signal had come and no process had failed"
	case missing("process", "is killed") && over:
		return "within had passed since the group was asked, and Kill was not called for each process that still ran"
	case missing("process", "is killed"):
		return "one more signal had come after the group was asked, and Kill was not called at once for each process that still ran"
	case odd("process", "is killed") && asked < 0:
		return "Kill was called before the group was asked"
	case odd("process", "is killed") && at.Before.Has("process", "is killed"):
		return "Kill is called once, and only for processes that still run: it was called again, or for one whose Wait had returned"
	case odd("process", "is killed"):
		return "Kill was called although within had not passed since the group was asked, and no more signal had come"
	case odd("Run", "returns") && missing("Run", "returns"):
		return "Run returns the errors of all that failed or were killed, joined in the order of procs, each as name: error, or nil"
	case odd("Run", "returns"):
		return "Run returned although a Wait had not returned"
	case missing("Run", "returns"):
		return "the last Wait had returned, and Run did not return"
	}
	return ""
}

var errTerminated = errors.New("signal: terminated")

func drawFamily(d *exam.Draw) family {
	s := family{within: d.Time(2000, 500, 4000)}
	twins := d.Chance(5)
	for i := range d.Int(0, 4) {
		m := member{
			name: fmt.Sprint("worker ", i), lives: d.Time(9000, 0, 600, 2000, 5000, 20_000), cleanUp: d.Time(700, 0, 1500, 3000, 6000),
			dies: d.Time(100, 1000, 5000), deaf: d.Chance(3),
		}
		if twins {
			m.name = "worker"
		}
		if d.Chance(3) {
			m.fails = exam.Pick(d, errStatus, fmt.Errorf("run: %w", errStatus), os.ErrProcessDone, errTerminated)
		}
		if d.Chance(5) {
			m.signal = exam.Pick(d, os.ErrPermission, os.ErrProcessDone)
		}
		if d.Chance(5) {
			m.kill = exam.Pick(d, os.ErrPermission, os.ErrProcessDone)
		}
		s.members = append(s.members, m)
	}
	var at time.Duration
	for range d.Int(0, 3) {
		at += d.Time(1000, 200, 3000, 6000)
		s.script = append(s.script, sent{at, exam.Pick(d, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)})
	}
	return s
}

// A proc is a member at work. It is a Process of the exercise and of its solution.
type proc struct {
	member

	p            *exam.Play
	task         string
	asked, shots chan struct{}
	ended        chan struct{}
	err          error // once ended is closed
	waited       sync.Once
}

func (c *proc) live() {
	defer close(c.ended)
	asked, over, dead := c.asked, time.After(c.lives), (<-chan time.Time)(nil)
	for {
		select {
		case <-asked:
			asked, over = nil, time.After(c.cleanUp)
		case <-c.shots:
			over, dead = nil, time.After(c.dies)
		case <-over:
			c.err = c.fails
			return
		case <-dead:
			c.err = errKilled
			return
		}
	}
}

func (c *proc) Name() string { return c.name }

func (c *proc) Signal(sig os.Signal) error {
	c.p.Say(c.task, "is sent %q", sig)
	if !c.deaf && c.signal == nil {
		push(c.asked)
	}
	return c.signal
}

func (c *proc) Kill() error {
	c.p.Say(c.task, "is killed")
	if c.kill == nil {
		push(c.shots)
	}
	return c.kill
}

func push(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

func (c *proc) Wait() error {
	c.p.Say(c.task, "is waited for")
	err := errors.New("Wait was called before")
	c.waited.Do(func() {
		<-c.ended
		err = c.err
	})
	return err
}

// play plays a family; open hands its processes to Run.
func play(open func(<-chan os.Signal, time.Duration, []*proc) error) func(p *exam.Play, s family) {
	return func(p *exam.Play, s family) {
		names := exam.Names{"errStatus": errStatus, "errKilled": errKilled, "os.ErrProcessDone": os.ErrProcessDone, "errTerminated": errTerminated}
		signals := make(chan os.Signal, len(s.script))
		for _, sig := range s.script {
			p.Go(sig.at, func() { signals <- sig.sig })
		}
		var procs []*proc
		for i, m := range s.members {
			c := &proc{member: m, p: p, task: fmt.Sprint("process ", i), asked: make(chan struct{}, 1), shots: make(chan struct{}, 1), ended: make(chan struct{})}
			procs = append(procs, c)
			p.Go(0, c.live)
		}
		p.Go(0, func() {
			err := open(signals, s.within, procs)
			p.Say("Run", "returns %s: %s", lesson.Quote(err), names.Of(err))
			if p.Left() != "" {
				p.Say("Run", "has left a goroutine behind")
			}
		})
		p.Go(time.Minute, func() {}) // what comes late shows
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawFamily,
		play(func(signals <-chan os.Signal, within time.Duration, procs []*proc) error {
			var group []exercise.Process
			for _, c := range procs {
				group = append(group, c)
			}
			return exercise.Run(signals, within, group)
		}),
		play(func(signals <-chan os.Signal, within time.Duration, procs []*proc) error {
			var group []solution.Process
			for _, c := range procs {
				group = append(group, c)
			}
			return solution.Run(signals, within, group)
		}))
}
