//wrong: notes which came first, the limit or the end of ctx: when ctx ends after the limit, it returns the map
//want:  whether ctx has ended is decided when the last station has returned
//kind:  order

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
	all := make(chan struct{})
	go func() {
		wg.Wait()
		close(all)
	}()
	var failed error
	select {
	case <-all:
		failed = context.Cause(ctx)
	case <-limited.Done():
		failed = context.Cause(ctx)
		<-all
	}
	d.count(len(temperatures))
	if failed != nil {
		return nil, failed
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
