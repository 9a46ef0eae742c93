//wrong: starts the time again with each line, so that a batch waits for a pause in the lines
//want:  Every counts from its first line, not from its last one
//kind:  timing

package exercise

import (
	"context"
	"errors"
	"time"
)

// A Batcher collects lines and writes them in batches.
type Batcher struct {
	Size   int
	Every  time.Duration
	Within time.Duration
	Write  func(ctx context.Context, lines []string) error
}

func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	var batch []string
	var due <-chan time.Time
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		full := batch
		batch, due = nil, nil
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
			if len(batch) > 0 {
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
