//wrong: only the last write has a context of its own: one under way when ctx ends is cut short
//want:  and cut it short at
//kind:  work lost

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

func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	var batch []string
	var due <-chan time.Time
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		out := batch
		batch, due = nil, nil
		parent := ctx
		if ctx.Err() != nil {
			parent = context.WithoutCancel(ctx)
		}
		wctx, cancel := context.WithTimeout(parent, b.Within)
		defer cancel()
		return b.Write(wctx, out)
	}
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return flush()
			}
			batch = append(batch, line)
			if len(batch) == 1 {
				due = time.After(b.Every)
			}
			if len(batch) >= b.Size {
				if err := flush(); err != nil {
					return err
				}
			}
		case <-due:
			if err := flush(); err != nil {
				return err
			}
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), flush())
		}
	}
}
