package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"example.com/asyncio-to-go/workshop/course"
)

// An engine is what the lab runs in a browser: Go's compiler and linker, built
// for wasm from the Go that is installed, and the archives of all packages that
// exercises and stories import. It is kept by content in the user's cache.
type engine struct {
	Go       string            `json:"go"`
	Size     int               `json:"size"`     // of what is loaded for any lesson, compressed
	Archives []archive         `json:"archives"` // most lessons need one of these
	Rare     []archive         `json:"rare"`     // few lessons need these: net/http
	Lessons  map[string]string `json:"lessons"`  // where the sources of each lesson lie
	Files    map[string]string `json:"files"`    // where each file lies: a name with a hash, so that no old one is taken for a new one

	licences string
	lessons  map[string]inTheTab
	files    map[string][]byte // compressed, by their names
}

// An archive is a compiled package: its import path and size.
type archive struct {
	Path string
	Size int
}

// MarshalJSON writes it as a pair: there are hundreds.
func (a archive) MarshalJSON() ([]byte, error) { return json.Marshal([]any{a.Path, a.Size}) }

// inTheTab is what of a lesson runs in a browser.
type inTheTab struct {
	Exercise *exerciseInTheTab `json:"exercise,omitempty"`
	Story    *storyInTheTab    `json:"story,omitempty"`
	Rare     bool              `json:"rare"`
}

// exerciseInTheTab is an exercise that can be checked in a browser.
type exerciseInTheTab struct {
	Path  string            `json:"path"`
	Given map[string]string `json:"given"` // what belongs to the package and not to the answer
	Users []storyInTheTab   `json:"users"` // packages that the tests import and that import the exercise: a solution that is made of its types
	Tests map[string]string `json:"tests"`
	Main  string            `json:"main"`
	Files map[string]string `json:"files"`
}

// storyInTheTab is a package that can be built in a browser: the package main of a lesson.
type storyInTheTab struct {
	Path  string            `json:"path"`
	Files map[string]string `json:"files"`
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, ForTest, Dir, Export string
	DepOnly                          bool // go list was not asked for it
	Standard                         bool // it is Go's own
	GoFiles, Deps                    []string
	Module                           struct{ Path, Version, Dir string }
}

// wasm is the environment in which go builds for a browser.
func wasm() []string {
	return append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=", "CGO_ENABLED=0")
}

func (s *site) goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = s.root, wasm()
	if s.live { // pages and checks come first
		cmd.Env = append(cmd.Env, fmt.Sprint("GOMAXPROCS=", max(1, runtime.NumCPU()/2)))
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, stderr.String())
	}
	return out, nil
}

