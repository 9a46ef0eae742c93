//wrong: all goroutines read into one buffer, made once
//want:  each file needs a buffer of its own
//kind:  race

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

func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	var paths []string
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("list %s: %w", path, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if d.Type().IsRegular() {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex // guards sums
	sums := make(map[string]string)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	buf := make([]byte, 256<<10)
	for _, path := range paths {
		g.Go(func() error {
			sum, err := hash(ctx, fsys, path, buf)
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

func hash(ctx context.Context, fsys fs.FS, path string, buf []byte) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, reader{ctx, f}, buf); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type reader struct {
	ctx context.Context
	f   fs.File
}

func (r reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.f.Read(p)
}
