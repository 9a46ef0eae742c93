//wrong: does not ask a station that has failed in five Polls, one after the other
//want:  and the next Poll does not ask it
//kind:  contract

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
	mu       sync.Mutex
	stats    Stats
	failed   map[string]int
}

func New(limit time.Duration, stations map[string]Station) *Desk {
	return &Desk{limit: limit, stations: stations}
}

func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	asked, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	var mu sync.Mutex
	temperatures := make(map[string]float64)
	missing := 0
	var wg sync.WaitGroup
	d.mu.Lock()
	skip := make(map[string]bool)
	for name, n := range d.failed {
		skip[name] = n >= 5
	}
	d.mu.Unlock()
	for name, station := range d.stations {
		if skip[name] {
			mu.Lock()
			missing++
			mu.Unlock()
			continue
		}
		wg.Go(func() {
			temperature, err := station(asked)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missing++
				return
			}
			temperatures[name] = temperature
		})
	}
	wg.Wait()
	d.mu.Lock()
	d.stats.Polls++
	d.stats.Answers += len(temperatures)
	d.stats.Missing += missing
	if d.failed == nil {
		d.failed = make(map[string]int)
	}
	for name := range d.stations {
		if _, ok := temperatures[name]; ok {
			d.failed[name] = 0
		} else {
			d.failed[name]++
		}
	}
	d.mu.Unlock()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return temperatures, nil
}

func (d *Desk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}