// engine builds it; what is in the cache already is not built again.
func (s *site) engine(ctx context.Context, says io.Writer) (*engine, error) {
	e := &engine{Go: runtime.Version(), Lessons: make(map[string]string), Files: make(map[string]string), lessons: make(map[string]inTheTab), files: make(map[string][]byte)}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "asyncio-to-go", "engine")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, "lock")) // two that build at once would read what the other one writes
	if _, err := lock.TryLockContext(ctx, time.Second); err != nil {
		return nil, err
	}
	defer lock.Unlock() //nolint:errcheck // its end unlocks it
	root, err := s.goCommand(ctx, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	goroot := strings.TrimSpace(string(root))
	slim, err := forTheTab(goroot, dir)
	if err != nil {
		return nil, err
	}
	for i, pkg := range []string{"cmd/compile", "cmd/link", "cmd/test2json", "./workshop/book/verdict"} {
		_, _ = fmt.Fprintf(says, "engine, %d of 5: %s\n", i+1, pkg)
		name := path.Base(pkg) + ".wasm"
		file := filepath.Join(dir, name)
		build := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", file}
		if _, err := s.goCommand(ctx, append(build, "-overlay="+slim, pkg)...); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			_, _ = fmt.Fprintf(says, "engine, %d of 5: built as it is, since what it does not need was not found: %s\n", i+1, inOneLine(err))
			if _, err := s.goCommand(ctx, append(build, pkg)...); err != nil {
				return nil, err
			}
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := e.compress(ctx, name, content, dir); err != nil {
			return nil, err
		}
	}
	_, _ = fmt.Fprintln(says, "engine, 5 of 5: the packages that lessons import")
	standIns, err := s.withStandIns(goroot, dir)
	if err != nil {
		return nil, err
	}
	packages, err := s.packages(ctx, standIns)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(packages, func(p listed) bool { return p.isTest() && p.Export != "" }) || slices.ContainsFunc(packages, listed.isBroken) {
		_, _ = fmt.Fprintln(says, "engine, 5 of 5: built as they are, since the stand-ins are not for this Go")
		if packages, err = s.packages(ctx, ""); err != nil {
			return nil, err
		}
	}
	if e.licences, err = licencesOf(goroot, packages); err != nil {
		return nil, err
	}
	for _, l := range s.lessons {
		if err := s.addLesson(e, l, packages); err != nil {
			return nil, err
		}
	}
	if err := e.archive(ctx, packages, dir); err != nil {
		return nil, err
	}
	for _, content := range e.files {
		e.Size += len(content)
	}
	e.Size -= len(e.files[e.Files["rare"]])
	for at, one := range e.lessons {
		text, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("lesson.%x.json", sha256.Sum256(text))
		e.Lessons[at], e.files[name] = name, text
	}
	support, err := os.ReadFile(filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	e.Files["wasm_exec.js"] = fmt.Sprintf("wasm_exec.%x.js", sha256.Sum256(support))
	e.files[e.Files["wasm_exec.js"]] = support
	forget(dir)
	e.files["manifest.json"], err = json.Marshal(e)
	return e, err
}

// An edit of a source of the compiler or the linker.
type edit struct {
	file string
	what *regexp.Regexp
	with string
}

// sourceEdits take out what is for other machines: packages, their entries in a table, and cases
// of a switch. The last two save the linker a sixth of its time: it neither makes names of functions that it does
// not write, nor splits data for as few as eight zeros.
var sourceEdits = []edit{
	{"compile/main.go", regexp.MustCompile(`(?m)^\t(?:"cmd/compile/internal/` + others + `"|"\w+": +` + others + `\.Init,)\n`), ""},
	{"compile/internal/ssa/config.go", regexp.MustCompile(`(?m)^\tcase "[^w]\w*"(?:, "\w+")*:\n(?:(?:\t\t.*)?\n)+`), ""},
	{"link/main.go", regexp.MustCompile(`(?m)^\t(?:"cmd/link/internal/` + others + `"|case "[^w]\w*"(?:, "\w+")*:\n\t\tarch, theArch = ` + others + `\.Init\(\))\n`), ""},
	{"link/internal/wasm/asm.go", regexp.MustCompile(`nameRegexp\.ReplaceAllString\(ldr\.SymName\(fn\), "_"\)`), "nameRegexp.String()"},
	{"link/internal/wasm/asm.go", regexp.MustCompile(`segmentOverhead = 8\b`), "segmentOverhead = 64"},
}

const others = `(?:amd64|arm|arm64|loong64|mips|mips64|ppc64|riscv64|s390x|x86)`

// forTheTab writes an overlay by which the compiler and the linker are built without
// the other machines that they can build for, a fifth of them, and with the other
// edits. If their sources have changed so that nothing is found, they are built as they are.
func forTheTab(goroot, dir string) (string, error) {
	slim := filepath.Join(dir, "slim")
	if err := os.MkdirAll(slim, 0o755); err != nil {
		return "", err
	}
	replace := make(map[string]string)
	for _, e := range sourceEdits {
		original := filepath.Join(goroot, "src", "cmd", filepath.FromSlash(e.file))
		edited := replace[original] // by an edit before
		source, err := os.ReadFile(cmp.Or(edited, original))
		if err != nil {
			return "", err
		}
		// The second switch of config.go stays: what stands before it is there for its cases.
		first, after, found := bytes.Cut(source, []byte("ctxt.Diag("))
		text := e.what.ReplaceAll(first, []byte(e.with))
		if found {
			text = slices.Concat(text, []byte("ctxt.Diag("), after)
		}
		replace[original] = filepath.Join(slim, strings.ReplaceAll(e.file, "/", "-"))
		if err := os.WriteFile(replace[original], text, 0o600); err != nil {
			return "", err
		}
	}
	return overlay(filepath.Join(slim, "overlay.json"), replace)
}

// withStandIns writes an overlay that has the packages of _standins in the place of
// Go's own: what programs import, and no browser runs. The linker would load it
// all for each check.
func (s *site) withStandIns(goroot, dir string) (string, error) {
	replace := make(map[string]string)
	ours := filepath.Join(s.root, "workshop", "book", "_standins")
	err := filepath.WalkDir(ours, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(ours, file)
		if err != nil {
			return err
		}
		name := filepath.Join(goroot, "src", rel)
		originals, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*.go")) // the pattern is well formed
		for _, original := range originals {
			replace[original] = "" // there is none
		}
		replace[name] = file
		return nil
	})
	if err != nil {
		return "", err
	}
	return overlay(filepath.Join(dir, "slim", "packages.json"), replace)
}

