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
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/07-executors/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

var (
	errStopped = errors.New("the service stops")
	errDisk    = errors.New("bad sector")
)

// A photo is a regular file: what a Read of it gives, and how it ends.
type photo struct {
	size    int
	piece   int           // bytes that one Read gives, at most
	takes   time.Duration // for a Read that gives some
	opening time.Duration // for Open
	refuses error         // by which Open fails
	fails   error         // what its end gives in place of io.EOF
	atOnce  bool          // its end comes together with the last bytes
	halts   int           // so many Reads give no bytes and no error before one gives some
	closing time.Duration // for Close
}

// in100ms is a photo that gives 100 bytes every 100 ms.
func in100ms(size int) photo { return photo{size: size, piece: 100, takes: 100 * ms} }

// A tree is a file system. It notes the first thing that the contract forbids.
type tree struct {
	photos  map[string]photo
	shape   fstest.MapFS             // names and contents
	listing map[string]time.Duration // how long it takes to read a directory
	locked  map[string]error         // by which reading a directory fails
	say     func(task, format string, args ...any)
	start   time.Time

	mu       sync.Mutex // guards the below, never held across a wait
	ctx      context.Context
	limit    int
	open     int // files, and those that are being opened or closed
	closing  int // of these
	opened   int // so far
	hashed   int // read to their end
	told     int // calls of progress
	busy     bool
	filled   []*byte       // the buffers of the Reads under way
	lists    int           // directories that are being read
	reads    int           // calls of Read under way
	last     time.Duration // when the last call of the tree returned
	failed   string        // the first path that failed while ctx was alive
	failure  error
	failedAt time.Duration
	late     []error // failures after ctx had ended
	returned bool
	faults   []string
}

// newTree is a tree that speaks through the log of t.
func newTree(t *testing.T, photos map[string]photo) *tree {
	t.Helper()
	return treeOf(photos, func(task, format string, args ...any) {
		lesson.Log(t).With("task", path.Base(task)).Info(fmt.Sprintf(format, args...))
	})
}

func treeOf(photos map[string]photo, say func(task, format string, args ...any)) *tree {
	tr := &tree{say: say, photos: photos, shape: fstest.MapFS{}, listing: map[string]time.Duration{}, locked: map[string]error{}, start: time.Now()}
	for name, p := range photos {
		tr.shape[name] = &fstest.MapFile{Data: []byte(strings.Repeat(name, p.size/len(name)+1)[:p.size])}
	}
	return tr
}

// numbered are n photos of one kind.
func numbered(n int, p photo) map[string]photo {
	photos := make(map[string]photo, n)
	for i := range n {
		photos[fmt.Sprintf("photos/%02d.jpg", i)] = p
	}
	return photos
}

func (tr *tree) fault(format string, args ...any) {
	tr.faults = append(tr.faults, fmt.Sprintf(format, args...))
}

// begins notes that something is done to name: what says it in words.
func (tr *tree) begins(what, name string) {
	switch {
	case tr.returned:
		tr.fault("HashTree has returned, and it %s %s", what, name)
	case tr.failure != nil && time.Since(tr.start) > tr.failedAt:
		tr.fault("%s has failed, and HashTree %s %s", tr.failed, what, name)
	case tr.failure == nil && tr.ctx.Err() != nil:
		tr.fault("ctx has ended, and HashTree %s %s", what, name)
	}
}

// ends notes that it is over, and with which error.
func (tr *tree) ends(name string, err error) {
	tr.last = time.Since(tr.start)
	switch {
	case err == nil:
	case tr.ctx.Err() != nil:
		tr.late = append(tr.late, err)
	case tr.failure == nil:
		tr.failed, tr.failure, tr.failedAt = name, err, tr.last
	}
}

func (tr *tree) Stat(name string) (fs.FileInfo, error) { return tr.shape.Stat(name) }

func (tr *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	tr.mu.Lock()
	tr.begins("reads the directory", name)
	tr.lists++
	tr.mu.Unlock()
	time.Sleep(tr.listing[name])
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lists--
	tr.ends(name, tr.locked[name])
	if err := tr.locked[name]; err != nil {
		return nil, err
	}
	return tr.shape.ReadDir(name)
}

// A folder is a directory that was opened.
type folder struct {
	fs.File
	tree *tree
	name string
	left []fs.DirEntry
	read bool
}

