package screen

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
)

var sibling = regexp.MustCompile(`=> \.\./(\S+)`)

// Workshop is a copy of some of this workshop's lessons, of all if none is
// named, in which nothing is begun.
func Workshop(t *testing.T, lessons ...string) (root string) {
	t.Helper()
	here, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	root = t.TempDir()
	parts, err := course.Parts(here)
	require.NoError(t, err)
	var work strings.Builder
	work.WriteString("go 1.26.0\n")
	for _, p := range parts {
		kept := p.Lessons[:0]
		for _, l := range p.Lessons {
			if len(lessons) == 0 || strings.Contains(" "+strings.Join(lessons, " ")+" ", " "+l.ID()+" ") {
				kept = append(kept, l)
			}
		}
		if len(kept) == 0 {
			continue
		}
		work.WriteString("\nuse ./" + p.Dir + "\n")
		for _, l := range kept {
			target := filepath.Join(root, filepath.FromSlash(l.Dir))
			require.NoError(t, os.CopyFS(target, os.DirFS(filepath.Join(here, filepath.FromSlash(l.Dir)))))
			if stub, err := os.ReadFile(l.Stub()); err == nil {
				Write(t, filepath.Join(target, "exercise", "exercise.go"), string(stub))
			}
		}
		Write(t, filepath.Join(root, p.Dir, "go.sum"), Read(t, filepath.Join(here, p.Dir, "go.sum")))
		Write(t, filepath.Join(root, p.Dir, "README.md"), Read(t, filepath.Join(here, p.Dir, "README.md")))
		mod := Read(t, filepath.Join(here, p.Dir, "go.mod"))
		Write(t, filepath.Join(root, p.Dir, "go.mod"), sibling.ReplaceAllString(mod, "=> "+filepath.ToSlash(here)+"/$1"))
	}
	Write(t, filepath.Join(root, "go.work"), work.String())
	return root
}

// Read is the text of a file.
func Read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// Write writes a file in its place, as some editors do.
func Write(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// Replace writes a file beside it and renames it, as most editors do.
func Replace(t *testing.T, file, text string) {
	t.Helper()
	Write(t, file+"~", text)
	require.NoError(t, os.Rename(file+"~", file))
}

// Find is a lesson of a workshop.
func Find(t *testing.T, root, name string) course.Lesson {
	t.Helper()
	l, err := course.Find(root, name)
	require.NoError(t, err)
	return l
}
