package locks_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// Plain implementations, each wrong in the one respect that bug names; a comment names a real implementation with this bug. They yield where being
// held up shows most: between joining a line and the wait.

// errOver ends the waits of those that a bug has forgotten.
var errOver = errors.New("the play is over")

var lockBugs = []string{
	"takes a free lock on an ended ctx", // sync.Mutex cannot know better
	"looks at ctx too early",            // and the holder ends it, and releases
	"keeps a lock that came after ctx had ended",
	"keeps the wake-up to itself", // asyncio until 3.7
	"stays in the line after giving up",
	"serves the last first",
	"lets newcomers barge", // sync.Mutex
	"releases what it keeps",
	"returns ctx.Err, not the cause", // semaphore.Weighted
	"tries without looking at the line",
}

type plainLock struct {
	bug  string
	over <-chan struct{}

	mu   sync.Mutex
	held bool
	line []chan struct{}
}

func (l *plainLock) Acquire(ctx context.Context) error {
	if l.bug == "looks at ctx too early" {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		runtime.Gosched()
	}
	l.mu.Lock()
	if ctx.Err() != nil && l.bug != "looks at ctx too early" && (l.held || l.bug != "takes a free lock on an ended ctx") {
		l.mu.Unlock()
		return context.Cause(ctx)
	}
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return nil
	}
	ready := make(chan struct{})
	if l.bug == "serves the last first" {
		l.line = slices.Insert(l.line, 0, ready)
	} else {
		l.line = append(l.line, ready)
	}
	l.mu.Unlock()

	runtime.Gosched()
	select {
	case <-ready:
		if l.bug == "lets newcomers barge" {
			return l.Acquire(ctx)
		}
		if ctx.Err() == nil || l.bug == "keeps a lock that came after ctx had ended" {
			return nil
		}
	case <-ctx.Done():
	case <-l.over:
		return errOver
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.line, ready); i < 0 {
		if l.bug != "keeps the wake-up to itself" {
			l.releaseLocked()
		}
		if l.bug == "releases what it keeps" {
			return nil
		}
	} else if l.bug != "stays in the line after giving up" {
		l.line = slices.Delete(l.line, i, i+1)
	}
	if l.bug == "returns ctx.Err, not the cause" {
		return ctx.Err()
	}
	return context.Cause(ctx)
}

func (l *plainLock) releaseLocked() {
	l.held = len(l.line) > 0 && l.bug != "lets newcomers barge"
	if len(l.line) > 0 {
		close(l.line[0])
		l.line = l.line[1:]
	}
}

func (l *plainLock) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.releaseLocked()
}

func (l *plainLock) TryAcquire() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held && (len(l.line) == 0 || l.bug != "tries without looking at the line") {
		return false
	}
	l.held = true
	return true
}

func (l *plainLock) Locked() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held
}

var conditionBugs = []string{
	"loses the wake-up of one that gives up", // asyncio until 3.12
	"loses it while the lock is taken back",  // asyncio until 3.12
	"returns an error without the lock",
	"returns nil though ctx ended while it took the lock back",
	"passes the wake-up on without having had one",
	"notifies the last first",
	"notifies one more",
	"lets the notified run for the lock", // sync.Cond, asyncio
	"releases the lock on an ended ctx",
}

type plainCondition struct {
	*plainLock
	room []chan struct{} // guarded by mu
}

func (c *plainCondition) Wait(ctx context.Context) error {
	c.mu.Lock()
	if ctx.Err() != nil {
		if c.bug == "releases the lock on an ended ctx" {
			c.releaseLocked()
		}
		c.mu.Unlock()
		return context.Cause(ctx)
	}
	ready := make(chan struct{})
	c.room = append(c.room, ready)
	c.releaseLocked()
	c.mu.Unlock()

	runtime.Gosched()
	select {
	case <-ready:
		if c.bug == "lets the notified run for the lock" {
			if err := c.Acquire(context.WithoutCancel(ctx)); err != nil {
				return err
			}
		}
		if ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	case <-c.over:
		return errOver
	}
	c.mu.Lock()
	waiting, notified := slices.Index(c.room, ready), slices.Contains(c.line, ready)
	switch {
	case waiting >= 0:
		c.room = slices.Delete(c.room, waiting, waiting+1)
		if c.bug == "returns an error without the lock" {
			c.mu.Unlock()
			return context.Cause(ctx)
		}
		c.queueLocked(ready)
		if c.bug == "passes the wake-up on without having had one" {
			c.notifyLocked(1)
		}
	case notified && c.bug == "loses it while the lock is taken back":
	case !notified && c.bug == "loses the wake-up of one that gives up":
	default:
		c.notifyLocked(1)
	}
	c.mu.Unlock()
	runtime.Gosched()
	select {
	case <-ready:
	case <-c.over:
		return errOver
	}
	if notified && c.bug == "returns nil though ctx ended while it took the lock back" {
		return nil
	}
	return context.Cause(ctx)
}

func (c *plainCondition) queueLocked(ready chan struct{}) {
	if c.line = append(c.line, ready); !c.held {
		c.releaseLocked()
	}
}

func (c *plainCondition) Notify(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bug == "notifies one more" {
		n++
	}
	c.notifyLocked(n)
}

