//wrong: writes a batch when it holds a hundred lines, also if Size is larger
//want:  Size is the only size
//kind:  contract

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Batcher collects lines and writes them in batches.
type Batcher struct {
	Size   int           // a batch of this many lines is full; at least 1
	Every  time.Duration // the longest that a line waits for others
	Within time.Duration // the longest that one Write may take
	Write  func(ctx context.Context, lines []string) error
}

// Run takes lines and writes them in batches.
func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	var batch []string
	write := func() error {
		if len(batch) == 0 {
			return nil
		}
		wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.Within)
		defer cancel()
		full := batch
		batch = nil
		return b.Write(wctx, full)
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		var due <-chan time.Time
		if len(batch) > 0 {
			due = timer.C
		}
		if ctx.Err() != nil {
			err := write()
			return errors.Join(context.Cause(ctx), err)
		}
		select {
		case <-ctx.Done():
			continue
		case <-due:
			if err := write(); err != nil {
				return err
			}
		case line, ok := <-lines:
			if !ok {
				return write()
			}
			if len(batch) == 0 {
				timer.Reset(b.Every)
			}
			batch = append(batch, line)
			if len(batch) >= min(b.Size, 100) {
				if err := write(); err != nil {
					return err
				}
			}
		}
	}
}