// overlay writes a file for the flag -overlay.
func overlay(file string, replace map[string]string) (string, error) {
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	return file, os.WriteFile(file, text, 0o600)
}

// archive puts the packages into two files: what only net/http needs is a third of it all.
func (e *engine) archive(ctx context.Context, packages []listed, dir string) error {
	common := make(map[string]bool)
	for _, p := range packages {
		if !p.DepOnly && p.ImportPath != "net/http" && !slices.Contains(p.Deps, "net/http") {
			common[p.ImportPath] = true
			for _, dep := range p.Deps {
				common[dep] = true
			}
		}
	}
	var all, rare bytes.Buffer
	for _, p := range packages {
		if !p.isShared() {
			continue
		}
		content, err := os.ReadFile(p.Export)
		if err != nil {
			return err
		}
		if common[p.ImportPath] {
			e.Archives = append(e.Archives, archive{p.ImportPath, len(content)})
			all.Write(content)
		} else {
			e.Rare = append(e.Rare, archive{p.ImportPath, len(content)})
			rare.Write(content)
		}
	}
	return errors.Join(e.compress(ctx, "archives", all.Bytes(), dir), e.compress(ctx, "rare", rare.Bytes(), dir))
}

// isShared reports whether a package is linked as it is, and not compiled in the browser.
func (p listed) isShared() bool {
	return p.Export != "" && p.ForTest == "" && !p.isTest() && !isExercise(p.ImportPath) && !slices.ContainsFunc(p.Deps, isExercise) && !lessonPath.MatchString(p.ImportPath)
}

// isTest reports whether a package is the main package of a test binary.
func (p listed) isTest() bool { return strings.HasSuffix(p.ImportPath, ".test") }

// isBroken reports whether a package that is not ours does not build.
func (p listed) isBroken() bool {
	return (p.Standard || p.Module.Version != "") && p.Export == "" && p.ImportPath != "unsafe"
}

func isExercise(path string) bool { return strings.HasSuffix(path, "/exercise") }

// lessonPath is the import path of a story.
var lessonPath = regexp.MustCompile(`/part\d-[^/]+/\d\d-[^/]+$`)

// licencesOf are the licences of Go and of the modules whose packages the engine holds.
func licencesOf(goroot string, packages []listed) (string, error) {
	text, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	all.WriteString("Go, https://go.dev\n\n" + string(text))
	seen := make(map[string]bool)
	for _, p := range packages {
		if p.Module.Version == "" || !p.isShared() || seen[p.Module.Path] { // a part of the workshop has none
			continue
		}
		seen[p.Module.Path] = true
		files, _ := filepath.Glob(filepath.Join(p.Module.Dir, "LICEN[CS]E*")) // the pattern is well formed
		if len(files) == 0 {
			return "", fmt.Errorf("%s has no licence", p.Module.Path)
		}
		if text, err = os.ReadFile(files[0]); err != nil {
			return "", err
		}
		fmt.Fprintf(&all, "\n\n%s %s\n\n%s", p.Module.Path, p.Module.Version, text)
	}
	return all.String(), nil
}

// packages are all that the exercises' tests are made of, and what answers import.
func (s *site) packages(ctx context.Context, overlay string) ([]listed, error) {
	var exercises, imports []string // and the stories
	for _, l := range s.lessons {
		if l.HasTwin() { // what only a real machine has does not build
			imports = append(imports, "./"+l.Dir)
		}
		if l.HasExercise() {
			exercises = append(exercises, "./"+l.Dir+"/exercise")
			for _, answer := range slices.Concat(l.WrongAnswers(), l.RightAnswers(), []string{l.Solution()}) {
				imports = append(imports, importsOf(answer, nil)...)
			}
		}
	}
	_, name, beside := course.Longer(nil)
	imports = append(imports, importsOf(name, beside)...)
	slices.Sort(imports)
	all, err := s.compiled(ctx, append([]string{"-overlay=" + overlay, "-test"}, exercises...))
	if err != nil {
		return nil, err
	}
	more, err := s.compiled(ctx, append([]string{"-overlay=" + overlay}, slices.Compact(imports)...))
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool)
	return slices.DeleteFunc(append(more, all...), func(p listed) bool {
		again := known[p.ImportPath]
		known[p.ImportPath] = true
		return again
	}), nil
}

