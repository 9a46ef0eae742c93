package report_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/report"
)

var (
	errStop    = errors.New("the user went away")
	errCleanUp = errors.New("clean-up failed")
)

type (
	sliceError  []error         // not comparable, as validators return it
	holdsError  struct{ error } // comparable as a type, but not what is in it
	likeError   struct{ target error }
	branchError []error // keeps nil branches, as errors.Join does not
	anyError    struct{ branchError }
)

func (sliceError) Error() string         { return "several" }
func (likeError) Error() string          { return "like another" }
func (e likeError) Is(target error) bool { return target == e.target }
func (branchError) Error() string        { return "branches" }
func (e branchError) Unwrap() []error    { return e }
func (e anyError) Is(target error) bool  { return errors.Is(errors.Join(e.branchError...), target) }
func ended(cause error) context.Context  { return endedAfter(context.Background(), cause) }
func wrap(err error) error               { return fmt.Errorf("reading: %w", err) }
func endedAfter(ctx context.Context, cause error) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(cause)
	return ctx
}

func TestReports(t *testing.T) {
	late, cancel := context.WithDeadlineCause(context.Background(), time.Now().Add(-time.Second), errStop)
	defer cancel()
	uncomparable := holdsError{sliceError{errStop}}
	for name, tt := range map[string]struct {
		err        error
		ctxs       []context.Context
		some, only bool
	}{
		"nil":                              {nil, []context.Context{ended(errStop)}, false, false},
		"Err":                              {context.Canceled, []context.Context{ended(errStop)}, true, true},
		"Cause":                            {errStop, []context.Context{ended(errStop)}, true, true},
		"Err of a deadline":                {context.DeadlineExceeded, []context.Context{late}, true, true},
		"Canceled is not DeadlineExceeded": {context.Canceled, []context.Context{late}, false, false},
		"wrapped Err":                      {wrap(context.Canceled), []context.Context{ended(errStop)}, true, true},
		"wrapped Cause":                    {wrap(wrap(errStop)), []context.Context{ended(errStop)}, true, true},
		"what the Cause wraps":             {errStop, []context.Context{ended(wrap(errStop))}, false, false},
		"an equal error":                   {errors.New(errStop.Error()), []context.Context{ended(errStop)}, false, false},
		"another error":                    {errCleanUp, []context.Context{ended(errStop)}, false, false},
		"a context that has not ended":     {context.Canceled, []context.Context{context.Background()}, false, false},
		"no context":                       {context.Canceled, nil, false, false},
		"joined with another error":        {errors.Join(errStop, errCleanUp), []context.Context{ended(errStop)}, true, false},
		"another error joined with it":     {errors.Join(errCleanUp, errStop), []context.Context{ended(errStop)}, true, false},
		"Err joined with Cause":            {errors.Join(context.Canceled, wrap(errStop)), []context.Context{ended(errStop)}, true, true},
		"two contexts, one each":           {errors.Join(errStop, errCleanUp), []context.Context{ended(errStop), ended(errCleanUp)}, true, true},
		"the second context":               {errCleanUp, []context.Context{ended(errStop), ended(errCleanUp)}, true, true},
		"nil beside it":                    {branchError{nil, errStop}, []context.Context{ended(errStop)}, true, true},
		"nil alone":                        {branchError{nil}, []context.Context{ended(errStop)}, false, false},
		"no branch":                        {branchError{}, []context.Context{ended(errStop)}, false, false},
		"no branch beside it":              {errors.Join(errStop, branchError{}), []context.Context{ended(errStop)}, true, true},
		"like the Err":                     {likeError{context.Canceled}, []context.Context{ended(errStop)}, true, true},
		"like the Cause":                   {likeError{errStop}, []context.Context{ended(errStop)}, false, false},
		"branches, an Is content with one": {anyError{branchError{errCleanUp, context.Canceled}}, []context.Context{ended(errStop)}, true, false},
		"a nil pointer":                    {(*fs.PathError)(nil), []context.Context{ended(errStop)}, false, false},
		"a nil pointer that has an Is":     {(*likeError)(nil), []context.Context{ended(errStop)}, false, false},
		"a nil pointer that is the Cause":  {(*fs.PathError)(nil), []context.Context{ended((*fs.PathError)(nil))}, true, true},
		"a nil pointer beside the Cause":   {errors.Join(errStop, (*fs.PathError)(nil)), []context.Context{ended(errStop)}, true, false},
		"uncomparable":                     {uncomparable, []context.Context{ended(uncomparable)}, true, true},
		"wrapped uncomparable":             {wrap(uncomparable), []context.Context{ended(uncomparable)}, true, true},
		"another uncomparable":             {holdsError{sliceError{errCleanUp}}, []context.Context{ended(uncomparable)}, false, false},
		"uncomparable, comparable Cause":   {uncomparable, []context.Context{ended(errStop)}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.some, report.Some(tt.err, tt.ctxs...), "Some")
			require.Equal(t, tt.only, report.Only(tt.err, tt.ctxs...), "Only")
		})
	}
}

func TestSame(t *testing.T) {
	require.True(t, report.Same(errStop, errStop))
	require.True(t, report.Same(nil, nil))
	require.False(t, report.Same(nil, errStop))
	require.False(t, report.Same(sliceError{}, nil))
	require.False(t, report.Same(errStop, wrap(errStop)))
	require.False(t, report.Same(errors.New("a"), errors.New("a")), "two errors with one text")
	require.True(t, report.Same(sliceError{errStop}, sliceError{errStop}))
	require.False(t, report.Same(errStop, sliceError{errStop}))
	require.False(t, report.Same(sliceError{errStop}, errStop))
}

func ExampleOnly() {
	ctx := ended(errors.New("the user went away"))
	fmt.Println(report.Only(fmt.Errorf("reading: %w", context.Cause(ctx)), ctx))
	fmt.Println(report.Only(errors.Join(ctx.Err(), errors.New("disk full")), ctx))
	// Output:
	// true
	// false
}
