package queues_test

import (
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/assert"
)

// What examines the right queue has to find each of the wrong ones kept here.
func TestEveryWrongQueueIsFound(t *testing.T) {
	for _, wrong := range wrongQueues {
		for _, order := range orders() {
			t.Run(wrong.name+"/"+order.name, func(t *testing.T) {
				if wrong.by != histories {
					assert.True(t, foundByModel(t, order, wrong.make), "random sequences did not find it")
				}
				if wrong.by != sequences {
					assert.True(t, foundByHistory(t, order, wrong.make), "parallel histories did not find it")
				}
			})
		}
	}
}

func foundByModel(t *testing.T, order order, wrong func(order, int) queue) bool {
	t.Helper()
	for i := range 1000 {
		maxSize := 1 + i%3
		if playSteps(t, order, maxSize, func() queue { return wrong(order, maxSize) }, allSteps.Example(i)) != "" {
			return true
		}
	}
	return false
}

func foundByHistory(t *testing.T, order order, wrong func(order, int) queue) bool {
	t.Helper()
	for seed := range 50_000 {
		maxSize := 1 + seed%3
		history := record(t, func() queue { return wrong(order, maxSize) }, uint64(seed))
		if !porcupine.CheckOperations(sequential(order, maxSize), history) {
			return true
		}
	}
	return false
}

type finder int

const (
	both      finder = iota
	sequences        // no history tells which call came first, or when a ctx ended: only the model knows
	histories        // it is right as long as one thing happens after the other has settled
)

var wrongQueues = []struct {
	name string
	by   finder
	make func(order, int) queue
}{
	{"a cancelled Get leaves a goroutine behind that gets", both, func(o order, n int) queue { return getsLater{o.make(n)} }},
	{"a cancelled Put leaves a goroutine behind that puts", both, func(o order, n int) queue { return putsLater{o.make(n)} }},
	{"an item that came too late is put back at the end", histories, func(o order, n int) queue { return putsBack{o.make(n)} }},
	{"a ctx that has ended is looked at too late", sequences, func(o order, n int) queue { return looksLate{o.make(n)} }},
	{"all are woken, and the first to run is served", sequences, func(o order, n int) queue { return &wakesAll{right: o.make(n)} }},
	{"there is one place too many", both, func(o order, n int) queue { return o.make(n + 1) }},
	{"the order is another", both, otherOrder},
	{"Close drops what is queued", both, func(o order, n int) queue { return closeDrops{o.make(n)} }},
	{"CloseNow keeps what is queued", both, func(o order, n int) queue { return closeNowKeeps{o.make(n)} }},
	{"Get returns ErrClosed though items are left", both, func(o order, n int) queue { return &deafGet{right: o.make(n)} }},
	{"Join does not wait for items in hand", both, func(o order, n int) queue { return hastyJoin{o.make(n)} }},
	{"Len counts after the fact", histories, func(o order, n int) queue { return &countsLate{right: o.make(n)} }},
	{"there is room when it looks, not when it puts", histories, func(o order, n int) queue { return &looksThenPuts{o.make(0), n} }},
	{"CloseNow takes items out one by one", histories, func(o order, n int) queue { return dropsOneByOne{o.make(n)} }},
}
