//wrong: compares runtime.NumGoroutine before and after the call
//want:  your test rejects a right First
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

var (
	errStop = errors.New("the shop closes")
	errA    = errors.New("a is broken")
	errB    = errors.New("b is broken")
)

type diary struct {
	mu      sync.Mutex
	start   time.Time
	lines   []string
	running int
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%.1fs ", time.Since(d.start).Seconds())+fmt.Sprintf(format, args...))
}

func (d *diary) count(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running += n
	return d.running
}

func (d *diary) source(name string, takes float64, value string, err error) Source {
	return func(ctx context.Context) (string, error) {
		d.count(1)
		defer d.count(-1)
		d.note("%s begins", name)
		select {
		case <-time.After(time.Duration(takes * float64(time.Second))):
			return value, err
		case <-ctx.Done():
			d.note("%s is stopped", name)
			time.Sleep(400 * time.Millisecond)
			return "", context.Cause(ctx)
		}
	}
}

type scene struct {
	title  string
	takesA float64
	valueA string
	errA   error
	takesB float64
	valueB string
	errB   error
	ends   float64
	value  string
	errs   []error
	lines  []string
	back   float64
}

func Check(t T, first First) {
	t.Helper()
	both := []string{"0.0s a begins", "0.0s b begins"}
	for _, s := range []scene{
		{"a is faster", 1, "A", nil, 3, "B", nil, 0, "A", nil, append(both[:2:2], "1.0s b is stopped"), 1.4},
		{"b is faster", 3, "A", nil, 1, "B", nil, 0, "B", nil, append(both[:2:2], "1.0s a is stopped"), 1.4},
		{"a fails first", 1, "", errA, 3, "B", nil, 0, "B", nil, both, 3},
		{"b fails first", 3, "A", nil, 1, "", errB, 0, "A", nil, both, 3},
		{"both fail", 1, "", errA, 3, "", errB, 0, "", []error{errA, errB}, both, 3},
		{"both fail, b first", 3, "", errA, 1, "", errB, 0, "", []error{errA, errB}, both, 3},
		{"ctx ends", 3, "A", nil, 5, "B", nil, 2, "", []error{errStop}, append(both[:2:2], "2.0s a is stopped", "2.0s b is stopped"), 2.4},
		{"a has failed when ctx ends", 1, "", errA, 5, "B", nil, 2, "", []error{errStop}, append(both[:2:2], "2.0s b is stopped"), 2.4},
		{"b has failed when ctx ends", 5, "A", nil, 1, "", errB, 2, "", []error{errStop}, append(both[:2:2], "2.0s a is stopped"), 2.4},
		{"ctx ends after the value", 1, "A", nil, 5, "B", nil, 1.2, "A", nil, append(both[:2:2], "1.0s b is stopped"), 1.4},
		{"an empty value", 1, "", nil, 3, "B", nil, 0, "", nil, append(both[:2:2], "1.0s b is stopped"), 1.4},
	} {
		s.play(t, first)
	}
}

func (s scene) play(t T, first First) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	d := &diary{start: time.Now()}
	var wg sync.WaitGroup
	if s.ends > 0 {
		wg.Go(func() {
			time.Sleep(time.Duration(s.ends * float64(time.Second)))
			cancel(errStop)
		})
	}
	before := runtime.NumGoroutine()
	value, err := first(ctx, d.source("a", s.takesA, s.valueA, s.errA), d.source("b", s.takesB, s.valueB, s.errB))
	back := time.Since(d.start).Seconds()
	running := d.count(0)
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%s: sentence 5: %d goroutines, not %d", s.title, n, before)
	}
	wg.Wait()
	time.Sleep(20 * time.Second)
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.Sort(d.lines)
	if !slices.Equal(d.lines, s.lines) {
		t.Errorf("%s: sentences 1 to 4: the sources noted %q, not %q", s.title, d.lines, s.lines)
	}
	if running > 0 {
		t.Errorf("%s: sentence 5: First has returned, and %d sources run", s.title, running)
	}
	if back > s.back+5 {
		t.Errorf("%s: First returned after %.1fs, not %.1fs", s.title, back, s.back)
	}
	if s.errs == nil && (err != nil || value != s.value) {
		t.Errorf("%s: sentence 2: First returned %q and %v, not the value %q", s.title, value, err, s.value)
	}
	for _, want := range s.errs {
		if !errors.Is(err, want) {
			t.Errorf("%s: sentences 3 and 4: First returned %v, in which there is no %q", s.title, err, want)
		}
	}
}
