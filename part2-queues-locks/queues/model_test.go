package queues_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/asyncio-to-go/part2-queues-locks/queues"
)

// A flight is a call in flight: what it does, and what the model says of it.
type flight struct {
	*call
	cancel   context.CancelCauseFunc
	put      int
	landed   bool
	wantItem int
	wantErr  error
}

func (f *flight) land(item int, err error) { f.landed, f.wantItem, f.wantErr = true, item, err }

type model struct {
	order             order
	maxSize           int
	items             []int
	open              int
	closed            bool
	puts, gets, joins []*flight
}

func (m *model) pop() int {
	i := m.order.first(m.items)
	item := m.items[i]
	m.items = slices.Delete(m.items, i, i+1)
	m.open++
	return item
}

// settle lets every call return that can, first come, first served.
func (m *model) settle() {
	for {
		switch {
		case len(m.gets) > 0 && len(m.items) > 0:
			m.gets[0].land(m.pop(), nil)
			m.gets = m.gets[1:]
		case len(m.puts) > 0 && len(m.items) < m.maxSize && !m.closed:
			m.items = append(m.items, m.puts[0].put)
			m.puts[0].land(0, nil)
			m.puts = m.puts[1:]
		default:
			if m.closed {
				for _, f := range slices.Concat(m.puts, m.gets) {
					f.land(0, queues.ErrClosed)
				}
				m.puts, m.gets = nil, nil
			}
			if len(m.items)+m.open == 0 {
				for _, f := range m.joins {
					f.land(0, nil)
				}
				m.joins = nil
			}
			return
		}
	}
}

func (m *model) cancel(f *flight) {
	for _, line := range []*[]*flight{&m.puts, &m.gets, &m.joins} {
		*line = slices.DeleteFunc(*line, func(g *flight) bool { return g == f })
	}
	f.cancel(errLeft)
	f.land(0, errLeft)
}

// compare tells which call has not done what the model says.
func (m *model) compare(q queue, flights []*flight) string {
	if q.Len() != len(m.items) {
		return fmt.Sprintf("Len is %d, not %d", q.Len(), len(m.items))
	}
	for i, f := range flights {
		switch {
		case f.returned() != f.landed:
			return fmt.Sprintf("call %d has returned: %v, should have: %v", i, f.returned(), f.landed)
		case f.landed && (f.item != f.wantItem || !errors.Is(f.err, f.wantErr)):
			return fmt.Sprintf("call %d returned %d, %v, not %d, %v", i, f.item, f.err, f.wantItem, f.wantErr)
		}
	}
	return ""
}
