package mayhem_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/mayhem"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestSavesAndRestartsSideBySideAndAcksAfterBoth(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 3)
		b.Close()
		work := newScript()
		work.save = func(ctx context.Context, _ mayhem.Message) error { return wait(ctx, 2*time.Second) }
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Second) }
		time.AfterFunc(1999*time.Millisecond, func() { assert.Equal(t, 3, b.Len(), "nothing is acked yet") })
		start := time.Now()
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(t.Context()))
		assert.Equal(t, 2*time.Second, time.Since(start), "three messages, two jobs each, all at once")
		assert.Zero(t, b.Len())
	})
}

func TestAFailedSaveIsLoggedAndTheMessageAcked(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.save = func(context.Context, mayhem.Message) error { return errors.New("database busy") }
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Second) }
		var said bytes.Buffer
		service := mayhem.Service{Broker: b, Store: work, Restarter: work, Log: slog.New(slog.NewTextHandler(&said, nil))}
		require.NoError(t, service.Run(t.Context()))
		assert.Contains(t, said.String(), `level=ERROR msg="save: database busy" task=web-1`)
		assert.Len(t, work.restarts["web-1"], 1, "it did not come again, and the restart went on")
		assert.Empty(t, b.DeadLetters())
	})
}

func TestTheLogSaysWhatBecomesOfAMessage(t *testing.T) {
	for name, tt := range map[string]struct {
		save, restart, extend error
		stop                  time.Duration
		want                  []string
	}{
		"restarted": {want: []string{
			`INFO "is taken, try 1"`, `INFO "is saved"`, `INFO "gets more time"`, `INFO "is restarted"`, `INFO "is acked"`,
		}},
		"not saved": {save: errors.New("database busy"), want: []string{
			`INFO "is taken, try 1"`, `ERROR "save: database busy"`, `INFO "gets more time"`, `INFO "is restarted"`, `INFO "is acked"`,
		}},
		"not restarted": {restart: errDown, want: []string{
			`INFO "is taken, try 1"`, `INFO "is saved"`, `INFO "gets more time"`, `ERROR "restart: the host is down; again in 1s" waiting`,
			`INFO "is taken, try 2"`, `INFO "is saved"`, `INFO "gets more time"`, `ERROR "restart: the host is down; a dead letter"`,
		}},
		"not extended": {extend: errDown, want: []string{
			`INFO "is taken, try 1"`, `INFO "is saved"`, `ERROR "extend: the host is down"`, `INFO "is restarted"`, `INFO "is acked"`,
		}},
		"lost": {extend: mayhem.ErrLost, stop: 2400 * time.Millisecond, want: []string{
			`INFO "is taken, try 1"`, `INFO "is saved"`, `WARN "is lost: its deadline has passed"`,
		}},
		"stopped": {stop: 500 * time.Millisecond, want: []string{`INFO "is taken, try 1"`, `WARN "is nacked, for another to take"`}},
	} {
		t.Run(name, func(t *testing.T) {
			lesson.Bubble(t, func(t *testing.T) {
				b := &extensions{MemoryBroker: mayhem.NewMemoryBroker(ackWait, 0), err: func(int32) error { return tt.extend }}
				publish(t, b.MemoryBroker, 1)
				b.Close()
				work := newScript()
				work.save = func(ctx context.Context, _ mayhem.Message) error { return cmp.Or(wait(ctx, time.Second), tt.save) }
				work.restart = func(ctx context.Context, _ string) error {
					return cmp.Or(wait(ctx, 2500*time.Millisecond), tt.restart)
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), cmp.Or(tt.stop, time.Minute), errStopped)
				defer cancel()
				var said bytes.Buffer
				service := mayhem.Service{
					Broker: b, Store: work, Restarter: work, ExtendEvery: 2 * time.Second, MaxTries: 2,
					Backoff: mayhem.Exponential(time.Second, time.Second), Log: slog.New(slog.NewTextHandler(&said, nil)),
				}
				require.Equal(t, tt.stop > 0, service.Run(ctx) != nil)
				var got []string
				for _, line := range regexp.MustCompile(`level=(\S+) msg=(".*") task=web-1( waiting)?`).FindAllStringSubmatch(said.String(), -1) {
					got = append(got, line[1]+" "+line[2]+line[3])
				}
				assert.Equal(t, tt.want, got)
			})
		})
	}
}

