package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// write makes the whole site in a folder: every page that can be reached from
// the first one.
func write(ctx context.Context, root, dir string, lab bool, stdout io.Writer) error {
	if err := mayWrite(dir); err != nil {
		return err
	}
	s, err := newSite(root, false)
	if err != nil {
		return err
	}
	if lab {
		if s.lab, err = s.engine(ctx, stdout); err != nil {
			return err
		}
		if s.failing, err = s.failingRuns(ctx, stdout); err != nil {
			return err
		}
	}
	files, err := s.all()
	if err != nil {
		return err
	}
	size := 0
	for name, content := range files {
		size += len(content)
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(stdout, "%s holds the site: %d files, %.1f MB.\n", dir, len(files), float64(size)/1e6)
	return nil
}

// marker stands in each folder that write has written.
const marker = "files.json"

// mayWrite refuses a folder that holds something else.
func mayWrite(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("%w: -o %s: the folder holds something that is no site", errUse, dir)
	}
	return nil
}

// all are the files of the site, by their paths.
func (s *site) all() (map[string][]byte, error) {
	files := make(map[string][]byte)
	todo := []string{"", "search.json", "state.json", "sw.js", "web/story.py"}
	if python := s.pyodide(); python != "" {
		for _, name := range pyodideFiles {
			todo = append(todo, python+name)
		}
	}
	for _, r := range s.order() {
		todo = append(todo, r.Path)
	}
	err := fs.WalkDir(web, "web", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && name != "web/sw.js" {
			todo = append(todo, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		name := at
		if at == "" || strings.HasSuffix(at, "/") {
			name += "index.html"
		}
		if _, done := files[name]; done {
			continue
		}
		if at == "" || strings.HasSuffix(at, "/") || strings.HasSuffix(at, ".html") {
			p, err := s.page(at)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
			todo = append(todo, p.links...)
			if files[name], err = s.layOut(p); err != nil {
				return nil, err
			}
			continue
		}
		if files[name], _, err = s.render(at); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
	}
	for id, run := range s.failing {
		files["mistakes/"+id+".json"] = run
	}
	files[".nojekyll"] = nil
	if err := list(files); err != nil {
		return nil, err
	}
	if s.lab != nil {
		for name, content := range s.lab.files {
			files["engine/"+name] = content // kept by the service worker when it is asked for
		}
	}
	return files, nil
}

// list adds the list of what the service worker keeps, under a version that is the hash of it all. The worker's own file gets it, too: a browser
// installs a worker anew only when that file has changed.
func list(files map[string][]byte) (err error) {
	var names []string
	for name := range files {
		if name != marker && name != ".nojekyll" && name != "sw.js" && !strings.HasPrefix(name, "python/") { // CPython is kept once it is asked for
			names = append(names, name)
		}
	}
	slices.Sort(names)
	hash := sha256.New()
	for i, name := range names {
		sum := sha256.Sum256(files[name])
		_, _ = fmt.Fprintf(hash, "%s %x\n", name, sum) // a hash takes everything
		names[i] = strings.TrimSuffix(name, "index.html")
	}
	version := hex.EncodeToString(hash.Sum(nil))[:16]
	files["sw.js"] = fmt.Appendf(files["sw.js"], "// %s\n", version)
	files[marker], err = json.Marshal(map[string]any{"version": version, "files": names})
	return err
}
