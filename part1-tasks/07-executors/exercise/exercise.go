//want:files were open at once; the limit is

// Package exercise is yours: mend HashTree.
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

// HashTree returns the SHA-256 of each regular file in fsys, in lower-case
// hexadecimal, by the file's path.
//
// That works on a small tree while no file fails. On a large one it opens too
// many files and fills the memory, and it does not stop when it should. Find the
// faults and mend them; this is how it should be:
//
//   - A regular file is one of which its directory says so. Links, pipes and
//     devices are not opened. In a tree without regular files the map is empty,
//     and progress is not called.
//   - HashTree reads limit files at once, if there are so many, and never has
//     more than limit of them open, from Open until Close has returned. It opens the next file as soon as there is
//     room. limit is at least 1. (Directories do not count.)
//   - A file may be larger than the memory: no Read asks for more than 1 MiB. The
//     last bytes of a file may come together with io.EOF, and a Read may return no
//     bytes and no error: that is not the end. No Read returns an error that
//     wraps io.EOF, nor does the cause of ctx.
//   - progress is called once for each file, as soon as it is hashed, with the
//     number of files hashed so far and the number of all regular files: 1 of n,
//     2 of n, up to n of n, in this order and one call at a time. A file that
//     fails is not counted.
//   - When ctx ends, HashTree reads no further directory, opens no further file,
//     and reads no more, not even the rest of a file that it is in the middle of.
//     It returns context.Cause(ctx), which may be wrapped. A Read cannot be
//     interrupted: those under way are waited for. If one of them fails, HashTree
//     may return that error instead; if nothing is left to read, the map.
//   - The first file or directory that cannot be opened or read stops the rest in
//     the same way. HashTree returns its error, wrapped, with its path in the
//     text, also if ctx ends afterwards.
//   - With an error the map is nil. When HashTree returns, nothing is left, also
//     while ctx is alive: no open file, no goroutine, no derived context, no call of progress.
//   - fsys and progress do not panic; what a panic does is not HashTree's concern.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	var g errgroup.Group
	var mu sync.Mutex // guards sums and total
	sums, total := make(map[string]string), 0
	places := make(chan struct{}, limit)
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := fsys.Open(path)
		if err != nil {
			return err
		}
		mu.Lock()
		total++
		mu.Unlock()
		g.Go(func() error {
			places <- struct{}{}
			defer func() { <-places }()
			defer f.Close()
			data, err := io.ReadAll(f)
			if err != nil {
				return fmt.Errorf("hash %s: %v", path, err)
			}
			sum := sha256.Sum256(data)
			mu.Lock()
			sums[path] = hex.EncodeToString(sum[:])
			done, total := len(sums), total
			mu.Unlock()
			progress(done, total)
			return nil
		})
		return ctx.Err()
	})
	if failed := g.Wait(); failed != nil {
		err = failed
	}
	return sums, err
}