func (d *folder) ReadDir(n int) (entries []fs.DirEntry, err error) {
	if !d.read {
		if d.left, err = d.tree.ReadDir(d.name); err != nil {
			return nil, err
		}
		d.read = true
	}
	if n > 0 && len(d.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.left) {
		n = len(d.left)
	}
	entries, d.left = d.left[:n], d.left[n:]
	return entries, nil
}

func (tr *tree) Open(name string) (fs.File, error) {
	f, err := tr.shape.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := tr.shape.Stat(name); err != nil || info.IsDir() {
		return &folder{File: f, tree: tr, name: name}, err
	}
	p := tr.photos[name]
	tr.mu.Lock()
	if tr.shape[name] == nil || !tr.shape[name].Mode.IsRegular() {
		tr.fault("HashTree opens %s, which is not a regular file", name)
	}
	tr.begins("opens", name)
	tr.say(name, "is opened")
	tr.open++
	tr.opened++
	switch {
	case tr.open > tr.limit && tr.closing > 0:
		tr.fault("%d files were open at once, one of them was just being closed; the limit is %d: a place is free when Close has returned", tr.open, tr.limit)
	case tr.open > tr.limit:
		tr.fault("%d files were open at once; the limit is %d", tr.open, tr.limit)
	}
	tr.mu.Unlock()
	tr.waits(p.opening)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.ends(name, p.refuses)
	if p.refuses != nil {
		tr.say(name, "cannot be opened: %v", p.refuses)
		tr.open--
		return nil, p.refuses
	}
	return &file{File: f, tree: tr, name: name, photo: p}, nil
}

// waits for d, and looks meanwhile whether a file waits without need.
func (tr *tree) waits(d time.Duration) {
	if d <= 0 {
		return
	}
	time.Sleep(time.Microsecond) // files are opened and closed at whole milliseconds
	tr.mu.Lock()
	if tr.failure == nil && tr.ctx.Err() == nil && tr.lists == 0 {
		if tr.open < tr.limit && tr.opened < len(tr.photos) {
			tr.fault("a place was free and a file waited: %d of %d files were open, and the next one is opened as soon as there is room", tr.open, tr.limit)
		}
		if tr.told != tr.hashed {
			tr.fault("files hashed: %d, calls of progress: %d; it is called as soon as a file is hashed", tr.hashed, tr.told)
		}
	}
	tr.mu.Unlock()
	time.Sleep(d - time.Microsecond)
}

type file struct {
	fs.File
	tree  *tree
	name  string
	photo photo

	read   int
	asked  int  // for so many bytes, in the first Read
	halted int  // so many Reads in a row gave no bytes and no error
	over   bool // its end was read
	broken bool // a Read of it has failed
	closed bool
}

