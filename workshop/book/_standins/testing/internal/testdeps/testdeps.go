// Package testdeps is what a test binary needs in a browser: no fuzzing, no
// profile, no coverage, and no log for the cache of go test.
package testdeps

import (
	"errors"
	"internal/testlog"
	"io"
	"reflect"
	"regexp"
	"time"
)

var ImportPath, ModulePath string

type TestDeps struct{}

func (TestDeps) ImportPath() string { return ImportPath }

func (TestDeps) ModulePath() string { return ModulePath }

func (TestDeps) MatchString(pattern, name string) (bool, error) {
	return regexp.MatchString(pattern, name)
}

func (TestDeps) SetPanicOnExit0(panics bool) { testlog.SetPanicOnExit0(panics) }

func (TestDeps) StartTestLog(io.Writer) {}

func (TestDeps) StopTestLog() error { return nil }

func (TestDeps) StartCPUProfile(io.Writer) error { return errors.ErrUnsupported }

func (TestDeps) StopCPUProfile() {}

func (TestDeps) WriteProfileTo(string, io.Writer, int) error { return errors.ErrUnsupported }

func (TestDeps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapshot func() float64) {
	return "", nil, nil
}

// corpusEntry is internal/fuzz's.
type corpusEntry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

func (TestDeps) CoordinateFuzzing(_ time.Duration, _ int64, _ time.Duration, _ int64, _ int, _ []corpusEntry, _ []reflect.Type, _, _ string) error {
	return errors.ErrUnsupported
}

func (TestDeps) RunFuzzWorker(func(corpusEntry) error) error { return errors.ErrUnsupported }

func (TestDeps) ReadCorpus(string, []reflect.Type) ([]corpusEntry, error) {
	return nil, errors.ErrUnsupported
}

func (TestDeps) CheckCorpus([]any, []reflect.Type) error { return errors.ErrUnsupported }

func (TestDeps) ResetCoverage() {}

func (TestDeps) SnapshotCoverage() {}
