//wrong: returns a panic of Write as its error, if the value is an error, and hands on any other
//want:  Write panicked with a value that is an error
//kind:  error lost

package exercise

import (
	"context"
	"fmt"
	"time"
)

type Batcher struct {
	Size   int
	Every  time.Duration
	Within time.Duration
	Write  func(ctx context.Context, lines []string) error
}

func (b Batcher) Run(ctx context.Context, lines <-chan string) error {
	var batch []string
	var due time.Time
	for {
		why, line := b.next(ctx, lines, len(batch) > 0, due)
		switch why {
		case ended:
			if err := b.flush(ctx, batch); err != nil {
				return fmt.Errorf("%w; the last write: %w", context.Cause(ctx), err)
			}
			return context.Cause(ctx)
		case closed:
			return b.flush(ctx, batch)
		case isDue:
			if err := b.flush(ctx, batch); err != nil {
				return err
			}
			batch = nil
		case hasLine:
			if len(batch) == 0 {
				due = time.Now().Add(b.Every)
			}
			batch = append(batch, line)
			if len(batch) >= b.Size {
				if err := b.flush(ctx, batch); err != nil {
					return err
				}
				batch = nil
			}
		}
	}
}

type event int

const (
	ended event = iota
	closed
	isDue
	hasLine
)

// next waits for one thing to happen.
func (b Batcher) next(ctx context.Context, lines <-chan string, waiting bool, due time.Time) (event, string) {
	if ctx.Err() != nil {
		return ended, ""
	}
	var rung <-chan time.Time
	if waiting {
		t := time.NewTimer(time.Until(due))
		defer t.Stop()
		rung = t.C
	}
	select {
	case <-ctx.Done():
		return ended, ""
	case <-rung:
		return isDue, ""
	case line, ok := <-lines:
		if !ok {
			return closed, ""
		}
		return hasLine, line
	}
}

func (b Batcher) flush(ctx context.Context, batch []string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(error)
			if !ok {
				panic(v)
			}
			err = e
		}
	}()
	if len(batch) == 0 {
		return nil
	}
	w, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.Within)
	defer cancel()
	return b.Write(w, batch)
}
