//right: two loops: one waits for the first line of a batch, the other one fills it

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
	for {
		select { // the first line of a batch
		case <-ctx.Done():
			return context.Cause(ctx)
		case line, open := <-lines:
			if !open {
				return nil
			}
			batch, why := b.fill(ctx, lines, line)
			err := b.write(ctx, batch)
			if err != nil || why != nil {
				return join(why, err)
			}
		}
	}
}

// errClosed stands for the end of lines.
var errClosed = errors.New("closed")

// fill takes lines until the batch is full or due, or says why there are no more.
func (b Batcher) fill(ctx context.Context, lines <-chan string, first string) ([]string, error) {
	batch := make([]string, 1, b.Size)
	batch[0] = first
	timer := time.NewTimer(b.Every)
	defer timer.Stop()
	for len(batch) < b.Size {
		select {
		case <-ctx.Done():
			return batch, context.Cause(ctx)
		case <-timer.C:
			return batch, nil
		case line, open := <-lines:
			if !open {
				return batch, errClosed
			}
			batch = append(batch, line)
		}
	}
	return batch, nil
}

func (b Batcher) write(ctx context.Context, batch []string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.Within)
	defer cancel()
	return b.Write(ctx, batch)
}

func join(why, err error) error {
	if errors.Is(why, errClosed) {
		return err
	}
	return errors.Join(why, err)
}
