// Package exercise is yours: write HashTree.
package exercise

import (
	"context"
	"io/fs"
)

// HashTree returns the SHA-256 of each regular file in fsys, in lower-case
// hexadecimal, by the file's path.
//
//   - A regular file is one of which its directory says so. Links, pipes and
//     devices are not opened. In a tree without regular files the map is empty,
//     and progress is not called.
//   - HashTree reads limit files at once, if there are so many, and never has
//     more than limit of them open. It opens the next file as soon as there is
//     room. limit is at least 1. (Directories do not count.)
//   - A file may be larger than the memory: no Read asks for more than 1 MiB. The
//     last bytes of a file may come together with io.EOF.
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
//     while ctx is alive: no open file, no goroutine, no call of progress.
//   - fsys and progress do not panic; what a panic does is not HashTree's concern.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	panic("not written yet")
}
