package mayhem_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

// receive receives one delivery and says how long that took.
func receive(t *testing.T, b *mayhem.MemoryBroker) (mayhem.Delivery, time.Duration) {
	t.Helper()
	start := time.Now()
	d, err := b.Receive(t.Context())
	require.NoError(t, err)
	return d, time.Since(start)
}

func TestMessagesComeInOrder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 3)
		for _, host := range []string{"web-1", "web-2", "web-3"} {
			d, after := receive(t, b)
			assert.Equal(t, host, d.Host)
			assert.Equal(t, 1, d.Try)
			assert.Zero(t, after)
		}
	})
}

func TestReceiveWaitsForAMessage(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		time.AfterFunc(time.Second, func() { _ = b.Publish(t.Context(), mayhem.Message{Host: "web-1"}) })
		_, after := receive(t, b)
		assert.Equal(t, time.Second, after)
	})
}

func TestAMessageThatIsNotSettledComesAgainAtItsDeadline(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		first, _ := receive(t, b)
		second, after := receive(t, b)
		assert.Equal(t, ackWait, after)
		assert.Equal(t, first.ID, second.ID)
		assert.Equal(t, 1, second.Try, "a delivery that was lost is no failed attempt")

		require.ErrorIs(t, b.Ack(t.Context(), first), mayhem.ErrLost, "it is with another")
		require.NoError(t, b.Ack(t.Context(), second))
		assert.Zero(t, b.Len())
	})
}

func TestAtItsDeadlineADeliveryIsLost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		d, _ := receive(t, b)
		time.Sleep(ackWait - 1)
		require.NoError(t, b.Extend(t.Context(), d))
		time.Sleep(ackWait)
		require.ErrorIs(t, b.Extend(t.Context(), d), mayhem.ErrLost)
		require.ErrorIs(t, b.Ack(t.Context(), d), mayhem.ErrLost)
		require.ErrorIs(t, b.Nack(t.Context(), d, 0, nil), mayhem.ErrLost)
		require.ErrorIs(t, b.Reject(t.Context(), d, errDown), mayhem.ErrLost)
		assert.Equal(t, 1, b.Len(), "the message is still there")
	})
}

func TestExtendSetsTheDeadlineAnew(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		d, _ := receive(t, b)
		time.Sleep(2 * time.Second)
		require.NoError(t, b.Extend(t.Context(), d))
		_, after := receive(t, b)
		assert.Equal(t, ackWait, after)
	})
}

func TestANackedMessageComesAgainAfterItsPause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		d, _ := receive(t, b)
		require.NoError(t, b.Nack(t.Context(), d, 500*time.Millisecond, mayhem.ErrHostDown))
		require.ErrorIs(t, b.Ack(t.Context(), d), mayhem.ErrLost, "it was given back")
		d, after := receive(t, b)
		assert.Equal(t, 500*time.Millisecond, after)
		assert.Equal(t, 2, d.Try)

		require.NoError(t, b.Nack(t.Context(), d, time.Minute, mayhem.ErrHostDown))
		time.AfterFunc(time.Second, func() { _ = b.Publish(t.Context(), mayhem.Message{ID: "new"}) })
		d, after = receive(t, b)
		assert.Equal(t, "new", d.ID, "it holds up no other message meanwhile")
		assert.Equal(t, time.Second, after)
	})
}

func TestMessagesOfOneInstantComeAgainInTheOrderInWhichTheyWereGivenBack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 3)
		var out []mayhem.Delivery
		for range 3 {
			d, _ := receive(t, b)
			out = append(out, d)
		}
		for _, i := range []int{1, 2, 0} {
			require.NoError(t, b.Nack(t.Context(), out[i], 0, nil))
		}
		var again []string
		for range 3 {
			d, _ := receive(t, b)
			again = append(again, d.ID)
		}
		assert.Equal(t, []string{"web-2", "web-3", "web-1"}, again)
	})
}

func TestANackWakesAReceiveThatWaitsForALaterMessage(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		d, _ := receive(t, b)
		time.AfterFunc(time.Second, func() { _ = b.Nack(t.Context(), d, 0, nil) })
		_, after := receive(t, b)
		assert.Equal(t, time.Second, after, "not at the deadline")
	})
}

func TestARejectedMessageIsADeadLetter(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		d, _ := receive(t, b)
		require.NoError(t, b.Reject(t.Context(), d, errDown))
		assert.Equal(t, []mayhem.DeadLetter{{Message: d.Message, Tries: 1, Reason: errDown}}, b.DeadLetters())
		assert.Zero(t, b.Len())
		require.ErrorIs(t, b.Ack(t.Context(), d), mayhem.ErrLost)
	})
}

func TestAClosedBrokerDeliversWhatItHas(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		b.Close()
		require.ErrorIs(t, b.Publish(t.Context(), mayhem.Message{}), mayhem.ErrClosed)
		d, _ := receive(t, b)
		time.AfterFunc(time.Second, func() { _ = b.Ack(t.Context(), d) })
		start := time.Now()
		_, err := b.Receive(t.Context())
		require.ErrorIs(t, err, mayhem.ErrClosed)
		assert.Equal(t, time.Second, time.Since(start), "what is handed out may come back")
	})
}

func TestAFullBrokerMakesThePublisherWait(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 2)
		publish(t, b, 2)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		require.ErrorIs(t, b.Publish(ctx, mayhem.Message{}), errStopped)
		assert.Equal(t, 2, b.Len())

		d, _ := receive(t, b)
		time.AfterFunc(time.Second, func() { _ = b.Ack(t.Context(), d) })
		start := time.Now()
		require.NoError(t, b.Publish(t.Context(), mayhem.Message{}), "what is handed out takes room, too")
		assert.Equal(t, time.Second, time.Since(start))
	})
}

func TestAnEndedContextTakesNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errStopped)
		_, err := b.Receive(ctx)
		require.ErrorIs(t, err, errStopped)
		require.ErrorIs(t, b.Publish(ctx, mayhem.Message{}), errStopped)
		d, after := receive(t, b)
		assert.Equal(t, 1, d.Try)
		assert.Zero(t, after)
	})
}

func TestReceiveGivesUpWithItsContext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		_, err := b.Receive(ctx)
		require.ErrorIs(t, err, errStopped)
	})
}

func TestMisuseOfABrokerPanics(t *testing.T) {
	assert.PanicsWithValue(t, "mayhem: NewMemoryBroker with deliveries that never hold", func() { mayhem.NewMemoryBroker(0, 0) })
	assert.PanicsWithValue(t, "mayhem: a delivery of another broker", func() {
		_ = mayhem.NewMemoryBroker(ackWait, 0).Ack(t.Context(), mayhem.Delivery{})
	})
}
