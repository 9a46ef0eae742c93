package course

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// overridden are the variables that could change a verdict: what a check
// builds, which tests run, how they run. A check sets them, or leaves them out,
// wherever a person has set them.
var overridden = []string{
	"GOFLAGS", "GODEBUG", "GOEXPERIMENT", "GOOS", "GOARCH", "GOWORK", "CGO_ENABLED", "GO111MODULE", "GOFIPS140",
	"GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM",
	"GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "GOTRACEBACK", "GOCOVERDIR",
	"GO_EXTLINK_ENABLED", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS",
}

// Overridden lists what of the person's settings a check does not follow, each
// as NAME=value. What only concerns downloads, places and compilers (GOPROXY,
// GOMODCACHE, CC) stays.
func Overridden() []string {
	var found []string
	set := goEnv()
	for _, name := range overridden {
		if value := os.Getenv(name); value != "" {
			found = append(found, name+"="+value)
		} else if set[name] != "" {
			found = append(found, name+"="+set[name]+" (go env -w)")
		}
	}
	return found
}

// goEnv is what the person has set by go env -w.
func goEnv() map[string]string {
	set := make(map[string]string)
	file := os.Getenv("GOENV")
	if file == "" {
		if dir, err := os.UserConfigDir(); err == nil {
			file = filepath.Join(dir, "go", "env")
		}
	}
	text, _ := os.ReadFile(file) // none: nothing is set; so it is where GOENV is off
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			set[name] = value
		}
	}
	return set
}

// environment is that of a go command which a check starts. An empty variable
// is not enough: the go command would then follow go env -w.
func (l Lesson) environment(more ...string) []string {
	drop := func(name string) bool { return name == "GOENV" || slices.Contains(overridden, name) }
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return drop(name)
	})
	for name, value := range goEnv() {
		if !drop(name) && os.Getenv(name) == "" {
			env = append(env, name+"="+value)
		}
	}
	return append(append(env, "GOENV=off", "GOWORK="+filepath.Join(l.Root, "go.work")), more...)
}
