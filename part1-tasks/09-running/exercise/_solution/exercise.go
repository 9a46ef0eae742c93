// Package exercise is yours: mend Desk.
package exercise

import (
	"context"
	"sync"
	"time"
)

// A Station measures the temperature. It returns soon after its ctx has ended, and
// does not panic.
type Station func(ctx context.Context) (float64, error)

// Stats are what a [Desk] has counted.
type Stats struct {
	Polls   int
	Answers int // stations that have returned a temperature
	Missing int // stations that have returned an error
}

// A Desk asks all its weather stations at once.
//
// Poll and Stats may be called at any time, from any goroutine.
type Desk struct {
	limit    time.Duration
	stations map[string]Station

	mu    sync.Mutex // guards stats
	stats Stats
}

// New returns a Desk that gives these stations limit, which is positive, to answer.
// The caller does not change the map afterwards.
func New(limit time.Duration, stations map[string]Station) *Desk {
	return &Desk{limit: limit, stations: stations}
}

// Poll asks each station one time and returns the temperatures by the station's
// name, in a map that is the caller's own, and empty, not nil, if no station answers.
//
//   - It asks all stations at once, with a context that is made from ctx and has
//     its values.
//   - A station that fails is not in the map. Poll waits for the other stations,
//     and returns no error.
//   - After the limit, and also when ctx ends, the context of the stations ends.
//     Poll waits until all have returned. A temperature that comes then counts.
//   - Poll returns when the last station has returned: with the map and no error,
//     also after the limit. If ctx has ended by then, with no map and
//     context.Cause(ctx), unchanged.
//   - On a ctx that has already ended it asks no station, counts nothing, and
//     returns the cause.
//   - When Poll returns, the context of the stations has ended, and no goroutine or derived context is
//     left, also while ctx is alive.
func (d *Desk) Poll(ctx context.Context) (map[string]float64, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	asked, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex // guards temperatures
	temperatures := make(map[string]float64)
	for name, station := range d.stations {
		all.Go(func() {
			temperature, err := station(asked)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			temperatures[name] = temperature
		})
	}
	all.Wait()
	d.count(len(temperatures))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return temperatures, nil
}

// count adds a Poll as a whole, so that no Stats sees half of it.
func (d *Desk) count(answers int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stats.Polls++
	d.stats.Answers += answers
	d.stats.Missing += len(d.stations) - answers
}

// Stats returns what the Desk has counted so far. A Poll that is under way is not
// in it, and one that has returned is in it as a whole, also if its ctx has ended:
// at any moment Answers plus Missing is Polls times the number of stations.
// Stats does not wait for a Poll.
func (d *Desk) Stats() Stats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stats
}
