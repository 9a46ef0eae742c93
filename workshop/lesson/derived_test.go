package lesson_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

var errEnough = errors.New("enough")

func TestAContextWhoseDerivedOnesAreCountedIsAContextOtherwise(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := lesson.WithCancel(context.WithValue(t.Context(), t, "value"))
		child, cancelChild := context.WithCancel(ctx)
		defer cancelChild()
		given, giveBack := context.WithCancel(ctx)
		var ran, stopped bool
		context.AfterFunc(ctx, func() { ran = true })
		stop := context.AfterFunc(ctx, func() { stopped = true })
		require.NoError(t, ctx.Err())
		assert.Equal(t, "value", ctx.Value(t))
		assert.True(t, stop())
		assert.False(t, stop(), "it is stopped")
		giveBack()
		require.NoError(t, child.Err())

		cancel(errEnough)
		require.ErrorIs(t, ctx.Err(), context.Canceled)
		require.ErrorIs(t, child.Err(), context.Canceled, "a derived context ends with it, before cancel returns")
		assert.Equal(t, errEnough, context.Cause(child))
		assert.NotEqual(t, errEnough, context.Cause(given), "it had ended before")
		select {
		case <-ctx.Done():
		default:
			t.Error("ctx has ended, and its Done is open")
		}
		late, cancelLate := context.WithCancel(ctx)
		defer cancelLate()
		synctest.Wait()
		assert.True(t, ran)
		assert.False(t, stopped)
		assert.Equal(t, errEnough, context.Cause(late), "derived when ctx had ended")
		cancel(nil)
		assert.Equal(t, errEnough, context.Cause(ctx))
	})
}

func TestAContextWhoseDerivedOnesAreCountedEndsWithItsParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancelCause(t.Context())
		ctx, _ := lesson.WithCancel(parent)
		child, cancelChild := context.WithCancel(ctx)
		defer cancelChild()
		cancel(errEnough)
		<-child.Done()
		assert.Equal(t, errEnough, context.Cause(child))
		ended, _ := lesson.WithCancel(parent)
		<-ended.Done()
		assert.Equal(t, errEnough, context.Cause(ended))
	})
}

func TestAContextOfATestEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		<-lesson.Context(t).Done()
		assert.Equal(t, 10*time.Minute, time.Since(start))
	})
}
