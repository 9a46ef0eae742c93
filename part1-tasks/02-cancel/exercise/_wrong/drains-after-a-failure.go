//wrong: takes the lines that wait when a Write has failed, so that their senders do not block, and drops them
//want:  Run takes no more lines
//kind:  work lost

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
			if len(batch) == 1 {
				due = time.After(b.Every)
			}
			if len(batch) < b.Size {
				continue
			}
		case <-due:
		}
		if err := flush(); err != nil {
			for {
				select {
				case _, open := <-lines:
					if open {
						continue
					}
				default:
				}
				return err
			}
		}
	}
}
