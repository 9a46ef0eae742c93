//wrong: the last station to return counts the Poll: a Desk without stations counts none
//want:  a Poll is counted however many stations there are
//kind:  work lost

package exercise

import (
	"context"
	"sync"
	"time"
)

type Station func(ctx context.Context) (float64, error)

type Stats struct {
	Polls   int
	Answers int // stations that have returned a temperature
	Missing int // stations that have returned an error
}

type Desk struct {
	limit    time.Duration
	stations map[string]Station
	mu       sync.Mutex // guards stats
	stats    Stats
}

func New(limit time.Duration, stations map[string]Station) *Desk {
	return &Desk{limit: limit, stations: stations}
}

func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	var mu sync.Mutex // guards temperatures
	temperatures := make(map[string]float64)
	var wg sync.WaitGroup
	left := len(d.stations)
	for name, station := range d.stations {
		wg.Go(func() {
			t, err := station(limited)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				temperatures[name] = t
			}
			if left--; left == 0 {
				d.count(len(temperatures))
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return temperatures, nil
}

func (d *Desk) count(answers int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Polls++
	d.stats.Answers += answers
	d.stats.Missing += len(d.stations) - answers
}

func (d *Desk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}
