package lesson_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestAContextThatEndsAtAnInstantHasEndedWhenAnotherTimerOfThatInstantFires(t *testing.T) {
	errStopped := errors.New("stopped")
	for range 100 {
		lesson.Bubble(t, func(t *testing.T) {
			ctx := lesson.EndsAt(t, t.Context(), time.Second, errStopped)
			assert.NoError(t, ctx.Err())
			<-time.After(time.Second)
			assert.ErrorIs(t, ctx.Err(), context.Canceled)
			assert.ErrorIs(t, context.Cause(ctx), errStopped)
			<-ctx.Done()
		})
	}
}
