//wrong: keeps the cancel function in the Desk: a second Poll overwrites it, and the first one cancels the second
//want:  each Poll has a context of its own, and ends no other
//kind:  race

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
	cancel   context.CancelFunc
}

func New(limit time.Duration, stations map[string]Station) *Desk {
	return &Desk{limit: limit, stations: stations}
}

func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, d.limit)
	d.mu.Lock()
	d.cancel = cancel
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.cancel()
	}()
	var mu sync.Mutex // guards temperatures
	temperatures := make(map[string]float64)
	var wg sync.WaitGroup
	for name, station := range d.stations {
		wg.Go(func() {
			t, err := station(limited)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			temperatures[name] = t
		})
	}
	wg.Wait()
	d.count(len(temperatures))
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
