//wrong: with the first line in hand it waits for the batch to be full or due, and not for ctx
//want:  so that Run returns at 1.8s
//kind:  lost cancellation

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
		wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.Within)
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
			timer := time.After(b.Every)
			for full := false; !full && len(batch) < b.Size; {
				select {
				case line, ok := <-lines:
					if !ok {
						return flush()
					}
					batch = append(batch, line)
				case <-timer:
					full = true
				}
			}
			if err := flush(); err != nil {
				return err
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
