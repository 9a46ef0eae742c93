//right: a channel of places, a goroutine for each file, and a cancel that keeps the first error as its cause

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
)

// HashTree returns the SHA-256 of each regular file in fsys by its path.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	run, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var paths []string
	if err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			paths = append(paths, path)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		} else if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return err
	}); err != nil {
		return nil, err
	}

	reports := make(chan func())
	told := make(chan struct{})
	go func() {
		defer close(told)
		for report := range reports {
			report()
		}
	}()
	sums := make(map[string]string)
	places := make(chan struct{}, limit)
	var wg sync.WaitGroup
files:
	for _, path := range paths {
		select {
		case places <- struct{}{}:
		case <-run.Done():
			break files
		}
		wg.Go(func() {
			defer func() { <-places }()
			sum, err := hash(run, fsys, path)
			if err != nil {
				fail(err)
				return
			}
			reports <- func() {
				sums[path] = sum
				progress(len(sums), len(paths))
			}
		})
	}
	wg.Wait()
	close(reports)
	<-told
	if run.Err() != nil {
		return nil, context.Cause(run)
	}
	return sums, nil
}

func hash(ctx context.Context, fsys fs.FS, path string) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	f, err := fsys.Open(path)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	h, piece := sha256.New(), make([]byte, 64<<10)
	for ctx.Err() == nil {
		n, err := f.Read(piece)
		h.Write(piece[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
	}
	return "", context.Cause(ctx)
}
