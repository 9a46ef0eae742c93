//wrong: returns at the first error and does not wait for the workers, which are in the middle of a file
//want:  of its files are still open
//kind:  leak

// Package exercise is yours: write HashTree.
package exercise

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
)

// HashTree returns the SHA-256 of each regular file in fsys by its path.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	paths, err := files(fsys)
	if err != nil {
		return nil, err
	}
	type result struct {
		path, sum string
		err       error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo := make(chan string, len(paths))
	for _, path := range paths {
		todo <- path
	}
	close(todo)
	results := make(chan result, len(paths))
	for range limit {
		go func() {
			for path := range todo {
				sum, err := hashFile(ctx, fsys, path)
				results <- result{path, sum, err}
			}
		}()
	}
	sums := make(map[string]string)
	for range paths {
		r := <-results
		if r.err != nil {
			return nil, fmt.Errorf("hash %s: %w", r.path, r.err)
		}
		sums[r.path] = r.sum
		progress(len(sums), len(paths))
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
	if _, err := io.Copy(h, &reader{ctx, f}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}