func (f *file) Read(p []byte) (n int, err error) {
	tr := f.tree
	tr.mu.Lock()
	tr.begins("reads on in the middle of", f.name)
	if f.broken {
		tr.fault("a Read of %s failed, and HashTree reads on in it: an error counts also if bytes come with it", f.name)
	}
	if f.asked == 0 {
		f.asked = len(p)
	}
	switch left := f.photo.size - f.read; {
	case len(p) <= 1<<20:
	case len(p) != f.asked, len(p) >= left && len(p) <= left+512:
		tr.fault("a Read asked for %d bytes: the whole file is kept in memory, not read in pieces of up to %d", len(p), 1<<20)
	default:
		tr.fault("a Read asked for %d bytes: that buffer is too large, no Read asks for more than %d", len(p), 1<<20)
	}
	if f.halted < f.photo.halts {
		f.halted++
		tr.mu.Unlock()
		return 0, nil
	}
	f.halted = 0
	tr.reads++
	var buffer *byte
	if len(p) > 0 {
		buffer = &p[0]
	}
	if buffer != nil && slices.Contains(tr.filled, buffer) {
		tr.fault("two Reads under way fill the same buffer, so that the bytes of one file are hashed as another's: each file needs a buffer of its own")
	}
	tr.filled = append(tr.filled, buffer)
	tr.mu.Unlock()
	if n, err = f.File.Read(p[:min(len(p), f.photo.piece)]); errors.Is(err, io.EOF) {
		n, err = 0, nil
	}
	f.read += n
	if n > 0 {
		tr.waits(f.photo.takes)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.reads--
	i := slices.Index(tr.filled, buffer)
	tr.filled = slices.Delete(tr.filled, i, i+1)
	tr.ends(f.name, nil)
	if f.read < f.photo.size || n > 0 && !f.photo.atOnce {
		return n, nil
	}
	if f.photo.fails != nil {
		f.broken = true
		tr.ends(f.name, f.photo.fails)
		tr.say(f.name, "cannot be read: %v", f.photo.fails)
		return n, f.photo.fails
	}
	if !f.over {
		f.over = true
		tr.hashed++
		tr.say(f.name, "is read to its end")
	}
	return n, io.EOF
}

func (f *file) Close() error {
	tr := f.tree
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	if f.halted > 0 && tr.failure == nil && tr.ctx.Err() == nil {
		tr.fault("%d Reads of %s in a row gave no bytes and no error, and HashTree closes the file: that is not its end", f.halted, f.name)
	}
	if f.photo.closing > 0 {
		tr.closing++
		tr.mu.Unlock()
		time.Sleep(f.photo.closing)
		tr.mu.Lock()
		tr.closing--
		tr.last = time.Since(tr.start)
	}
	tr.open--
	tr.say(f.name, "is closed")
	return f.File.Close()
}

func (tr *tree) progress(done, total int) {
	tr.mu.Lock()
	tr.told++
	tr.say("progress", "says %d of %d", done, total)
	switch {
	case tr.returned:
		tr.fault("progress was called after HashTree had returned: wait for what calls it")
	case tr.busy:
		tr.fault("progress was called while another call of progress was under way")
	case total != len(tr.photos):
		tr.fault("there are %d regular files, and progress was told of %d", len(tr.photos), total)
	case done != tr.told:
		tr.fault("progress did not count 1, 2, 3 and so on: its call number %d said %d", tr.told, done)
	case done > tr.hashed:
		tr.fault("progress said %d, and only %d of the files had been read to their end", done, tr.hashed)
	}
	tr.busy = true
	tr.mu.Unlock()
	for range 100 {
		runtime.Gosched() // lets other calls come
	}
	tr.mu.Lock()
	tr.busy = false
	tr.mu.Unlock()
}

type hashTree func(ctx context.Context, fsys fs.FS, limit int, progress func(done, total int)) (map[string]string, error)

// hash calls HashTree and returns the first thing in which it breaks the
// contract, "" if there is none.
func (tr *tree) hash(ctx context.Context, limit int, hashTree hashTree) (fault string) {
	tr.ctx, tr.limit = ctx, limit
	sums, err := hashTree(ctx, tr, limit, tr.progress)
	took := time.Since(tr.start)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.returned = true
	if err == nil && tr.told < tr.hashed { // is it still to come?
		tr.mu.Unlock()
		time.Sleep(time.Nanosecond)
		tr.mu.Lock()
	}
	tr.say("HashTree", "returns %d sums, %s", len(sums), lesson.Quote(err))
	switch {
	case tr.open > 0:
		tr.fault("HashTree has returned and %d of its files are still open", tr.open)
	case tr.reads > 0:
		tr.fault("HashTree has returned and a Read is still under way: it must wait for it")
	case err != nil && sums != nil:
		tr.fault("HashTree returned an error and a map as well: %q", err)
	case took > tr.last && tr.last > 0:
		tr.fault("nothing was read any more at %v, and HashTree returned at %v", tr.last.Round(ms), took.Round(ms))
	case errors.Is(tr.failure, io.EOF) && !errors.Is(err, tr.failure): // then progress was told too much for that reason
		tr.faults = []string{fmt.Sprintf("%s could not be opened, with %q, and HashTree returned %s: only io.EOF of a Read is the end of a file",
			tr.failed, tr.failure, lesson.Quote(err))}
	case errors.Is(tr.failure, io.ErrUnexpectedEOF) && !errors.Is(err, tr.failure): // as above
		tr.faults = []string{fmt.Sprintf("%s failed with %q, and HashTree returned %s: only io.EOF of a Read is the end of a file; io.ReadFull has an error of the same name",
			tr.failed, tr.failure, lesson.Quote(err))}
	case tr.failure != nil:
		tr.faults = append(tr.faults, tr.wrongError(err)...)
	case ctx.Err() != nil && err == nil && tr.hashed < len(tr.photos):
		tr.fault("ctx ended before all files were read, and HashTree returned %d sums and no error", len(sums))
	case ctx.Err() != nil && err != nil:
		cause := context.Cause(ctx)
		if !errors.Is(err, cause) && !slices.ContainsFunc(tr.late, func(late error) bool { return errors.Is(err, late) }) {
			tr.fault("ctx ended, and HashTree returned %q: errors.Is does not find context.Cause(ctx), %q", err, cause)
		}
	case err != nil:
		tr.fault("nothing failed, ctx is alive, and HashTree returned the error %q", err)
	default:
		wrong := tr.wrongSums(sums)
		if len(wrong) > 0 && strings.HasPrefix(wrong[0], noPath) { // then what progress was told is wrong for that reason
			tr.faults = append(wrong, tr.faults...)
		} else {
			tr.faults = append(tr.faults, wrong...)
		}
	}
	return strings.Join(tr.faults[:min(1, len(tr.faults))], "")
}

const noPath = "the map has no path"

func (tr *tree) wrongError(err error) []string {
	switch {
	case err == nil && tr.ctx.Err() == nil && errors.Is(tr.failure, context.Canceled):
		return []string{fmt.Sprintf("%s failed with %q, and HashTree returned no error: ctx is alive, so that is an error of the file like any other", tr.failed, tr.failure)}
	case err == nil:
		return []string{fmt.Sprintf("%s failed with %q, and HashTree returned no error", tr.failed, tr.failure)}
	case !errors.Is(err, tr.failure):
		hint := ""
		switch {
		case strings.Contains(err.Error(), tr.failure.Error()):
			hint = "; wrap it with %w"
		case errors.Is(err, context.Canceled) && tr.ctx.Err() == nil:
			hint = "; that is the error of a file that was only stopped because of it"
		}
		return []string{fmt.Sprintf("%s failed with %q, and HashTree returned %q: errors.Is does not find the first failure%s", tr.failed, tr.failure, err, hint)}
	case !strings.Contains(err.Error(), tr.failed):
		return []string{fmt.Sprintf("the error does not name the path, %s: %q", tr.failed, err)}
	}
	return nil
}

// goesOnFrom is the file whose bytes and then those of name have this sum, if there is one.
func (tr *tree) goesOnFrom(name, sum string) string {
	if own := sha256.Sum256(tr.shape[name].Data); sum == hex.EncodeToString(own[:]) {
		return ""
	}
	for other := range tr.photos {
		both := sha256.Sum256(slices.Concat(tr.shape[other].Data, tr.shape[name].Data))
		if sum == hex.EncodeToString(both[:]) {
			return other
		}
	}
	return ""
}

func (tr *tree) wrongSums(sums map[string]string) (faults []string) {
	if sums == nil {
		return []string{"HashTree returned a map that is nil, and no error"}
	}
	for name := range tr.photos {
		if other := tr.goesOnFrom(name, sums[name]); other != "" {
			return []string{fmt.Sprintf("the SHA-256 of %s is that of %s and of %s, one after the other: each file begins with a hash of its own", name, other, name)}
		}
	}
	for name := range tr.photos {
		sum := sha256.Sum256(tr.shape[name].Data)
		want := hex.EncodeToString(sum[:])
		switch got, has := sums[name]; {
		case got == want:
		case !has:
			faults = append(faults, fmt.Sprintf(noPath+" %q; it has %d paths, the tree %d files", name, len(sums), len(tr.photos)))
		case strings.EqualFold(got, want):
			faults = append(faults, fmt.Sprintf("the SHA-256 of %s is in upper case, %q", name, got))
		case tr.photos[name].atOnce:
			faults = append(faults, fmt.Sprintf("the SHA-256 of %s is wrong: its last bytes come together with io.EOF", name))
		default:
			faults = append(faults, fmt.Sprintf("the SHA-256 of %s is %q, not %q: it is that of other bytes, as if two reads shared a buffer or not all was read", name, want, got))
		}
	}
	if tr.told != len(tr.photos) {
		faults = append(faults, fmt.Sprintf("there are %d files, all are hashed, and progress was called %d times", len(tr.photos), tr.told))
	}
	if len(faults) == 0 && len(sums) != len(tr.photos) {
		faults = append(faults, fmt.Sprintf("the map has %d paths, the tree %d regular files", len(sums), len(tr.photos)))
	}
	slices.Sort(faults)
	return faults
}

// mustHash fails t if HashTree breaks the contract.
func (tr *tree) mustHash(ctx context.Context, t *testing.T, limit int) {
	t.Helper()
	if fault := tr.hash(ctx, limit, exercise.HashTree); fault != "" {
		t.Error(fault)
	}
}

// endsAfter is a context that ends after d, with errStopped as its cause.
func endsAfter(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errStopped)
	t.Cleanup(cancel)
	return ctx
}

