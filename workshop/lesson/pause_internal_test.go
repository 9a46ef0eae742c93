package lesson

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPauseEndsAtItsTimeOrEarlyWithTheCause(t *testing.T) {
	errOver, errStage := errors.New("over"), errors.New("the story ends")
	Bubble(t, func(t *testing.T) {
		pause := func(ctx context.Context) (time.Duration, error) {
			start := time.Now()
			err := Pause(ctx, time.Minute)
			return time.Since(start), err
		}
		took, err := pause(t.Context())
		require.NoError(t, err)
		assert.Equal(t, time.Minute, took)

		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errOver) })
		took, err = pause(ctx)
		assert.Equal(t, errOver, err)
		assert.Equal(t, time.Second, took)

		stage, end := context.WithCancelCause(t.Context())
		time.AfterFunc(2*time.Second, func() { end(errStage) })
		took, err = pause(context.WithoutCancel(staged(stage)))
		assert.Equal(t, errStage, err, "nothing but the end of the story interrupts a clean-up")
		assert.Equal(t, 2*time.Second, took)

		stage, end = context.WithCancelCause(t.Context())
		defer end(nil)
		inner, cancel := context.WithCancelCause(staged(stage))
		time.AfterFunc(time.Second, func() { cancel(errOver) })
		_, err = pause(inner)
		assert.Equal(t, errOver, err)
	})
}

func TestAStoryIsOverWhenItsOwnContextHasEndedNotThatOfATask(t *testing.T) {
	require.NoError(t, Over(t.Context()), "there is no story")
	stage, end := context.WithCancelCause(t.Context())
	defer end(nil)
	task, cancel := context.WithCancelCause(context.WithoutCancel(staged(stage)))
	defer cancel(nil)
	cancel(errors.New("a part of the story"))
	require.NoError(t, Over(task))
	end(errCtrlC)
	require.Equal(t, errCtrlC, Over(task))
}
