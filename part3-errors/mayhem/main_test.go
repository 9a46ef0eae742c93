package mayhem_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ackWait = 3 * time.Second

var (
	errDown    = errors.New("the host is down")
	errStopped = errors.New("the service stops")
)

// A script is a store and a restarter that do as they are told. It notes when each restart of a host began.
type script struct {
	save    func(ctx context.Context, m mayhem.Message) error // nil: saved at once
	restart func(ctx context.Context, host string) error      // nil: restarted at once

	mu       sync.Mutex // guards what follows
	start    time.Time
	restarts map[string][]time.Duration
}

func newScript() *script {
	return &script{start: time.Now(), restarts: make(map[string][]time.Duration)}
}

func (s *script) Save(ctx context.Context, m mayhem.Message) error {
	if s.save == nil {
		return nil
	}
	return s.save(ctx, m)
}

func (s *script) Restart(ctx context.Context, host string) error {
	s.mu.Lock()
	s.restarts[host] = append(s.restarts[host], time.Since(s.start))
	s.mu.Unlock()
	if s.restart == nil {
		return nil
	}
	return s.restart(ctx, host)
}

// wait is work that takes d and listens to ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// publish puts messages for web-1 to web-n into the broker.
func publish(t *testing.T, b *mayhem.MemoryBroker, n int) {
	t.Helper()
	for i := range n {
		host := fmt.Sprint("web-", i+1)
		require.NoError(t, b.Publish(t.Context(), mayhem.Message{ID: host, Host: host}))
	}
}
