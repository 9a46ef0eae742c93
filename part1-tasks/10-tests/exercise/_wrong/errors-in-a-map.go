//wrong: looks the error up in a map, which panics on an error of a type that cannot be compared
//want:  whose error is of a type that cannot be compared
//kind:  contract

package exercise

import (
	"context"
	"errors"
	"sync"
	"time"
)

type note struct {
	calls   int
	began   time.Duration
	ended   time.Duration // of its ctx
	running bool
}

type play struct {
	aTakes, bTakes time.Duration
	aValue, bValue string
	aErr, bErr     error
	end            time.Duration // of ctx; 0 for never, below 0 for before the call
	want           string
	wantErrs       []error
	at             time.Duration
	stopA, stopB   time.Duration // when the ctx of a source has to end; 0 for not looked at
	says           string
}

func Check(t T, first First) {
	t.Helper()
	errA, errB, gone := errors.New("a fails"), errors.New("b fails"), errors.New("gone")
	const s = time.Second
	for _, p := range []play{
		{aTakes: s, aValue: "a", bTakes: 3 * s, bValue: "b", want: "a", at: 1500 * time.Millisecond, stopB: s, says: "a is faster"},
		{aTakes: 3 * s, aValue: "a", bTakes: s, bValue: "b", want: "b", at: 1500 * time.Millisecond, stopA: s, says: "b is faster"},
		{aTakes: s, aValue: "", bTakes: 3 * s, bValue: "b", want: "", at: 1500 * time.Millisecond, stopB: s, says: "a is faster with an empty value"},
		{aTakes: s, aErr: errA, bTakes: 3 * s, bValue: "b", want: "b", at: 3 * s, says: "a fails"},
		{aTakes: 3 * s, aValue: "a", bTakes: s, bErr: errB, want: "a", at: 3 * s, says: "b fails"},
		{aTakes: s, aErr: errA, bTakes: 2 * s, bErr: errB, wantErrs: []error{errA, errB}, at: 2 * s, says: "both fail, a first"},
		{aTakes: 2 * s, aErr: errA, bTakes: s, bErr: errB, wantErrs: []error{errA, errB}, at: 2 * s, says: "both fail, b first"},
		{aTakes: 5 * s, aValue: "a", bTakes: 6 * s, bValue: "b", end: 2 * s, wantErrs: []error{gone}, at: 2500 * time.Millisecond, stopA: 2 * s, stopB: 2 * s, says: "ctx ends"},
		{aTakes: s, aErr: errA, bTakes: 6 * s, bValue: "b", end: 2 * s, wantErrs: []error{gone}, at: 2500 * time.Millisecond, stopB: 2 * s, says: "a fails and ctx ends"},
		{aTakes: 6 * s, aValue: "a", bTakes: s, bErr: errB, end: 2 * s, wantErrs: []error{gone}, at: 2500 * time.Millisecond, stopA: 2 * s, says: "b fails and ctx ends"},
		{aTakes: s, aValue: "a", bTakes: 6 * s, bValue: "b", end: 1200 * time.Millisecond, want: "a", at: 1500 * time.Millisecond, stopB: s, says: "ctx ends after the value"},
		{aTakes: 6 * s, aValue: "a", bTakes: s, bValue: "b", end: 1200 * time.Millisecond, want: "b", at: 1500 * time.Millisecond, stopA: s, says: "ctx ends after the value of b"},
		{aTakes: 5 * s, aValue: "a", bTakes: 6 * s, bValue: "b", end: -1, wantErrs: []error{gone}, at: 500 * time.Millisecond, says: "ctx has ended before"},
	} {
		p.run(t, first, gone)
	}
}

func (p play) run(t T, first First, gone error) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	start := time.Now()
	notes := map[string]*note{"a": {}, "b": {}}
	watch := func(name string, source Source) Source {
		n := notes[name]
		return func(ctx context.Context) (string, error) {
			all.Add(1)
			defer all.Done()
			mu.Lock()
			n.calls++
			n.began = time.Since(start)
			n.running = true
			mu.Unlock()
			stop := context.AfterFunc(ctx, func() {
				mu.Lock()
				defer mu.Unlock()
				n.ended = time.Since(start)
			})
			defer func() {
				stop()
				mu.Lock()
				defer mu.Unlock()
				n.running = false
			}()
			return source(ctx)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	if p.end < 0 {
		cancel(gone)
	} else if p.end > 0 {
		timer := time.AfterFunc(p.end, func() { cancel(gone) })
		defer timer.Stop()
	}
	value, err := first(ctx, watch("a", After(p.aTakes, p.aValue, p.aErr)), watch("b", After(p.bTakes, p.bValue, p.bErr)))
	took := time.Since(start)
	mu.Lock()
	a, b := *notes["a"], *notes["b"]
	mu.Unlock()
	time.Sleep(20 * time.Second)
	all.Wait()
	if p.wantErrs == nil && (err != nil || value != p.want) {
		t.Errorf("%s: First returns %q, %v and not %q", p.says, value, err, p.want)
	}
	for _, want := range p.wantErrs {
		known := map[error]bool{want: true}
		if !known[err] && !errors.Is(err, want) {
			t.Errorf("%s: errors.Is does not find %v in %v", p.says, want, err)
		}
	}
	if took != p.at {
		t.Errorf("%s: First returns after %v, not %v", p.says, took, p.at)
	}
	if a.running || b.running {
		t.Errorf("%s: a source runs when First has returned", p.says)
	}
	if a.calls != 1 || b.calls != 1 {
		t.Errorf("%s: a is called %d times, b %d times, not once each", p.says, a.calls, b.calls)
	}
	if a.began != 0 || b.began != 0 {
		t.Errorf("%s: a source is not called at once", p.says)
	}
	if p.stopA > 0 && a.ended != p.stopA || p.stopB > 0 && b.ended != p.stopB {
		t.Errorf("%s: the ctx of a source does not end at that instant", p.says)
	}
	mu.Lock()
	defer mu.Unlock()
	if notes["a"].calls > 1 || notes["b"].calls > 1 {
		t.Errorf("%s: a source is called again later", p.says)
	}
}