func TestAFailedRestartComesAgainWithPausesThatGrow(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.restart = func(context.Context, string) error {
			if len(work.restarts["web-1"]) < 4 {
				return errDown
			}
			return nil
		}
		service := mayhem.Service{Broker: b, Store: work, Restarter: work, Backoff: mayhem.Exponential(time.Second, 3*time.Second)}
		require.NoError(t, service.Run(t.Context()))
		assert.Equal(t, []time.Duration{0, time.Second, 3 * time.Second, 6 * time.Second}, work.restarts["web-1"])
		assert.Empty(t, b.DeadLetters())
	})
}

func TestAfterTheLastTryItIsADeadLetter(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 2)
		b.Close()
		work := newScript()
		work.restart = func(_ context.Context, host string) error {
			if host == "web-1" {
				return errDown
			}
			return nil
		}
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, MaxTries: 3}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 3)
		assert.Len(t, work.restarts["web-2"], 1, "no other message is touched")
		dead := b.DeadLetters()
		require.Len(t, dead, 1)
		assert.Equal(t, mayhem.Message{ID: "web-1", Host: "web-1"}, dead[0].Message)
		assert.Equal(t, 3, dead[0].Tries)
		require.ErrorIs(t, dead[0].Reason, errDown)
	})
}

func TestExtendsTheDeadlineWhileTheWorkLasts(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, 20*time.Second) }
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, ExtendEvery: 2 * time.Second}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 1)
		assert.Equal(t, 20*time.Second, time.Since(work.start))
	})
}

// The article's fourth stage: a failure, and the deadline is extended without end.
func TestNothingIsExtendedOnceTheWorkHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &extensions{MemoryBroker: mayhem.NewMemoryBroker(ackWait, 0)}
		publish(t, b.MemoryBroker, 1)
		b.Close()
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return errors.Join(wait(ctx, 5*time.Second), errDown) }
		service := mayhem.Service{
			Broker: b, Store: work, Restarter: work, ExtendEvery: 2 * time.Second,
			MaxTries: 2, Backoff: func(int) time.Duration { return time.Minute },
		}
		require.NoError(t, service.Run(t.Context()))
		assert.EqualValues(t, 4, b.n.Load(), "two in each try")
		assert.Equal(t, 70*time.Second, time.Since(work.start))
	})
}

// extensions counts them; err is what they return instead, if it is not nil.
type extensions struct {
	*mayhem.MemoryBroker
	n   atomic.Int32
	err func(n int32) error
}

func (b *extensions) Extend(ctx context.Context, d mayhem.Delivery) error {
	n := b.n.Add(1)
	if b.err != nil {
		if err := b.err(n); err != nil {
			return err
		}
	}
	return b.MemoryBroker.Extend(ctx, d)
}

func TestALostDeliveryEndsTheWork(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &extensions{MemoryBroker: mayhem.NewMemoryBroker(ackWait, 0)}
		b.err = func(n int32) error {
			if n == 1 {
				time.Sleep(ackWait) // the network hangs until the deadline has passed
			}
			return nil
		}
		publish(t, b.MemoryBroker, 1)
		b.Close()
		work := newScript()
		ended := make(chan error, 2)
		work.restart = func(ctx context.Context, _ string) error {
			err := wait(ctx, 6*time.Second)
			ended <- err
			return err
		}
		service := mayhem.Service{Broker: b, Store: work, Restarter: work, ExtendEvery: 2 * time.Second, MaxTries: 2}
		require.NoError(t, service.Run(t.Context()))
		assert.Equal(t, []time.Duration{0, ackWait}, work.restarts["web-1"], "it came again at its deadline")
		require.ErrorIs(t, <-ended, mayhem.ErrLost)
		require.NoError(t, <-ended)
		assert.Empty(t, b.DeadLetters(), "losing it is no failure of the restart")
	})
}

