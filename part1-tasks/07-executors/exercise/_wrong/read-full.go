//wrong: reads with io.ReadFull and takes each io.ErrUnexpectedEOF for the end, also that of a file that failed with it
//want:  io.ReadFull has an error of the same name
//kind:  error lost

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

type cut struct {
	ctx context.Context
	f   fs.File
}

func (c cut) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.f.Read(p)
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
		n, err := io.ReadFull(cut{ctx, f}, buf)
		h.Write(buf[:n])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