func (c *plainCondition) notifyLocked(n int) {
	for ; n > 0 && len(c.room) > 0; n-- {
		i := 0
		if c.bug == "notifies the last first" {
			i = len(c.room) - 1
		}
		ready := c.room[i]
		c.room = slices.Delete(c.room, i, i+1)
		if c.bug == "lets the notified run for the lock" {
			close(ready)
		} else {
			c.queueLocked(ready)
		}
	}
}

var eventBugs = []string{
	"looks again after the wake-up",      // and misses Set and Clear
	"prefers an ended ctx to the answer", //
	"prefers whichever it finds first",   // a select without a second look
	"keeps the old channel after Clear",
	"does not tell late waiters that it is set",
	"wakes its waiters when it is cleared",
}

type plainEvent struct {
	bug  string
	over <-chan struct{}

	mu   sync.Mutex
	set  bool
	done chan struct{}
}

func (e *plainEvent) Set() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.set {
		e.set = true
		select {
		case <-e.done:
		default:
			close(e.done)
		}
	}
}

func (e *plainEvent) Clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.set && e.bug == "wakes its waiters when it is cleared" {
		close(e.done)
		e.done = make(chan struct{})
	}
	if e.set && e.bug != "keeps the old channel after Clear" {
		e.done = make(chan struct{})
	}
	e.set = false
}

func (e *plainEvent) IsSet() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.set
}

func (e *plainEvent) Done() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.bug == "does not tell late waiters that it is set" {
		return make(chan struct{})
	}
	return e.done
}

func (e *plainEvent) Wait(ctx context.Context) error {
	if e.bug == "prefers an ended ctx to the answer" && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	done := e.Done()
	if e.IsSet() && e.bug != "prefers whichever it finds first" {
		return nil
	}
	runtime.Gosched()
	select {
	case <-done:
		if e.bug == "looks again after the wake-up" && !e.IsSet() {
			return e.Wait(ctx)
		}
		return nil
	case <-ctx.Done():
	case <-e.over:
		return errOver
	}
	select {
	case <-done:
		if e.bug != "prefers an ended ctx to the answer" && e.bug != "prefers whichever it finds first" {
			return nil
		}
	default:
	}
	return context.Cause(ctx)
}

var barrierBugs = []string{
	"breaks when one gives up",           // threading.Barrier
	"does not give a freed index again",  //
	"gives an index twice",               // asyncio
	"still counts one that has given up", //
	"counts one whose ctx has ended",     // and tells only the others that the round is complete
	"lets ctx undo a complete round",     //
	"stays broken after Reset",           //
	"forgets its waiters when it breaks", //
	"lets newcomers into the last round", //
	"prefers ErrBroken to an ended ctx",  //
}

type plainBarrier struct {
	bug     string
	over    <-chan struct{}
	parties int

	mu     sync.Mutex
	broken bool
	line   []*plainParty
	last   bool // a round has been complete
}

type plainParty struct {
	ready chan struct{}
	ended <-chan struct{}
	index int
	in    bool // a complete round
}

func (b *plainBarrier) Wait(ctx context.Context) (int, error) {
	b.mu.Lock()
	if ctx.Err() != nil || b.broken {
		defer b.mu.Unlock()
		return b.giveUp(ctx)
	}
	if b.last && b.bug == "lets newcomers into the last round" {
		b.mu.Unlock()
		return b.parties - 1, nil
	}
	p := &plainParty{ready: make(chan struct{}), ended: ctx.Done(), index: len(b.line)}
	b.line = append(b.line, p)
	b.completeLocked()
	b.mu.Unlock()

	runtime.Gosched()
	select {
	case <-p.ready:
	case <-ctx.Done():
	case <-b.over:
		return -1, errOver
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.in && (ctx.Err() == nil || b.bug != "lets ctx undo a complete round") {
		return p.index, nil
	}
	if i := slices.Index(b.line, p); i >= 0 && b.bug != "still counts one that has given up" {
		b.line = slices.Delete(b.line, i, i+1)
		if b.bug == "breaks when one gives up" {
			b.breakLocked(true)
		}
	}
	return b.giveUp(ctx)
}

func (b *plainBarrier) giveUp(ctx context.Context) (int, error) {
	if ctx.Err() != nil && (!b.broken || b.bug != "prefers ErrBroken to an ended ctx") {
		return -1, context.Cause(ctx)
	}
	return -1, locks.ErrBroken
}

func (b *plainBarrier) completeLocked() {
	if b.bug != "counts one whose ctx has ended" && b.bug != "still counts one that has given up" {
		b.line = slices.DeleteFunc(b.line, func(p *plainParty) bool {
			select {
			case <-p.ended:
				return true
			default:
				return false
			}
		})
	}
	if len(b.line) < b.parties {
		return
	}
	for i, p := range b.line {
		if b.bug != "gives an index twice" {
			p.index = i
		}
		if b.bug == "does not give a freed index again" {
			p.index++
		}
		p.in = true
		close(p.ready)
	}
	b.line, b.last = nil, true
}

func (b *plainBarrier) breakLocked(broken bool) {
	b.broken = broken
	if b.bug == "forgets its waiters when it breaks" {
		return
	}
	for _, p := range b.line {
		close(p.ready)
	}
	b.line = nil
}

func (b *plainBarrier) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.breakLocked(b.broken && b.bug == "stays broken after Reset")
}

func (b *plainBarrier) Abort() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.breakLocked(true)
}
