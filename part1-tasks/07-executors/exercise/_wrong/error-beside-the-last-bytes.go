//wrong: looks at the error of a Read only if no bytes came with it, and reads on
//want:  an error counts also if bytes come with it
//kind:  error lost

package exercise

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var paths []string
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("list %s: %w", path, err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case d.Type().IsRegular():
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &tree{fsys: fsys, sums: make(map[string]string), paths: paths, progress: progress}
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range min(limit, len(paths)) {
		wg.Go(func() {
			buf := make([]byte, 64<<10)
			for {
				path, ok := t.next(stop)
				if !ok {
					return
				}
				sum, err := t.hash(stop, path, buf)
				if err != nil {
					cancel(fmt.Errorf("hash %s: %w", path, err))
					return
				}
				t.report(path, sum)
			}
		})
	}
	wg.Wait()
	if len(t.sums) == len(paths) {
		return t.sums, nil
	}
	return nil, context.Cause(stop)
}

type tree struct {
	fsys     fs.FS
	progress func(done, total int)
	paths    []string

	mu   sync.Mutex // guards what follows, and progress
	sums map[string]string

	place sync.Mutex // guards begun
	begun int
}

func (t *tree) next(ctx context.Context) (string, bool) {
	t.place.Lock()
	defer t.place.Unlock()
	if ctx.Err() != nil || t.begun == len(t.paths) {
		return "", false
	}
	t.begun++
	return t.paths[t.begun-1], true
}

func (t *tree) report(path, sum string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sums[path] = sum
	t.progress(len(t.sums), len(t.paths))
}

func (t *tree) hash(ctx context.Context, path string, buf []byte) (string, error) {
	f, err := t.fsys.Open(path)
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
		if n > 0 {
			continue
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
