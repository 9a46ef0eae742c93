//go:build exercise

package exercise_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/07-executors/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A tree is a file system that takes 1 ms to read a byte and gives up to 100
// of them in a Read. It keeps account of what is done with its files.
type tree struct {
	files  fstest.MapFS
	fails  map[string]error // what the end of a file gives in place of io.EOF
	quick  bool             // reads take no time and give all that is asked for
	ended  func() bool      // from then on nothing may be opened or read
	broken string           // the file that cannot be opened

	mu    sync.Mutex // guards the below, never held across a wait
	open  int        // files open now
	most  int        // files open at once, at most
	opens int
	limit int
	idle  bool // a place was free while a file waited
	asked int  // by the largest Read
	late  int  // opened or read although ended
}

// newTree holds a file of size bytes at each of the paths.
func newTree(size int, paths ...string) *tree {
	tr := &tree{files: fstest.MapFS{}, fails: map[string]error{}, ended: func() bool { return false }}
	for _, path := range paths {
		tr.files[path] = &fstest.MapFile{Data: []byte(strings.Repeat(path, size/len(path)+1)[:size])}
	}
	return tr
}

func numbered(n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = fmt.Sprintf("photos/%02d.jpg", i)
	}
	return paths
}

func (tr *tree) Stat(name string) (fs.FileInfo, error)      { return tr.files.Stat(name) }
func (tr *tree) ReadDir(name string) ([]fs.DirEntry, error) { return tr.files.ReadDir(name) }

func (tr *tree) Open(name string) (fs.File, error) {
	f, err := tr.files.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.ended() {
		tr.late++
	}
	if name == tr.broken {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	tr.opens++
	tr.open++
	tr.most = max(tr.most, tr.open)
	return &file{File: f, tree: tr, fails: tr.fails[name]}, nil
}

type file struct {
	fs.File
	tree   *tree
	fails  error
	closed bool
}

func (f *file) Read(p []byte) (int, error) {
	tr := f.tree
	tr.mu.Lock()
	if tr.ended() {
		tr.late++
	}
	tr.asked = max(tr.asked, len(p))
	tr.mu.Unlock()
	if !tr.quick {
		p = p[:min(len(p), 100)]
	}
	n, err := f.File.Read(p)
	if n > 0 && !tr.quick {
		time.Sleep(time.Microsecond) // files are opened and closed at whole milliseconds
		tr.mu.Lock()
		tr.idle = tr.idle || tr.open < tr.limit && tr.opens < len(tr.files)
		tr.mu.Unlock()
		time.Sleep(time.Duration(n)*time.Millisecond - time.Microsecond)
	}
	if errors.Is(err, io.EOF) && f.fails != nil {
		err = f.fails
	}
	return n, err
}

func (f *file) Close() error {
	f.tree.mu.Lock()
	defer f.tree.mu.Unlock()
	if !f.closed {
		f.closed = true
		f.tree.open--
	}
	return f.File.Close()
}

// hash calls HashTree and checks what holds however it ends.
func (tr *tree) hash(ctx context.Context, t *testing.T, limit int) (sums map[string]string, took time.Duration, err error) {
	t.Helper()
	tr.limit = limit
	start := time.Now()
	sums, err = exercise.HashTree(ctx, tr, limit, func(int, int) {})
	took = time.Since(start)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.open > 0 {
		t.Errorf("HashTree has returned and %d of its files are still open", tr.open)
	}
	if tr.most > limit {
		t.Errorf("%d files were open at once; the limit is %d", tr.most, limit)
	}
	if err != nil && sums != nil {
		t.Errorf("HashTree returned an error and a map as well: %q", err)
	}
	return sums, took, err
}

func TestHashesEachRegularFile(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(250, "readme.txt", "photos/sea.jpg", "photos/2024/hill.jpg", "photos/2024/lake.jpg")
		tr.files["empty/nothing.txt"] = &fstest.MapFile{}
		sums, _, err := tr.hash(t.Context(), t, 2)
		if err != nil {
			t.Fatalf("HashTree failed: %v", err)
		}
		if got, want := slices.Sorted(maps.Keys(sums)), slices.Sorted(maps.Keys(tr.files)); !slices.Equal(got, want) {
			t.Fatalf("the map has the paths %q, the tree has the files %q", got, want)
		}
		for path, f := range tr.files {
			sum := sha256.Sum256(f.Data)
			if want := hex.EncodeToString(sum[:]); sums[path] != want {
				t.Fatalf("the SHA-256 of %s is %q, not %q", path, want, sums[path])
			}
		}
	})
}

func TestHashesLimitFilesAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		_, took, err := newTree(300, numbered(12)...).hash(t.Context(), t, 4)
		switch {
		case err != nil:
			t.Errorf("HashTree failed: %v", err)
		case took == 3600*time.Millisecond:
			t.Errorf("one file at a time: 12 files of 0.3s took 3.6s; 4 at once take 0.9s")
		case took != 900*time.Millisecond:
			t.Errorf("12 files of 0.3s, 4 at once, took %v, not 0.9s", took)
		}
	})
}