func TestHashesEachRegularFileInEachDirectory(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{
			"readme.txt": in100ms(250), "photos/sea.jpg": in100ms(120), "photos/2024/hill.jpg": in100ms(1), "photos/2024/sea.jpg": in100ms(300),
			"empty/nothing.txt": in100ms(0), ".hidden/.secret": in100ms(10),
		}).mustHash(t.Context(), t, 2)
	})
}

func TestHashesTheBytesThatComeWithTheEnd(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{"sea.jpg": {size: 250, piece: 100, takes: 100 * ms, atOnce: true}}).mustHash(t.Context(), t, 2)
	})
}

func TestAReadWithoutBytesIsNotTheEnd(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{"sea.jpg": {size: 250, piece: 100, takes: 100 * ms, halts: 1}, "hill.jpg": {size: 50, piece: 100, halts: 1_000}}).mustHash(t.Context(), t, 2)
	})
}

func TestOpensNoLinkAndNoPipe(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, numbered(3, in100ms(100)))
		tr.shape["best.jpg"] = &fstest.MapFile{Data: []byte("photos/01.jpg"), Mode: fs.ModeSymlink}
		tr.shape["pipe"] = &fstest.MapFile{Mode: fs.ModeNamedPipe}
		tr.mustHash(t.Context(), t, 2)
	})
}