// compiled asks go list for packages with their archives.
func (s *site) compiled(ctx context.Context, args []string) ([]listed, error) {
	out, err := s.goCommand(ctx, append([]string{"list", "-e", "-export", "-deps", "-tags", "exercise", "-gcflags=all=-dwarf=false -l", "-trimpath", "-json=ImportPath,ForTest,Dir,Export,GoFiles,Deps,DepOnly,Standard,Module"}, args...)...)
	if err != nil {
		return nil, err
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// importsOf are the packages that a file imports; source is its text, or nil.
func importsOf(file string, source any) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
	if err != nil {
		return nil // go test says so
	}
	var all []string
	for _, i := range parsed.Imports {
		path, _ := strconv.Unquote(i.Path.Value) // the parser has seen that it is quoted
		all = append(all, path)
	}
	return all
}

// addLesson adds what a check of the exercise needs: its tests, and what the
// verdict reads of the workshop; and the sources of the story.
func (s *site) addLesson(e *engine, l course.Lesson, packages []listed) error {
	var one inTheTab
	at := filepath.Join(s.root, filepath.FromSlash(l.Dir))
	exercise := exerciseInTheTab{Tests: make(map[string]string), Files: map[string]string{"go.work": "", l.Dir + "/README.md": "# " + l.Title() + "\n"}}
	var err error
	if l.HasExercise() {
		for _, file := range []string{l.Solution(), l.Stub()} {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(s.root, file)
			if err != nil {
				return err
			}
			exercise.Files[filepath.ToSlash(rel)] = string(text)
		}
	}
	for _, p := range packages {
		rare := slices.Contains(p.Deps, "net/http")
		switch {
		case p.Dir == at && p.ForTest == "" && p.Export != "":
			one.Story, one.Rare = &storyInTheTab{Path: p.ImportPath}, one.Rare || rare
			if one.Story.Files, err = sources(at, p.GoFiles); err != nil {
				return err
			}
		case p.Dir == filepath.Join(at, "exercise", "_solution") && p.Export != "" && slices.ContainsFunc(p.Deps, isExercise):
			files, err := sources(p.Dir, p.GoFiles)
			if err != nil {
				return err
			}
			exercise.Users = append(exercise.Users, storyInTheTab{p.ImportPath, files})
		case p.Dir != filepath.Join(at, "exercise"):
		case p.isTest():
			if p.Export == "" {
				continue // its tests are of what a browser does not have, such as signals
			}
			main, err := os.ReadFile(p.GoFiles[0])
			if err != nil {
				return err
			}
			exercise.Path, exercise.Main, one.Rare = strings.TrimSuffix(p.ImportPath, ".test"), string(main), one.Rare || rare
			one.Exercise = &exercise
		case p.ForTest != "" && strings.HasPrefix(p.ImportPath, p.ForTest+"_test "):
			if exercise.Tests, err = sources(p.Dir, p.GoFiles); err != nil {
				return err
			}
			for name, text := range exercise.Tests { // the port's own goroutine is no leak
				exercise.Tests[name] = strings.ReplaceAll(text, "goleak.VerifyTestMain(m)", `goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("runtime.handleEvent"))`)
			}
		case p.ForTest == "":
			given := slices.DeleteFunc(slices.Clone(p.GoFiles), func(name string) bool { return slices.Contains(l.Files(), name) })
			if exercise.Given, err = sources(p.Dir, given); err != nil {
				return err
			}
		}
	}
	if one.Exercise != nil || one.Story != nil {
		e.lessons[l.Dir] = one
	}
	return nil
}

// sources are the texts of files, by their names.
func sources(dir string, names []string) (map[string]string, error) {
	all := make(map[string]string)
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		all[name] = string(text)
	}
	return all, nil
}

// forget removes what no engine of the last month was made of.
func forget(cache string) {
	files, _ := filepath.Glob(filepath.Join(cache, "*.gz")) // the pattern is well formed
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > 30*24*time.Hour {
			_ = os.Remove(file) // if it stays, it is removed the next time
		}
	}
}

// compress keeps what it has compressed, by the hash of the content: it takes seconds.
func (e *engine) compress(ctx context.Context, name string, content []byte, cache string) error {
	hash := fmt.Sprintf("%x", sha256.Sum256(content))
	kept := filepath.Join(cache, hash+".gz")
	packed, err := os.ReadFile(kept)
	if err != nil {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is
		for part := range slices.Chunk(content, 1<<20) {
			if _, err := w.Write(part); err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
		packed = b.Bytes()
		if err := os.WriteFile(kept, packed, 0o600); err != nil {
			return err
		}
	}
	now := time.Now()
	_ = os.Chtimes(kept, now, now) // so that forget keeps it
	e.Files[name] = name + "." + hash[:16] + ".gz"
	e.files[e.Files[name]] = packed
	return nil
}
