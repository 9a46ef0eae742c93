//wrong: keeps the WaitGroup in the Desk: a Poll waits for the stations of another Poll, too
//want:  a Poll returns when the last of its own stations has returned
//kind:  sequential

package exercise

import (
	"context"
	"sync"
	"time"
)

type Station func(ctx context.Context) (float64, error)

type Stats struct {
	Polls   int
	Answers int
	Missing int
}

type Desk struct {
	limit time.Duration
	names []string
	ask   []Station

	wg sync.WaitGroup

	mu    sync.RWMutex
	stats Stats
}

func New(limit time.Duration, stations map[string]Station) *Desk {
	d := &Desk{limit: limit}
	for name, station := range stations {
		d.names = append(d.names, name)
		d.ask = append(d.ask, station)
	}
	return d
}

type reading struct {
	temperature float64
	err         error
}

func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	readings := d.readAll(ctx)
	temperatures := make(map[string]float64)
	for i, r := range readings {
		if r.err == nil {
			temperatures[d.names[i]] = r.temperature
		}
	}
	d.count(len(temperatures))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return temperatures, nil
}

func (d *Desk) readAll(ctx context.Context) []reading {
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	readings := make([]reading, len(d.ask))
	for i, station := range d.ask {
		d.wg.Go(func() {
			readings[i].temperature, readings[i].err = station(ctx)
		})
	}
	d.wg.Wait()
	return readings
}

func (d *Desk) count(answers int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Polls++
	d.stats.Answers += answers
	d.stats.Missing += len(d.ask) - answers
}

func (d *Desk) Stats() Stats {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.stats
}
