package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
)

// skeleton holds the files of a new lesson; NAME is what changes in them.
//
//go:embed all:skeleton
var skeleton embed.FS

var lessonPath = regexp.MustCompile(`^(part\d-[a-z0-9-]+)/(\d\d-[a-z0-9-]+)$`)

func newCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "new PART/NN-NAME",
		Short:   "Write the skeleton of a new lesson",
		Example: "  workshop new part1-tasks/09-stack",
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			path := strings.TrimSuffix(filepath.ToSlash(filepath.Clean(args[0])), "/")
			m := lessonPath.FindStringSubmatch(path)
			if m == nil {
				return fmt.Errorf("%w: %q is not the path of a lesson, such as part1-tasks/09-stack", errUse, args[0])
			}
			if _, err := os.Stat(filepath.Join(root, m[1], "go.mod")); err != nil {
				return fmt.Errorf("%w: there is no part %s", errUse, m[1])
			}
			if taken, _ := filepath.Glob(filepath.Join(root, m[1], m[2][:3]+"*")); len(taken) > 0 && filepath.Base(taken[0]) != m[2] {
				return fmt.Errorf("%w: %s has the number %s already; take another", errUse, filepath.Base(taken[0]), m[2][:2])
			}
			if err := writeSkeleton(filepath.Join(root, filepath.FromSlash(path)), path); err != nil {
				return err
			}
			say(cmd.OutOrStdout(), "Wrote %s. `go test ./%s -update` draws its picture; `go run ./workshop verify %s` says what is still missing.\n", path, path, m[2])
			return nil
		},
	}
}

func writeSkeleton(dir, path string) error {
	if err := os.Mkdir(dir, 0o755); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; nothing was written", path)
	} else if err != nil {
		return err
	}
	return fs.WalkDir(skeleton, "skeleton", func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == "skeleton" {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(strings.TrimPrefix(name, "skeleton/"), ".tmpl")))
		if e.IsDir() {
			return os.Mkdir(target, 0o755)
		}
		source, err := skeleton.ReadFile(name)
		if err != nil {
			return err
		}
		t, err := template.New(name).Delims("«", "»").Parse(string(source))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := t.Execute(&out, map[string]string{"Path": path}); err != nil {
			return err
		}
		return os.WriteFile(target, out.Bytes(), 0o644)
	})
}
