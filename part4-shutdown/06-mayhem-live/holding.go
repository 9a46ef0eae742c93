package main

import (
	"sync"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// holding knows which messages this process has, so that none of them begins twice: a server that was killed may have forgotten that a
// deadline was extended, and deliver a message again that is still being handled here, or was until now. The zero value knows of none.
type holding struct {
	mu    sync.Mutex // guards what follows
	by    map[string]*receipt
	sweep int // forget what holds no more at so many
}

// begin reports whether a delivery may be begun.
func (h *holding) begin(d mayhem.Delivery) bool {
	mine := d.Receipt.(*receipt)
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.by[d.ID]; !mine.holds() || other != nil && other.holds() {
		return false
	}
	if h.by == nil || len(h.by) >= h.sweep {
		kept := make(map[string]*receipt)
		for id, r := range h.by {
			if r.holds() {
				kept[id] = r
			}
		}
		h.by, h.sweep = kept, 2*len(kept)+1000
	}
	h.by[d.ID] = mine
	return true
}

// done is for a message that is settled. What was delivered before that, and waits here, has a deadline that is not later than ours.
func (h *holding) done(d mayhem.Delivery, ackWait time.Duration) {
	d.Receipt.(*receipt).until.Store(time.Now().Add(ackWait).UnixNano())
}

// over is for a message that was given back.
func (h *holding) over(d mayhem.Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by[d.ID] == d.Receipt.(*receipt) {
		delete(h.by, d.ID)
	}
}
