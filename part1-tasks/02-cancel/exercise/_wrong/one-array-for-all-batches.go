//wrong: cuts its batches from one array: what Write appends to a batch and the first line of the next one have the same place
//want:  the batches are parts of one array
//kind:  race

// Package exercise is yours: write Run.
package exercise

import (
	"context"
	"errors"
	"time"
)

// A Batcher collects lines.
type Batcher struct {
	Size   int
	Every  time.Duration
	Within time.Duration
	Write  func(ctx context.Context, lines []string) error
}

func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	batch := make([]string, 0, 64*b.Size)
	var due <-chan time.Time
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		full := batch
		batch, due = batch[len(batch):], nil
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
