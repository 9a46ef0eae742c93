//wrong: gives the stations ctx itself if its deadline is earlier than the limit: that context has not ended when Poll returns
//want:  also if ctx has a deadline that is earlier than the limit
//kind:  leak

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
	limit := time.Now().Add(d.limit)
	if deadline, has := ctx.Deadline(); !has || deadline.After(limit) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, limit)
		defer cancel()
	}
	readings := make([]reading, len(d.ask))
	var wg sync.WaitGroup
	for i, station := range d.ask {
		wg.Go(func() {
			readings[i].temperature, readings[i].err = station(ctx)
		})
	}
	wg.Wait()
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
