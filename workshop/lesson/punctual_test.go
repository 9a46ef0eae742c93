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

func TestEachWayToLookAtAContextThatEndsAtAnInstantFindsThatItHas(t *testing.T) {
	errStopped := errors.New("stopped")
	looks := map[string]func(context.Context) bool{
		"Err":           func(ctx context.Context) bool { return ctx.Err() != nil },
		"context.Cause": func(ctx context.Context) bool { return context.Cause(ctx) != nil },
		"Done": func(ctx context.Context) bool {
			select {
			case <-ctx.Done():
				return true
			default:
				return false
			}
		},
	}
	for name, ended := range looks {
		for range 30 {
			lesson.Bubble(t, func(t *testing.T) {
				ctx := lesson.EndsAt(t, t.Context(), time.Second, errStopped)
				require.False(t, ended(ctx), name)
				<-time.After(time.Second)
				require.True(t, ended(ctx), name)
			})
		}
	}
}
