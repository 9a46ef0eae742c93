//wrong: returns an error when no station answers, and not an empty map
//want:  a station that fails is only missing, also if all fail
//kind:  contract

package exercise

import (
	"context"
	"errors"
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
	c, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	answers := make(map[string]float64)
	missing := 0
	for name, station := range d.stations {
		wg.Go(func() {
			temperature, err := station(c)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				missing++
				return
			}
			answers[name] = temperature
		})
	}
	wg.Wait()
	d.mu.Lock()
	d.stats.Polls++
	d.stats.Answers += len(answers)
	d.stats.Missing += missing
	d.mu.Unlock()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(answers) == 0 && len(d.stations) > 0 {
		return nil, errors.New("no station answers")
	}
	return answers, nil
}

func (d *Desk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}