func TestAFailedExtensionIsTriedAgain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &extensions{MemoryBroker: mayhem.NewMemoryBroker(ackWait, 0)}
		b.err = func(n int32) error {
			if n == 1 {
				return errors.New("network down")
			}
			return nil
		}
		publish(t, b.MemoryBroker, 1)
		b.Close()
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, 4*time.Second) }
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, ExtendEvery: time.Second}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 1)
	})
}

func TestStoppedItNacksWhatIsInFlightAndLeavesTheRest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 3)
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, 2*time.Second) }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		service := mayhem.Service{Broker: b, Store: work, Restarter: work, MaxInFlight: 2, MaxTries: 1}
		require.ErrorIs(t, service.Run(ctx), errStopped)
		assert.Equal(t, time.Second, time.Since(work.start))
		assert.Empty(t, b.DeadLetters(), "being stopped is no failure, not even at the last try")

		tries := map[string]int{}
		for range 3 {
			d, after := receive(t, b)
			assert.Zero(t, after, "at once, not at the deadline")
			tries[d.Host] = d.Try
		}
		assert.Equal(t, map[string]int{"web-1": 1, "web-2": 1, "web-3": 1}, tries, "what is given back has not failed")
	})
}

func TestStoppedItWaitsForWorkThatDoesNotListen(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		work := newScript()
		work.restart = func(context.Context, string) error { time.Sleep(2 * time.Second); return nil }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		require.ErrorIs(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(ctx), errStopped)
		assert.Equal(t, 2*time.Second, time.Since(work.start))
		assert.Zero(t, b.Len(), "it was restarted, so it is acked")
	})
}

func TestStoppedItGivesWhatIsInFlightItsGrace(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 3)
		work := newScript()
		takes := map[string]time.Duration{"web-1": 2 * time.Second, "web-2": 20 * time.Second}
		work.restart = func(ctx context.Context, host string) error { return wait(ctx, takes[host]) }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		service := mayhem.Service{
			Broker: b, Store: work, Restarter: work, MaxInFlight: 2, MaxTries: 1, ExtendEvery: 2 * time.Second, Grace: 5 * time.Second,
		}
		require.ErrorIs(t, service.Run(ctx), errStopped)
		assert.Equal(t, 6*time.Second, time.Since(work.start), "a second, and the grace")
		assert.Equal(t, 2, b.Len(), "web-1 was restarted and acked meanwhile")
		assert.Empty(t, work.restarts["web-3"], "nothing new begins")
		assert.Empty(t, b.DeadLetters())

		for range 2 {
			_, after := receive(t, b)
			assert.Zero(t, after, "nacked, or never taken")
		}
	})
}

func TestAGraceThatIsNotNeededIsNotWaitedFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, 2*time.Second) }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		require.ErrorIs(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, Grace: time.Hour}).Run(ctx), errStopped)
		assert.Equal(t, 2*time.Second, time.Since(work.start))
		assert.Zero(t, b.Len())
	})
}

func TestWhatMustBeSavedIsTriedAgain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.save = func(context.Context, mayhem.Message) error { return errDown }
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, MaxTries: 2, MustSave: true}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 2)
		require.Len(t, b.DeadLetters(), 1)
		require.ErrorIs(t, b.DeadLetters()[0].Reason, errDown)
	})
}

// deaf is a broker that settles nothing for a while.
type deaf struct {
	*mayhem.MemoryBroker
	until time.Time
}

func (b *deaf) Ack(ctx context.Context, d mayhem.Delivery) error {
	if time.Now().Before(b.until) {
		return errors.New("network down")
	}
	return b.MemoryBroker.Ack(ctx, d)
}

func TestWhatCannotBeAckedComesAgain(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &deaf{mayhem.NewMemoryBroker(ackWait, 0), time.Now().Add(time.Second)}
		publish(t, b.MemoryBroker, 1)
		b.Close()
		work := newScript()
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(t.Context()))
		assert.Equal(t, []time.Duration{0, ackWait}, work.restarts["web-1"], "restarted twice: at least once is what a broker gives")
	})
}

