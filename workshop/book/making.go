package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// A making is how far the engine of a served book is: it is built while pages
// are read. The zero value is one that has not begun.
type making struct {
	mu sync.Mutex
	// These are guarded by mu.
	says   string
	begun  bool
	failed bool
	engine *engine
}

// ready is the engine once it is built; nil until then.
func (m *making) ready() *engine {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine
}

// comes reports whether the engine is there, or is still being built.
func (m *making) comes() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine != nil || m.begun && !m.failed
}

// Write takes a step's line of the engine, for the pages.
func (m *making) Write(line []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.says = strings.TrimPrefix(strings.TrimSpace(string(line)), "engine, ")
	return len(line), nil
}

// state is what a page asks for until the engine is there.
func (m *making) state() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return json.Marshal(struct {
		Ready  bool   `json:"ready"`
		Failed bool   `json:"failed"`
		Says   string `json:"says"`
	}{m.engine != nil, m.failed || !m.begun, m.says})
}

// file is one of the engine's, or how far it is.
func (m *making) file(name string) ([]byte, error) {
	if name == "state.json" {
		return m.state()
	}
	if e := m.ready(); e != nil && e.files[name] != nil {
		return e.files[name], nil
	}
	return nil, errNotFound
}

// begin notes that the engine will be there; a page that is asked for from then on has its editors.
func (m *making) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun = true
}

// hasBegun reports whether begin has been called: not with -lab=false.
func (m *making) hasBegun() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.begun
}

// end notes what came of it.
func (m *making) end(e *engine, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.engine, m.failed = e, err != nil
}

// build builds the engine, and reports each step on the terminal and to the pages.
// Without it the book goes on: its failure is one line.
func (s *site) build(ctx context.Context, stdout io.Writer) {
	e, err := s.engine(ctx, io.MultiWriter(stdout, &s.making))
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return
	case err != nil:
		_, _ = fmt.Fprintf(stdout, "The editors of the pages cannot run Go: %s. All else is there.\n", inOneLine(err))
	default:
		_, _ = fmt.Fprintln(stdout, "The editors of the pages are ready: Run and Check work in the browser, too.")
	}
	s.making.end(e, err)
}

// inOneLine is an error without the lines in which a command only names a package.
func inOneLine(err error) string {
	var all []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return strings.Join(all[:min(len(all), 2)], ": ")
}
