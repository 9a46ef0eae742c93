//wrong: gives the stations a minute, also when the limit is longer
//want:  a station needs two of them
//kind:  timing

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
}

func New(limit time.Duration, stations map[string]Station) *Desk {
	return &Desk{limit: limit, stations: stations}
}

func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	asked, cancel := context.WithTimeout(ctx, min(d.limit, time.Minute))
	defer cancel()
	var mu sync.Mutex
	temperatures := make(map[string]float64)
	missing := 0
	var wg sync.WaitGroup
	for name, station := range d.stations {
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