// broken is a broker that fails after its first message.
type broken struct {
	*mayhem.MemoryBroker
	received bool
}

func (b *broken) Receive(ctx context.Context) (mayhem.Delivery, error) {
	if b.received {
		return mayhem.Delivery{}, errDown
	}
	b.received = true
	return b.MemoryBroker.Receive(ctx)
}

func TestABrokenBrokerEndsRunAfterWhatIsInFlight(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := &broken{MemoryBroker: mayhem.NewMemoryBroker(ackWait, 0)}
		publish(t, b.MemoryBroker, 1)
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Second) }
		require.ErrorIs(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(t.Context()), errDown)
		assert.Equal(t, time.Second, time.Since(work.start))
		assert.Zero(t, b.Len())
	})
}

func TestExponentialDoublesUpToItsLongest(t *testing.T) {
	pause := mayhem.Exponential(400*time.Millisecond, 3*time.Second)
	var got []time.Duration
	for try := range 6 {
		got = append(got, pause(try+1))
	}
	assert.Equal(t, "[400ms 800ms 1.6s 3s 3s 3s]", fmt.Sprint(got))
	assert.Equal(t, time.Duration(1<<63-1), mayhem.Exponential(time.Second, 1<<63-1)(1000))
}

func TestASeedAlwaysSaysTheSame(t *testing.T) {
	a, b := mayhem.Seed(1), mayhem.Seed(2)
	assert.Equal(t, a.Chance("save web-1 1"), a.Chance("save web-1 1")) //nolint:testifylint // the very same
	assert.NotEqual(t, a.Chance("save web-1 1"), b.Chance("save web-1 1"))
	failed := 0
	for i := range 10_000 {
		if a.Chance(fmt.Sprint("restart web-", i)) < 0.25 {
			failed++
		}
	}
	assert.InDelta(t, 2500, failed, 150)
}

func TestAChaosDoesTheSameForTheSameSeed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		run := func() string {
			chaos := &mayhem.Chaos{Seed: 7, FailRate: 0.5, Takes: func(chance float64) time.Duration {
				return time.Duration(chance * float64(time.Second))
			}}
			var said strings.Builder
			for i := range 20 {
				start := time.Now()
				err := chaos.Restart(t.Context(), fmt.Sprint("web-", i%3))
				fmt.Fprint(&said, err, time.Since(start), chaos.Save(t.Context(), mayhem.Message{Host: "web-1"}), "\n")
			}
			return said.String() + fmt.Sprint(chaos.Restarted())
		}
		first, second := run(), run()
		assert.Equal(t, first, second)
	})
}

func TestAChaosEndsWithItsContext(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		chaos := &mayhem.Chaos{Takes: func(float64) time.Duration { return time.Hour }}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		require.ErrorIs(t, chaos.Restart(ctx, "web-1"), errStopped)
		assert.Zero(t, chaos.Restarted())
	})
}

func TestAnAttemptThatTakesLessThanNoTimeTakesNone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		chaos := &mayhem.Chaos{Takes: func(float64) time.Duration { return -time.Second }}
		start := time.Now()
		require.NoError(t, chaos.Restart(t.Context(), "web-1"))
		assert.Zero(t, time.Since(start))
	})
}

// A deaf broker takes its time to hear an ack, and hears no nack.
type deafBroker struct {
	mayhem.Broker
}

func (b deafBroker) Ack(ctx context.Context, d mayhem.Delivery) error {
	if err := wait(ctx, ackWait+ackWait/3); err != nil {
		return err
	}
	return b.Broker.Ack(ctx, d)
}

func (deafBroker) Nack(context.Context, mayhem.Delivery, time.Duration, error) error { return errDown }

func TestTheDeadlineIsExtendedUntilTheMessageIsSettled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		require.NoError(t, (&mayhem.Service{Broker: deafBroker{b}, Store: work, Restarter: work, ExtendEvery: ackWait / 3}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 1, "while the ack took its time, the deadline passed")
	})
}

