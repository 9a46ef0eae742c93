package lesson_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestAContextThatYieldsIsItsContextOtherwise(t *testing.T) {
	t.Parallel()
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), t, "value"))
	yields := lesson.Yields(ctx)
	require.NoError(t, yields.Err())
	assert.Equal(t, "value", yields.Value(t))
	cancel(why)
	<-yields.Done()
	require.ErrorIs(t, yields.Err(), context.Canceled)
	assert.Equal(t, why, context.Cause(yields))
}

func TestAContextEndsWhenItIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, seen := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		ends := lesson.EndsAtLook(ctx, 2, seen, cancel)
		require.NoError(t, ends.Err(), "the first look")
		require.NoError(t, ctx.Err())
		assert.Equal(t, seen, ends.Err() != nil, "the second look")
		require.Error(t, ctx.Err())
		require.Error(t, ends.Err(), "the third look")
	}
}
