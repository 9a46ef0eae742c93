//wrong: looks at ctx before each file, and copies the whole file whatever happens meanwhile
//want:  HashTree reads on in the middle of
//kind:  lost cancellation

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
	paths, err := files(fsys)
	if err != nil {
		return nil, err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	var mu sync.Mutex
	sums := make(map[string]string)
	for _, path := range paths {
		g.Go(func() error {
			sum, err := hashFile(ctx, fsys, path)
			if err != nil {
				return fmt.Errorf("hash %s: %w", path, err)
			}
			mu.Lock()
			defer mu.Unlock()
			sums[path] = sum
			progress(len(sums), len(paths))
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return sums, nil
}

func files(fsys fs.FS) ([]string, error) {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

func hashFile(ctx context.Context, fsys fs.FS, path string) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
