//wrong: hashes while it lists, so that the number of all files grows
//want:  and progress was told of
//kind:  contract

// Package exercise is yours: write HashTree.
package exercise

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"golang.org/x/sync/errgroup"
)

// HashTree returns the SHA-256 of each regular file in fsys by its path.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	var mu sync.Mutex
	sums := make(map[string]string)
	total := 0
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("list %s: %w", path, err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !d.Type().IsRegular():
			return nil
		}
		mu.Lock()
		total++
		mu.Unlock()
		g.Go(func() error {
			sum, err := hashFile(ctx, fsys, path)
			if err != nil {
				return fmt.Errorf("hash %s: %w", path, err)
			}
			mu.Lock()
			defer mu.Unlock()
			sums[path] = sum
			progress(len(sums), total)
			return nil
		})
		return nil
	})
	if failed := g.Wait(); failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	return sums, nil
}

func hashFile(ctx context.Context, fsys fs.FS, path string) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, until(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// until reads from r until ctx ends.
func until(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return r.Read(p)
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