func TestUsesAPlaceAsSoonAsItIsFree(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(0)
		for i, path := range numbered(6) {
			tr.files[path] = &fstest.MapFile{Data: make([]byte, 100*(i+1))}
		}
		_, _, err := tr.hash(t.Context(), t, 2)
		if err != nil {
			t.Errorf("HashTree failed: %v", err)
		}
		if tr.idle {
			t.Error("a place was free and a file waited all the same: the next one begins as soon as one is done")
		}
	})
}

func TestReadsALargeFileInPieces(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(8<<20, "film.mp4")
		tr.quick = true
		if _, _, err := tr.hash(t.Context(), t, 1); err != nil {
			t.Errorf("HashTree failed: %v", err)
		}
		if tr.asked > 1<<20 {
			t.Errorf("a Read asked for %d KiB: the whole file is kept in memory, not read in pieces of up to 1024 KiB", tr.asked>>10)
		}
	})
}

func TestReportsProgressInOrderAndOneCallAtATime(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var mu sync.Mutex // guards calls
		var calls []int
		var busy, overlaps, wrong atomic.Int32
		_, err := exercise.HashTree(t.Context(), newTree(300, numbered(8)...), 8, func(done, total int) {
			if busy.Add(1) > 1 {
				overlaps.Add(1)
			}
			defer busy.Add(-1)
			mu.Lock()
			calls = append(calls, done)
			mu.Unlock()
			if total != 8 {
				wrong.Store(int32(total))
			}
			for range 1000 {
				runtime.Gosched() // all eight have finished at this instant: let the others come
			}
		})
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			t.Errorf("HashTree failed: %v", err)
		case overlaps.Load() > 0:
			t.Errorf("progress was called while another call of progress was under way; it said %v", calls)
		case wrong.Load() != 0:
			t.Errorf("there are 8 files, and progress was told %d", wrong.Load())
		case !slices.Equal(calls, []int{1, 2, 3, 4, 5, 6, 7, 8}):
			t.Errorf("progress did not count 1, 2, 3 and so on up to 8; it said %v", calls)
		}
	})
}

var errStopped = errors.New("the service stops")

func TestStopsInTheMiddleOfAFileWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 250*time.Millisecond, errStopped)
		defer cancel()
		tr := newTree(60_000, numbered(10)...) // a minute each
		tr.ended = func() bool { return ctx.Err() != nil }
		_, took, err := tr.hash(ctx, t, 4)
		if took > 300*time.Millisecond {
			t.Errorf("ctx ended at 250ms, the Reads under way at 300ms, and HashTree returned at %v: it reads on in the middle of a file", took)
		} else if tr.late > 0 {
			t.Errorf("ctx had ended and HashTree opened or read a file %d times more", tr.late)
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("HashTree returned %q, not context.Cause(ctx), which says why ctx ended: %q", fmt.Sprint(err), errStopped)
		}
	})
}

func TestOpensNothingWhenCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		tr := newTree(300, numbered(10)...)
		_, _, err := tr.hash(ctx, t, 2)
		if tr.opens > 0 {
			t.Errorf("ctx had ended before HashTree was called, and it opened %d files", tr.opens)
		}
		if !errors.Is(err, errStopped) {
			t.Errorf("on a ctx that has ended, HashTree returned %q, not its cause", fmt.Sprint(err))
		}
	})
}

func TestTheFirstErrorStopsTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		errDisk := errors.New("bad sector")
		tr := newTree(60_000, numbered(10)...)
		tr.files["notes.txt"] = &fstest.MapFile{Data: make([]byte, 250)}
		tr.fails["notes.txt"] = errDisk
		_, took, err := tr.hash(t.Context(), t, len(tr.files))
		if !errors.Is(err, errDisk) {
			t.Errorf("a file gave the error %q and HashTree returned %q", errDisk, fmt.Sprint(err))
		} else if !strings.Contains(err.Error(), "notes.txt") {
			t.Errorf("the error does not name the file, notes.txt: %q", err)
		}
		if took > 300*time.Millisecond {
			t.Errorf("a file failed at 250ms, the other Reads ended at 300ms, and HashTree returned at %v: the others went on", took)
		}
	})
}

func TestAFileThatCannotBeOpenedStopsTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(60_000, numbered(10)...)
		tr.broken = "photos/02.jpg"
		_, took, err := tr.hash(t.Context(), t, len(tr.files))
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), tr.broken) {
			t.Errorf("%s could not be opened and HashTree returned %q: want the error of Open and the path", tr.broken, fmt.Sprint(err))
		}
		if took > 100*time.Millisecond {
			t.Errorf("a file could not be opened at 0s, the first Reads ended at 0.1s, and HashTree returned at %v: the others went on", took)
		}
	})
}
