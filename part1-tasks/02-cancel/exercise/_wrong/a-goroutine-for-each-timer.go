//wrong: a goroutine sleeps for each batch and writes it beside the loop: a race, a leak and two writes at once
//want:  leak: the test is over, but what it started still waits
//kind:  leak

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Batcher collects lines, of a log for instance, and writes them in batches:
// one write of many lines is cheaper than many writes of one.
type Batcher struct {
	Size   int           // a batch of this many lines is full; at least 1
	Every  time.Duration // the longest that a line waits for others
	Within time.Duration // the longest that one Write may take
	Write  func(ctx context.Context, lines []string) error
}

// Run takes lines and writes them in batches until ctx ends, lines is closed or
// a Write fails.
func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	var batch []string
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		full := batch
		batch = nil
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.Within)
		defer cancel()
		return b.Write(ctx, full)
	}
	for {
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), flush())
		case line, open := <-lines:
			if !open {
				return flush()
			}
			batch = append(batch, line)
			if len(batch) == 1 {
				go func() {
					time.Sleep(b.Every)
					_ = flush()
				}()
			}
			if len(batch) == b.Size {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}