func TestATreeWithoutFilesGivesAnEmptyMap(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, nil)
		tr.shape["photos"] = &fstest.MapFile{Mode: fs.ModeDir}
		tr.mustHash(t.Context(), t, 1)
	})
}

func TestHashesLimitFilesAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, numbered(12, in100ms(300)))
		tr.mustHash(t.Context(), t, 4)
		if took := time.Since(tr.start); took != 900*ms && !t.Failed() {
			t.Errorf("12 files of 0.3s, 4 at once, took %v, not 0.9s", took)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		tr := treeOf(numbered(1_100, in100ms(100)), func(string, string, ...any) {}) // too many to tell of each
		tr.mustHash(t.Context(), t, 1_100)
	})
}

func TestTwoCallsShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		outer, inner := newTree(t, numbered(1, in100ms(100))), newTree(t, numbered(3, in100ms(100)))
		outer.ctx, outer.limit = t.Context(), 1
		_, _ = exercise.HashTree(t.Context(), outer, 1, func(int, int) { inner.mustHash(t.Context(), t, 1) })
		if inner.told == 0 {
			t.Error("progress of one HashTree calls another HashTree, and that hashes nothing")
		}
	})
}

func TestUsesAPlaceAsSoonAsItIsFree(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		photos := map[string]photo{}
		for i := range 6 {
			photos[fmt.Sprintf("photos/%02d.jpg", i)] = in100ms(100 * (i + 1))
		}
		newTree(t, photos).mustHash(t.Context(), t, 2)
	})
}

func TestAFileIsOpenUntilCloseHasReturned(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, numbered(6, photo{size: 100, piece: 100, takes: 100 * ms, closing: 50 * ms})).mustHash(t.Context(), t, 2)
	})
}

func TestReadsALargeFileInPieces(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{"film.mp4": {size: 3 << 20, piece: 3 << 20}}).mustHash(t.Context(), t, 1)
	})
}

func TestReportsProgressInOrderAndOneCallAtATime(t *testing.T) {
	for range 20 { // all eight are read to their end at one instant
		lesson.Bubble(t, func(t *testing.T) { newTree(t, numbered(8, in100ms(300))).mustHash(t.Context(), t, 8) })
	}
}

func TestKnowsTheNumberOfAllFilesAtTheFirstReport(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, map[string]photo{"a/1.jpg": in100ms(0), "b/2.jpg": in100ms(0), "c/3.jpg": in100ms(100)})
		tr.listing["c"] = time.Second
		tr.mustHash(t.Context(), t, 3)
	})
}

func TestCountsAFileWhenItIsHashedAndNotBefore(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{"a.jpg": in100ms(100), "b.jpg": in100ms(200), "c.jpg": in100ms(350)}).mustHash(t.Context(), t, 3)
	})
}

func TestCountsNoFileThatFails(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, map[string]photo{"a.jpg": in100ms(100), "b.jpg": {size: 200, piece: 100, takes: 100 * ms, fails: errDisk}}).mustHash(t.Context(), t, 2)
	})
}

func TestStopsInTheMiddleOfAFileWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, numbered(10, in100ms(6_000))).mustHash(endsAfter(t, 250*ms), t, 4) // six seconds each
	})
}

