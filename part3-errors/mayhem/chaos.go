package mayhem

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Seed makes random decisions that can be repeated: the answer depends only on the seed and the question, not on the order of the
// questions, the caller or the machine.
type Seed uint64

// Chance returns a number from 0 up to, but not including, 1 for a question.
func (s Seed) Chance(question string) float64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", s, question))
	return float64(binary.BigEndian.Uint32(sum[:])) / (1 << 32)
}

// What a [Chaos] fails with.
var (
	ErrHostDown     = errors.New("host down")
	ErrDatabaseBusy = errors.New("database busy")
)

// A Chaos is a [Store] and a [Restarter] that only takes time and sometimes fails. The zero value takes no time and never fails. Its
// fields must not change while it is used. It keeps two numbers for each host.
//
// The questions to its seed are "save web-1 2", whether the second attempt to save a message for web-1 fails, and "save web-1 2 takes",
// how long it takes; the same with restart. So what happens to one host does not depend on what happens to another.
type Chaos struct {
	Seed     Seed
	FailRate float64                            // the part of the attempts that fails: 0.25 is every fourth
	Takes    func(chance float64) time.Duration // how long an attempt takes; nil, 0 or less: no time

	mu        sync.Mutex // guards what follows
	attempts  map[string]int
	restarted int
}

// Save implements [Store]. It keeps nothing.
func (c *Chaos) Save(ctx context.Context, m Message) error {
	return c.attempt(ctx, "save "+m.Host, ErrDatabaseBusy)
}

// Restart implements [Restarter].
func (c *Chaos) Restart(ctx context.Context, host string) error {
	err := c.attempt(ctx, "restart "+host, ErrHostDown)
	if err == nil {
		c.mu.Lock()
		c.restarted++
		c.mu.Unlock()
	}
	return err
}

// Restarted returns how many restarts have succeeded.
func (c *Chaos) Restarted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.restarted
}

// attempt takes its time and then returns nil or failure; when ctx ends first, its cause.
func (c *Chaos) attempt(ctx context.Context, what string, failure error) error {
	c.mu.Lock()
	if c.attempts == nil {
		c.attempts = make(map[string]int)
	}
	c.attempts[what]++
	question := fmt.Sprintf("%s %d", what, c.attempts[what])
	c.mu.Unlock()
	if c.Takes != nil {
		sleep(ctx, max(0, c.Takes(c.Seed.Chance(question+" takes"))), nil)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if c.Seed.Chance(question) < c.FailRate {
		return failure
	}
	return nil
}