func TestRunSaysThatMessagesWereLeftUnsettled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Hour) }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		err := (&mayhem.Service{Broker: deafBroker{b}, Store: work, Restarter: work}).Run(ctx)
		require.ErrorIs(t, err, errStopped)
		require.ErrorIs(t, err, mayhem.ErrUnsettled)
	})
}

func TestARestartThatEndsInGoexitHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.restart = func(context.Context, string) error {
			if len(work.restarts["web-1"]) == 1 {
				runtime.Goexit()
			}
			return nil
		}
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(t.Context()))
		assert.Len(t, work.restarts["web-1"], 2, "a restart that never returned must not be acked")
	})
}

func TestASaveThatEndsInGoexitHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		b.Close()
		work := newScript()
		work.save = func(context.Context, mayhem.Message) error { runtime.Goexit(); return nil }
		require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, MustSave: true, MaxTries: 2}).Run(t.Context()))
		require.Len(t, b.DeadLetters(), 1)
		require.EqualError(t, b.DeadLetters()[0].Reason, "save: mayhem: ended by runtime.Goexit")
	})
}

func TestANegativeGraceIsNone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := mayhem.NewMemoryBroker(ackWait, 0)
		publish(t, b, 1)
		work := newScript()
		work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Hour) }
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStopped)
		defer cancel()
		require.ErrorIs(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, Grace: -1}).Run(ctx), errStopped)
		assert.Equal(t, time.Second, time.Since(work.start))
	})
}

// A service may be stopped because another broker has failed. What that one says is not about this one's messages.
func TestACauseThatWrapsAnErrorOfAnotherBrokerIsLikeOthers(t *testing.T) {
	for _, foreign := range []error{mayhem.ErrLost, mayhem.ErrClosed} {
		lesson.Bubble(t, func(t *testing.T) {
			b := mayhem.NewMemoryBroker(ackWait, 0)
			publish(t, b, 1)
			work := newScript()
			work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Hour) }
			ctx, cancel := context.WithCancelCause(t.Context())
			cause := fmt.Errorf("the other broker: %w", foreign)
			time.AfterFunc(time.Second, func() { cancel(cause) })
			require.Equal(t, cause, (&mayhem.Service{Broker: b, Store: work, Restarter: work}).Run(ctx))
			_, after := receive(t, b)
			assert.Zero(t, after, "the message was nacked, and not left until its deadline")
		})
	}
}

func TestWithoutALimitAThousandMessagesAreInFlight(t *testing.T) {
	for _, limit := range []int{0, -1} {
		lesson.Bubble(t, func(t *testing.T) {
			b := mayhem.NewMemoryBroker(ackWait, 0)
			publish(t, b, 1001)
			b.Close()
			work := newScript()
			work.restart = func(ctx context.Context, _ string) error { return wait(ctx, time.Second) }
			require.NoError(t, (&mayhem.Service{Broker: b, Store: work, Restarter: work, MaxInFlight: limit}).Run(t.Context()))
			assert.Equal(t, 2*time.Second, time.Since(work.start), "a thousand at once, and then the last")
		})
	}
}

func TestAChaosFailsWhereItsSeedSaysSo(t *testing.T) {
	const seed = mayhem.Seed(7)
	chaos := &mayhem.Chaos{Seed: seed, FailRate: seed.Chance("restart web-1 1")}
	restarted := 0
	for attempt := range 50 {
		err := chaos.Restart(t.Context(), "web-1")
		if seed.Chance(fmt.Sprint("restart web-1 ", attempt+1)) < chaos.FailRate {
			require.ErrorIs(t, err, mayhem.ErrHostDown)
			continue
		}
		require.NoError(t, err, "attempt %d; in the first the chance is just the rate, which is no failure", attempt+1)
		restarted++
	}
	require.NotContains(t, []int{0, 50}, restarted, "some fail, some do not")
	require.Equal(t, restarted, chaos.Restarted())
	always := &mayhem.Chaos{FailRate: 1}
	require.ErrorIs(t, always.Save(t.Context(), mayhem.Message{Host: "web-1"}), mayhem.ErrDatabaseBusy)
}
