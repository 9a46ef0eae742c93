package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
)

// An engine is what the lab runs in a browser: Go's compiler and linker, built
// for wasm from the Go that is installed, and the archives of all packages that
// the exercises import. It is kept by content in the user's cache.
type engine struct {
	Go        string              `json:"go"`
	Size      int                 `json:"size"`
	Archives  []archive           `json:"archives"`
	Exercises map[string]inTheTab `json:"exercises"`
	Files     map[string]string   `json:"files"` // where each file lies: a name with a hash, so that no old one is taken for a new one
	files     map[string][]byte   // compressed, by their names
}

// An archive is a compiled package: its import path and size.
type archive struct {
	Path string
	Size int
}

// MarshalJSON writes it as a pair: there are hundreds.
func (a archive) MarshalJSON() ([]byte, error) { return json.Marshal([]any{a.Path, a.Size}) }

// inTheTab is an exercise that can be checked in a browser.
type inTheTab struct {
	Path  string            `json:"path"`
	Tests map[string]string `json:"tests"`
	Main  string            `json:"main"`
	Files map[string]string `json:"files"`
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, ForTest, Dir, Export string
	GoFiles                          []string
}

// wasm is the environment in which go builds for a browser.
func wasm() []string {
	return append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=", "CGO_ENABLED=0")
}

func (s *site) goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = s.root, wasm()
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
	e := &engine{Go: runtime.Version(), Exercises: make(map[string]inTheTab), Files: make(map[string]string), files: make(map[string][]byte)}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "asyncio-to-go", "engine")
	for name, pkg := range map[string]string{"compile": "cmd/compile", "link": "cmd/link", "test2json": "cmd/test2json", "verdict": "./workshop/book/verdict"} {
		_, _ = fmt.Fprintf(says, "engine: %s\n", pkg)
		file := filepath.Join(dir, name+".wasm")
		if _, err := s.goCommand(ctx, "build", "-trimpath", "-ldflags=-s -w", "-o", file, pkg); err != nil {
			return nil, err
		}
		if err := e.add(name+".wasm", file, dir); err != nil {
			return nil, err
		}
	}
	_, _ = fmt.Fprintln(says, "engine: the packages that exercises import")
	packages, err := s.packages(ctx)
	if err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for _, p := range packages {
		if p.Export == "" || p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") || strings.HasSuffix(p.ImportPath, "/exercise") {
			continue
		}
		content, err := os.ReadFile(p.Export)
		if err != nil {
			return nil, err
		}
		e.Archives = append(e.Archives, archive{p.ImportPath, len(content)})
		all.Write(content)
	}
	if err := e.compress("archives", all.Bytes(), dir); err != nil {
		return nil, err
	}
	for _, part := range s.parts {
		for _, l := range part.Lessons {
			if l.HasExercise() {
				if err := s.addExercise(e, l, packages); err != nil {
					return nil, err
				}
			}
		}
	}
	root, err := s.goCommand(ctx, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	support, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, err
	}
	for _, content := range e.files {
		e.Size += len(content)
	}
	e.Files["wasm_exec.js"] = fmt.Sprintf("wasm_exec.%x.js", sha256.Sum256(support))
	e.files[e.Files["wasm_exec.js"]] = support
	e.files["manifest.json"], err = json.Marshal(e)
	return e, err
}

// packages are all that the exercises' tests are made of.
func (s *site) packages(ctx context.Context) ([]listed, error) {
	args := []string{"list", "-e", "-export", "-deps", "-test", "-tags", "exercise", "-gcflags=all=-dwarf=false", "-trimpath", "-json=ImportPath,ForTest,Dir,Export,GoFiles"}
	var imports []string // what answers use, and what may be used in an answer
	for _, part := range s.parts {
		for _, l := range part.Lessons {
			if l.HasExercise() {
				args = append(args, "./"+l.Dir+"/exercise")
				for _, answer := range append(l.WrongAnswers(), l.Solution()) {
					imports = append(imports, importsOf(answer, nil)...)
				}
			}
		}
	}
	_, name, beside := course.Longer(nil)
	imports = append(imports, importsOf(name, beside)...)
	slices.Sort(imports)
	out, err := s.goCommand(ctx, append(args, slices.Compact(imports)...)...)
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

// addExercise adds what a check of the exercise needs: its tests, and what the
// verdict reads of the workshop.
func (s *site) addExercise(e *engine, l course.Lesson, packages []listed) error {
	dir := filepath.Join(s.root, filepath.FromSlash(l.Dir), "exercise")
	one := inTheTab{Tests: make(map[string]string), Files: map[string]string{"go.work": "", l.Dir + "/README.md": "# " + l.Title() + "\n"}}
	for _, p := range packages {
		if p.Dir != dir {
			continue
		}
		switch {
		case strings.HasSuffix(p.ImportPath, ".test"):
			if p.Export == "" {
				return nil // its tests are of what a browser does not have, such as signals
			}
			main, err := os.ReadFile(p.GoFiles[0])
			if err != nil {
				return err
			}
			one.Path, one.Main = strings.TrimSuffix(p.ImportPath, ".test"), string(main)
		case strings.HasPrefix(p.ImportPath, strings.TrimSuffix(p.ForTest, ".test")+"_test ") && p.ForTest != "":
			for _, name := range p.GoFiles {
				source, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					return err
				}
				one.Tests[name] = string(source)
			}
		}
	}
	e.Exercises[l.Dir] = one
	return nil
}

// add compresses a file.
func (e *engine) add(name, file, cache string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return e.compress(name, content, cache)
}

// compress keeps what it has compressed, by the hash of the content: it takes seconds.
func (e *engine) compress(name string, content []byte, cache string) error {
	hash := fmt.Sprintf("%x", sha256.Sum256(content))
	kept := filepath.Join(cache, hash+".gz")
	packed, err := os.ReadFile(kept)
	if err != nil {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		packed = b.Bytes()
		if err := os.WriteFile(kept, packed, 0o600); err != nil {
			return err
		}
	}
	e.Files[name] = name + "." + hash[:16] + ".gz"
	e.files[e.Files[name]] = packed
	return nil
}
