package lesson_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestAContextThatEndsAtAnInstantHasEndedWhenAnotherTimerOfThatInstantFires(t *testing.T) {
	errStopped := errors.New("stopped")
	for range 100 {
		lesson.Bubble(t, func(t *testing.T) {
			ctx := lesson.EndsAt(t, t.Context(), time.Second, errStopped)
			require.NoError(t, ctx.Err())
			<-time.After(time.Second)
			require.ErrorIs(t, ctx.Err(), context.Canceled)
			require.ErrorIs(t, context.Cause(ctx), errStopped)
			<-ctx.Done()
		})
	}
}
