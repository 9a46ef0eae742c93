//wrong: takes the hashes from a sync.Pool without a Reset, so that a file's hash goes on from another's
//want:  one after the other: each file begins with a hash of its own
//kind:  contract

package exercise

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"sync"

	"golang.org/x/sync/errgroup"
)

// HashTree returns the SHA-256 of each regular file in fsys by its path.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	paths, err := files(ctx, fsys)
	if err != nil {
		return nil, err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	var mu sync.Mutex // guards sums, and keeps progress in order
	sums := make(map[string]string, len(paths))
	for _, path := range paths {
		g.Go(func() error {
			if ctx.Err() != nil { // another has failed, or ours has ended
				return context.Cause(ctx)
			}
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

// files lists the regular files of a tree.
func files(ctx context.Context, fsys fs.FS) ([]string, error) {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("list %s: %w", path, err)
		case ctx.Err() != nil: // WalkDir would read the next directory
			return context.Cause(ctx)
		case d.Type().IsRegular():
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

func hashFile(ctx context.Context, fsys fs.FS, path string) (string, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // it was only read
	h, _ := hashes.Get().(hash.Hash)
	defer hashes.Put(h)
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

var hashes = sync.Pool{New: func() any { return sha256.New() }}
