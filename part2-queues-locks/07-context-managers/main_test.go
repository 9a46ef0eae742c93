package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStory(t *testing.T) { lesson.Golden(t, story) }

type file struct{ name string }

func (f file) Close() error { return errChecksum }

func TestADeferredCloseLosesItsError(t *testing.T) {
	loses := func() error {
		f := file{"frames"}
		defer f.Close() //nolint:errcheck // this is the trap, and errcheck finds it
		return nil
	}
	keeps := func() (err error) {
		f := file{"frames"}
		defer func() { err = errors.Join(err, f.Close()) }()
		return nil
	}
	require.NoError(t, loses())
	assert.ErrorIs(t, keeps(), errChecksum)
}

func TestADeferInALoopWaitsForTheEndOfTheFunction(t *testing.T) {
	open, most := 0, 0
	enter := func() { open++; most = max(most, open) }
	leave := func() { open-- }
	func() {
		for range 3 {
			enter()
			defer leave()
		}
	}()
	require.Equal(t, 3, most, "all three were open at once")

	most = 0
	for range 3 {
		func() {
			enter()
			defer leave()
		}()
	}
	assert.Equal(t, 1, most, "a function of its own closes each in its turn")
}

func TestTheArgumentsOfADeferredCallAreEvaluatedAtOnce(t *testing.T) {
	var early, late error
	note := func(into *error, err error) { *into = err }
	_ = func() (err error) {
		defer note(&early, err)
		defer func() { note(&late, err) }()
		return errFrame
	}()
	require.NoError(t, early, "there was none yet")
	assert.Equal(t, errFrame, late)
}

func TestEachTurnOfALoopHasAVariableOfItsOwn(t *testing.T) {
	var closed []int
	func() {
		for i := range 3 {
			defer func() { closed = append(closed, i) }()
		}
	}()
	assert.Equal(t, []int{2, 1, 0}, closed, "before Go 1.22 it was 2, 2, 2")
}

func TestWhatIsClosedUnderAnEndedCtxStaysOpen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		r, err := open(ctx, slog.New(slog.DiscardHandler), nil)
		require.NoError(t, err)
		cancel(errHungUp)
		require.ErrorIs(t, r.close(ctx), errHungUp)

		err = nil
		closeAndJoin(ctx, r, &err)
		require.NoError(t, err)

		err = io.EOF
		closeAndJoin(ctx, r, &err)
		assert.Same(t, io.EOF, err, "closing succeeds, so the error stays as it is")
	})
}

func TestJoinWrapsASingleErrorToo(t *testing.T) {
	joined := errors.Join(io.EOF, nil)
	assert.NotSame(t, io.EOF, joined)
	assert.ErrorIs(t, joined, io.EOF)
}
