//wrong: a directory that cannot be read is told without its path when it is the root
//want: does not name the path
//kind: contract

package exercise

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	paths, err := list(ctx, fsys)
	if err != nil {
		return nil, err
	}
	hctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex // guards sums, next and progress
	sums, next := make(map[string]string), 0
	take := func() (string, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(paths) || hctx.Err() != nil {
			return "", false
		}
		next++
		return paths[next-1], true
	}
	var wg sync.WaitGroup
	for w := range min(limit, len(paths)) {
		_ = w
		wg.Go(func() {
			for p, ok := take(); ok; p, ok = take() {
				sum, err := hash(hctx, fsys, p)

				mu.Lock()
				if err == nil {
					sums[p] = sum
					progress(len(sums), len(paths))
				}
				mu.Unlock()
				if err != nil {
					cancel(fmt.Errorf("hash %s: %w", p, err))
					return
				}
			}
		})
	}
	wg.Wait()
	if len(sums) == len(paths) {
		return sums, nil
	}
	return nil, context.Cause(hctx)
}

func list(ctx context.Context, fsys fs.FS) ([]string, error) {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			if p == "." {
				return err
			}
			return fmt.Errorf("list %s: %w", p, err)
		}
		if d.Type().IsRegular() {
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
}

func hash(ctx context.Context, fsys fs.FS, p string) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	f, err := fsys.Open(p)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 64<<10)
	for {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
