//wrong: when lines is closed, writes each line that it holds in a batch of its own
//want:  Run held line
//kind:  contract

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
	var due <-chan time.Time // nil, which is never ready, while the batch is empty
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		full := batch
		batch, due = nil, nil // not batch[:0]: the slice is Write's now
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
				for _, line := range batch {
					batch = []string{line}
					if err := flush(); err != nil {
						return err
					}
				}
				return nil
			}
			batch = append(batch, line)
			if len(batch) == 1 {
				due = time.After(b.Every)
			}
			if len(batch) < b.Size {
				continue
			}
		case <-due:
		}
		if err := flush(); err != nil {
			return err
		}
	}
}
