package locks

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"example.com/asyncio-to-go/part2-queues-locks/internal/line"
)

// ErrBroken is returned by [Barrier.Wait] when the Barrier is reset or aborted before the round is complete.
var ErrBroken = errors.New("locks: barrier is broken")

// A Barrier holds up each party of a round until all have arrived, and then begins the next round. Make one with
// [NewBarrier]; a Wait on the zero value panics. asyncio's name is Barrier.
//
// More goroutines than parties may use it: a goroutine that arrives while a complete round is still leaving waits for the
// next round. A Barrier must not be copied after first use. In the terminology of the Go memory model, the call of each Wait
// of a complete round is synchronized before the return of every Wait of that round.
type Barrier struct {
	parties int

	mu      sync.Mutex // guards what follows, and the parties
	line    line.Line[party]
	arrived int // how many are in line
	broken  bool
}

// A party is one call of Wait.
type party struct {
	over  chan struct{}   // closed when its round is complete or broken
	ended <-chan struct{} // its ctx's
	index int             // -1 until its round is complete
}

// NewBarrier returns a Barrier for rounds of that many parties. It panics if parties < 1.
func NewBarrier(parties int) *Barrier {
	if parties < 1 {
		panic(fmt.Sprintf("locks: a Barrier for %d parties", parties))
	}
	return &Barrier{parties: parties}
}

// Wait waits until the round is complete, ctx ends, or the Barrier is broken. In a complete round each party gets an index
// of its own, 0 to parties-1 in the order of arrival, and that stands, whatever ends afterwards.
//
// If ctx ends first, Wait returns -1 and [context.Cause] of ctx. The caller has left and the Barrier is not broken: later
// parties move up, and the round needs one more again. If the Barrier is broken first, or already, Wait returns
// -1 and [ErrBroken]; or -1 and the cause, if ctx has ended too.
func (b *Barrier) Wait(ctx context.Context) (index int, err error) {
	if b.parties == 0 {
		panic("locks: Barrier not made by NewBarrier")
	}
	check(ctx, "Barrier.Wait")
	if ctx.Err() == nil {
		if index := b.wait(ctx.Done()); index >= 0 {
			return index, nil
		}
	}
	if ctx.Err() != nil {
		return -1, context.Cause(ctx)
	}
	return -1, ErrBroken
}

// wait is the way of one party through its round. It returns the party's index, or -1 if the Barrier was broken or the party left.
func (b *Barrier) wait(ended <-chan struct{}) int {
	p := b.arrive(ended)
	if p == nil {
		return -1
	}
	select {
	case <-p.Value.over:
	case <-ended:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leaveLocked(p)
	return p.Value.index
}

// arrive puts a party into the line, and completes the round if it is the last. It returns nil if the Barrier is broken.
func (b *Barrier) arrive(ended <-chan struct{}) *line.Place[party] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return nil
	}
	p := &line.Place[party]{Value: party{over: make(chan struct{}), ended: ended, index: -1}}
	b.line.Push(p)
	b.arrived++
	b.completeLocked()
	return p
}

// Reset makes the Barrier as new: each Wait under way returns ErrBroken, and an aborted Barrier is usable again.
func (b *Barrier) Reset() {
	b.breakUp(false)
}

// Abort breaks the Barrier: each Wait under way, and each that is called before the next Reset, returns ErrBroken.
func (b *Barrier) Abort() {
	b.breakUp(true)
}

func (b *Barrier) breakUp(broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = broken
	for b.arrived > 0 {
		close(b.popLocked().over)
	}
}

// completeLocked completes the round if all parties are there. A party whose ctx has ended does not count, even if it has
// not run yet to leave: it will return the cause, and then the round would lack a party.
func (b *Barrier) completeLocked() {
	if b.arrived < b.parties {
		return
	}
	var next *line.Place[party]
	for p := b.line.First(); p != nil; p = next {
		next = p.Next()
		select {
		case <-p.Value.ended:
			b.leaveLocked(p)
		default:
		}
	}
	if b.arrived < b.parties {
		return
	}
	for i := range b.parties {
		p := b.popLocked()
		p.index = i
		close(p.over)
	}
}

// leaveLocked takes p out of the line, unless its round is over or it has left before.
func (b *Barrier) leaveLocked(p *line.Place[party]) {
	if b.line.Remove(p) {
		b.arrived--
	}
}

func (b *Barrier) popLocked() *party {
	b.arrived--
	return &b.line.Pop().Value
}
