package mayhem_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// How many messages a second does the service handle when the work is nothing but waiting, 1 ms for a save and 2 ms for a restart, with
// at most 1000 in flight? `python3 bench_asyncio.py` asks asyncio the same, in the article's arrangement. 500,000 is what the waiting allows.
func BenchmarkMessages(b *testing.B) {
	for _, extend := range []struct {
		name  string
		every time.Duration
	}{{"extend=2s", 2 * time.Second}, {"extend=never", 0}} {
		b.Run(extend.name, func(b *testing.B) {
			b.ReportAllocs()
			broker := mayhem.NewMemoryBroker(ackWait, 2000)
			service := mayhem.Service{
				Broker: broker, Store: pauses{}, Restarter: pauses{}, MaxInFlight: 1000, ExtendEvery: extend.every,
			}
			served := make(chan error)
			go func() { served <- service.Run(b.Context()) }()
			for b.Loop() {
				if err := broker.Publish(b.Context(), mayhem.Message{ID: "1", Host: "web-1"}); err != nil {
					b.Fatal(err)
				}
			}
			broker.Close()
			require.NoError(b, <-served)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

type pauses struct{}

func (pauses) Save(ctx context.Context, _ mayhem.Message) error { return wait(ctx, time.Millisecond) }

func (pauses) Restart(ctx context.Context, _ string) error { return wait(ctx, 2*time.Millisecond) }
