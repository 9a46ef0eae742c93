//right: workers that take the next number, and a channel by which the sums come back

// Package exercise is yours: write HashTree.
package exercise

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"
	"sync/atomic"
)

func list(ctx context.Context, fsys fs.FS, dir string) (files []string, err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", dir, err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			more, err := list(ctx, fsys, name)
			if err != nil {
				return nil, err
			}
			files = append(files, more...)
		case e.Type().IsRegular():
			files = append(files, name)
		}
	}
	return files, nil
}

func sum(ctx context.Context, fsys fs.FS, name string, buf []byte) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	for {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return fmt.Sprintf("%x", h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}

func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	files, err := list(ctx, fsys, ".")
	if err != nil {
		return nil, err
	}
	work, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	type result struct {
		name, sum string
	}
	results := make(chan result)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(limit, len(files)) {
		wg.Go(func() {
			buf := make([]byte, 64<<10)
			for work.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				s, err := sum(work, fsys, files[i], buf)
				if err != nil {
					stop(fmt.Errorf("hash %s: %w", files[i], err))
					return
				}
				results <- result{files[i], s}
			}
		})
	}
	go func() { wg.Wait(); close(results) }()
	sums := make(map[string]string, len(files))
	for r := range results {
		sums[r.name] = r.sum
		progress(len(sums), len(files))
	}
	if len(sums) < len(files) {
		return nil, context.Cause(work)
	}
	return sums, nil
}
