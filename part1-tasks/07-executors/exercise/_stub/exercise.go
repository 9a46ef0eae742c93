// Package exercise is yours: write HashTree.
package exercise

import (
	"context"
	"io/fs"
)

// HashTree returns the SHA-256 of each regular file in fsys, in lower-case
// hexadecimal, by the file's path.
//
//   - It reads as many files at once as it may, and never has more than limit
//     of them open. limit is at least 1. (Directories do not count.)
//   - A file may be larger than the memory: no Read asks for more than 1 MiB.
//   - progress is called once for each file that is hashed, with the number of
//     files done so far and the number of all: 1 of n, 2 of n, up to n of n, in
//     this order and one call at a time.
//   - When ctx ends, HashTree opens and reads no more, not even the rest of a
//     file that it is in the middle of, and returns context.Cause(ctx); it may
//     be wrapped. A Read cannot be interrupted: those under way are waited for.
//   - The first file that cannot be opened or read stops the rest in the same
//     way. HashTree returns its error, wrapped, with the file's path in the text.
//   - With an error there is no map. In any case HashTree leaves nothing behind
//     when it returns: no open file, no goroutine, no call of progress.
func HashTree(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error) {
	panic("not written yet")
}
