package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/asyncio-to-go/workshop/room"
)

// offline is the environment of a go command that must not use the network, nor
// change go.mod.
func offline(root string) []string {
	return append(online(root), "GOPROXY=off", "GONOPROXY=none", "GOTOOLCHAIN=local")
}

func online(root string) []string {
	return []string{
		"GOWORK=" + filepath.Join(root, "go.work"),
		"GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -mod=readonly"),
	}
}

// needs is the go command that loads all that lessons, exercises and their
// tests import, and prints what the template says. That downloads the modules
// of these packages and no others. With -e it goes on at an unfinished
// answer.
func needs(template string) []string {
	return []string{"list", "-e", "-deps", "-test", "-tags=exercise", "-f", template, "work"}
}

var notThere = regexp.MustCompile(`(\S+@v\S+): module lookup disabled by GOPROXY=off`)

// findModules proves that all modules are there by loading them without a network.
func findModules(ctx context.Context, root string, m *room.Machine) finding {
	const prefetch = "with a network: go run ./workshop doctor --prefetch"
	out, err := output(ctx, buildPatience, root, offline(root), "go", needs("{{with .Error}}{{.Err}}{{end}}")...)
	said := out
	if err != nil {
		said = err.Error()
	}
	if all := notThere.FindAllStringSubmatch(said, -1); len(all) > 0 || strings.Contains(said, "GOPROXY=off") {
		m.Cache = "cold"
		found := "not all are on this machine"
		if len(all) > 0 { // go names the first that it misses
			found += ": " + all[0][1]
		}
		return finding{"modules", missing, found, prefetch}
	}
	if err != nil {
		return finding{"modules", missing, err.Error(), prefetch}
	}
	m.Cache = "warm"
	return finding{"modules", well, "all on this machine: you can go offline", ""}
}

// atOnce is how many packages one go command compiles: Windows' command lines
// have 32767 letters.
const atOnce = 300

// fetch downloads what all parts need, and compiles it: the first check is then
// as fast as any other. It ends with ctx.
func fetch(ctx context.Context, root string, progress io.Writer) error {
	start := time.Now()
	goCommand := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), online(root)...)
		cmd.Stderr = progress
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		return string(out), err
	}
	say(progress, "Downloading what the lessons need: 110 MB where nothing is there yet …\n")
	const others = "{{if not .ForTest}}{{if or .Standard (and .Module (not .Module.Main))}}{{.ImportPath}}{{end}}{{end}}"
	out, err := goCommand(needs(others)...)
	if err != nil {
		return fmt.Errorf("not everything could be downloaded: %w", err)
	}
	if f := findModules(ctx, root, new(room.Machine)); f.State != well { // go list -e does not say so
		why, _ := output(ctx, buildPatience, root, online(root), "go", needs("{{with .Error}}{{.Err}}{{end}}")...)
		why, _, _ = strings.Cut(why, "\n")
		return fmt.Errorf("not everything could be downloaded: %s", cmp.Or(why, f.Found))
	}
	packages := strings.Fields(out)
	say(progress, "Compiling %d packages, minutes where none is compiled yet …\n", len(packages))
	for some := range slices.Chunk(packages, atOnce) {
		if _, err := goCommand(append([]string{"build"}, some...)...); err != nil {
			return fmt.Errorf("not everything could be compiled: %w", err)
		}
	}
	say(progress, "Done in %v.\n\n", time.Since(start).Round(time.Second))
	return nil
}