func TestWaitsForAReadHoweverLongItTakes(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		newTree(t, numbered(2, photo{size: 100, piece: 100, takes: 72 * time.Hour})).mustHash(endsAfter(t, 250*ms), t, 2)
		time.Sleep(72 * time.Hour)
	})
}

func TestOpensNothingWhenCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		newTree(t, numbered(10, in100ms(300))).mustHash(ctx, t, 2)
	})
}

func TestReadsNoFurtherDirectoryWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, map[string]photo{"a/1.jpg": in100ms(100), "b/2.jpg": in100ms(100), "c/3.jpg": in100ms(100)})
		for name := range tr.shape {
			tr.listing[path.Dir(name)] = time.Second
		}
		tr.mustHash(endsAfter(t, 1500*ms), t, 2)
	})
}

func TestOpensNothingWhenCtxEndsInTheLastDirectory(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tr := newTree(t, numbered(20, in100ms(300)))
		tr.shape["shots"] = &fstest.MapFile{Mode: fs.ModeDir}
		tr.listing["shots"] = time.Second
		tr.mustHash(endsAfter(t, 500*ms), t, 20)
	})
}

func TestTheFirstErrorStopsTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		photos := numbered(10, in100ms(6_000))
		photos["photos/03.jpg"] = photo{size: 250, piece: 100, takes: 99 * ms, fails: errDisk}
		newTree(t, photos).mustHash(t.Context(), t, 4)
	})
}

func TestAFileThatCannotBeOpenedStopsTheRest(t *testing.T) {
	for _, its := range []error{fs.ErrPermission, fmt.Errorf("the server hung up: %w", io.EOF)} {
		lesson.Bubble(t, func(t *testing.T) {
			photos := numbered(10, in100ms(6_000))
			photos["photos/02.jpg"] = photo{opening: 150 * ms, refuses: its}
			newTree(t, photos).mustHash(t.Context(), t, 4)
		})
		if t.Failed() {
			return
		}
	}
}

func TestAFailureIsNoEndOfTheFile(t *testing.T) {
	for _, p := range []photo{{fails: io.ErrUnexpectedEOF}, {fails: errDisk, atOnce: true}} {
		lesson.Bubble(t, func(t *testing.T) {
			p.size, p.piece, p.takes = 100, 100, 100*ms
			newTree(t, map[string]photo{"sea.jpg": p}).mustHash(t.Context(), t, 1)
		})
		if t.Failed() {
			return
		}
	}
}

func TestAFileMayFailWithContextCanceled(t *testing.T) {
	for _, its := range []error{context.Canceled, fmt.Errorf("request: %w", context.Canceled), context.DeadlineExceeded} {
		lesson.Bubble(t, func(t *testing.T) { // of a request that the file system has cancelled itself
			newTree(t, map[string]photo{"sea.jpg": {size: 100, piece: 100, takes: 100 * ms, fails: its}, "hill.jpg": in100ms(300)}).mustHash(t.Context(), t, 2)
		})
	}
}

func TestADirectoryThatCannotBeReadStopsTheRest(t *testing.T) {
	for _, locked := range []string{"b", "."} {
		lesson.Bubble(t, func(t *testing.T) {
			tr := newTree(t, map[string]photo{"a/1.jpg": in100ms(100), "b/2.jpg": in100ms(100), "c/3.jpg": in100ms(100)})
			tr.locked[locked] = fs.ErrPermission
			tr.listing[locked] = 50 * ms
			tr.mustHash(t.Context(), t, 1)
		})
		if t.Failed() {
			return
		}
	}
}

func TestAFailureStaysTheErrorThoughCtxEndsAfterwards(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		photos := map[string]photo{
			"bad.jpg":  {size: 100, piece: 100, takes: 100 * ms, fails: errDisk},
			"slow.jpg": {size: 100, piece: 100, takes: time.Second},
		}
		newTree(t, photos).mustHash(endsAfter(t, 500*ms), t, 2)
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	for _, fails := range []error{nil, errDisk} {
		lesson.Bubble(t, func(t *testing.T) {
			tr := newTree(t, map[string]photo{"a.jpg": in100ms(150), "b.jpg": {size: 200, piece: 100, takes: 100 * ms, fails: fails}, "c.jpg": in100ms(900)})
			tr.mustHash(lesson.Context(t), t, 2)
			lesson.NothingLeft(t, "HashTree has returned")
		})
	}
}
