//want:leak: Poll has returned, ctx is still alive, and a goroutine is left behind

// Package exercise is yours: mend Desk.
package exercise

import (
	"context"
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
// Poll and Stats may be called at any time, from any goroutine. This Desk works while
// each station answers in time, and one goroutine calls it. With a slow station each
// Poll leaves goroutines behind: dump.txt shows them. With several goroutines its
// counts are wrong: go test -race shows where. Find the faults and mend them; the
// comments below say how it should be.
type Desk struct {
	limit    time.Duration
	stations map[string]Station
	stats    Stats
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
	type answer struct {
		name        string
		temperature float64
	}
	d.stats.Polls++
	answers := make(chan answer)
	for name, station := range d.stations {
		go func() {
			temperature, err := station(ctx)
			if err != nil {
				d.stats.Missing++
				return
			}
			d.stats.Answers++
			answers <- answer{name, temperature}
		}()
	}
	temperatures := make(map[string]float64)
	limit := time.After(d.limit)
	for range d.stations {
		select {
		case a := <-answers:
			temperatures[a.name] = a.temperature
		case <-limit:
			return temperatures, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return temperatures, nil
}

// Stats returns what the Desk has counted so far. A Poll that is under way is not
// in it, and one that has returned is in it as a whole, also if its ctx has ended:
// at any moment Answers plus Missing is Polls times the number of stations.
// Stats does not wait for a Poll.
func (d *Desk) Stats() Stats {
	return d.stats
}
