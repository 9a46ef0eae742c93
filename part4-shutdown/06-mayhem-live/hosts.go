package main

import (
	"context"
	"fmt"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// hosts take their time to restart, fail now and then, and some never come up again. The seed decides, so that they keep nothing.
type hosts struct {
	seed       mayhem.Seed
	fail, gone float64
	longest    time.Duration
}

// restart returns when the host is back, or with an error; when ctx ends first, its cause.
func (h hosts) restart(ctx context.Context, m *message) error {
	question := fmt.Sprint("restart ", m.host, " ", m.try)
	if h.longest > 0 {
		if err := wait(ctx, time.Duration(h.seed.Chance(question+" takes")*float64(h.longest))); err != nil {
			return err
		}
	}
	if h.fail > 0 && h.seed.Chance(question) < h.fail || h.gone > 0 && h.seed.Chance("gone "+m.host) < h.gone {
		return mayhem.ErrHostDown
	}
	return nil
}

// wait returns nil after d, or ctx's cause.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
