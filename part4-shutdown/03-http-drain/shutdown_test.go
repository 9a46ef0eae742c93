package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/lesson"
)

// What the page says of net/http, in virtual time.

// up has srv serve in memory, in the bubble of t, until down is called.
func up(t *testing.T, srv *http.Server) (m *memory, clients *town, down func()) {
	t.Helper()
	m = newMemory()
	clients = &town{client: http.Client{Transport: &http.Transport{DialContext: m.dial}}}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(m) }()
	return m, clients, func() {
		clients.client.CloseIdleConnections()
		_ = srv.Close()
		assert.ErrorIs(t, <-served, http.ErrServerClosed)
	}
}

// shutdown calls srv.Shutdown without a limit and returns how long it took.
func shutdown(t *testing.T, srv *http.Server) time.Duration {
	t.Helper()
	start := time.Now()
	require.NoError(t, srv.Shutdown(t.Context()))
	return time.Since(start)
}

// ordered sends an order that takes so long, and gives its outcome.
func ordered(t *testing.T, clients *town, takes string) <-chan error {
	t.Helper()
	outcome := make(chan error, 1)
	go func() {
		_, _, err := clients.do(t.Context(), http.MethodPost, "/order?takes="+takes)
		outcome <- err
	}()
	synctest.Wait()
	return outcome
}

func TestShutdownLooksEveryHalfSecondAtMost(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		srv := &http.Server{Handler: http.HandlerFunc(bake), ReadHeaderTimeout: time.Second}
		_, clients, down := up(t, srv)
		defer down()
		answered := ordered(t, clients, "3s")
		took := shutdown(t, srv)
		require.NoError(t, <-answered)
		assert.Greater(t, took, 3*time.Second)
		assert.LessOrEqual(t, took, 3550*time.Millisecond, "half a second and its jitter")
	})
}

func TestShutdownWithAContextOfTheSignalWaitsForNoRequest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		srv := &http.Server{Handler: http.HandlerFunc(bake), ReadHeaderTimeout: time.Second}
		_, clients, down := up(t, srv)
		defer down()
		answered := ordered(t, clients, "3s")
		signalled, sigterm := context.WithCancel(t.Context())
		sigterm()
		start := time.Now()
		require.ErrorIs(t, srv.Shutdown(signalled), context.Canceled)
		assert.Zero(t, time.Since(start))
		require.NoError(t, <-answered)
	})
}

func TestABaseContextOfTheSignalCancelsWhatIsInFlight(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		signalled, sigterm := context.WithCancel(t.Context())
		cause := make(chan error, 1)
		srv := &http.Server{
			ReadHeaderTimeout: time.Second,
			BaseContext:       func(net.Listener) context.Context { return signalled },
			Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				cause <- lesson.Pause(r.Context(), 3*time.Second)
			}),
		}
		_, clients, down := up(t, srv)
		defer down()
		_ = ordered(t, clients, "3s")
		sigterm()
		require.ErrorIs(t, <-cause, context.Canceled)
	})
}

// A base context of its own, cancelled when time is up and before Close, lets
// handlers say why they give up.
func TestABaseContextOfItsOwnLetsHandlersAnswerWhenTimeIsUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		base, timeIsUp := context.WithCancel(t.Context())
		srv := &http.Server{
			ReadHeaderTimeout: time.Second,
			BaseContext:       func(net.Listener) context.Context { return base },
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if lesson.Pause(r.Context(), time.Hour) != nil {
					http.Error(w, "come again", http.StatusServiceUnavailable)
				}
			}),
		}
		_, clients, down := up(t, srv)
		defer down()
		told := make(chan int, 1)
		go func() {
			status, _, _ := clients.do(t.Context(), http.MethodPost, "/")
			told <- status
		}()
		synctest.Wait()
		limited, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, srv.Shutdown(limited), context.DeadlineExceeded)
		timeIsUp()
		assert.Equal(t, http.StatusServiceUnavailable, <-told)
	})
}

func TestCloseCancelsTheRequestAndDoesNotWaitForItsHandler(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := make(chan time.Time, 1)
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			time.Sleep(time.Second) // cleans up
			ended <- time.Now()
		})}
		_, clients, down := up(t, srv)
		defer down()
		outcome := ordered(t, clients, "1s")
		require.NoError(t, srv.Close())
		closed := time.Now()
		require.Error(t, <-outcome)
		assert.Equal(t, time.Second, (<-ended).Sub(closed))
	})
}

// The server notices that the client has gone only when it reads, and it reads
// ahead only once the handler has read the body to its end.
func TestTheContextOfARequestWithABodyEndsOnlyWhenTheBodyHasBeenRead(t *testing.T) {
	for _, read := range []bool{false, true} {
		lesson.Bubble(t, func(t *testing.T) {
			ended := make(chan bool, 1)
			srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if read {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				ended <- lesson.Pause(r.Context(), time.Minute) != nil
			})}
			m, _, down := up(t, srv)
			defer down()
			c, err := m.dial(t.Context(), "", "")
			require.NoError(t, err)
			go func() { _, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: server\r\nContent-Length: 4\r\n\r\nbody") }()
			time.Sleep(time.Second)
			require.NoError(t, c.Close())
			assert.Equal(t, read, <-ended, "the body was read: %v", read)
		})
	}
}

func TestTheContextOfARequestEndsWhenItsClientLeaves(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ended := make(chan error, 1)
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ended <- lesson.Pause(r.Context(), time.Hour)
		})}
		_, clients, down := up(t, srv)
		defer down()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err := clients.do(impatient, http.MethodPost, "/")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}

func TestShutdownClosesIdleConnectionsAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		srv := &http.Server{Handler: http.HandlerFunc(bake), ReadHeaderTimeout: time.Second}
		_, clients, down := up(t, srv)
		defer down()
		require.NoError(t, <-ordered(t, clients, "0s"))
		assert.Zero(t, shutdown(t, srv))
	})
}

func TestASilentConnectionHoldsUpShutdownUntilReadHeaderTimeout(t *testing.T) {
	silence := func(srv *http.Server) (took time.Duration) {
		lesson.Bubble(t, func(t *testing.T) {
			m, _, down := up(t, srv)
			defer down()
			c, err := m.dial(t.Context(), "", "")
			require.NoError(t, err)
			defer func() { _ = c.Close() }()
			took = shutdown(t, srv)
		})
		return took
	}
	assert.InDelta(t, 6.3, silence(&http.Server{}).Seconds(), 0.8, "without: Shutdown gives it more than 5 s")
	assert.InDelta(t, 2.3, silence(&http.Server{ReadHeaderTimeout: 2 * time.Second}).Seconds(), 0.3, "with 2 s")
}

func TestShutdownNeitherClosesNorAwaitsAHijackedConnection(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		hijacked := make(chan net.Conn, 1)
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if assert.NoError(t, err) {
				hijacked <- c
			}
		})}
		told := make(chan struct{})
		srv.RegisterOnShutdown(func() { close(told) })
		m, _, down := up(t, srv)
		defer down()
		c, err := m.dial(t.Context(), "", "")
		require.NoError(t, err)
		_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: server\r\n\r\n")
		require.NoError(t, err)
		theirs := <-hijacked
		assert.Zero(t, shutdown(t, srv))
		<-told

		go func() { _, _ = io.WriteString(theirs, "still here") }()
		words := make([]byte, len("still here"))
		_, err = io.ReadFull(c, words)
		require.NoError(t, err)
		assert.Equal(t, "still here", string(words))
		_, _ = theirs.Close(), c.Close()
	})
}

// An idempotent request on a connection that was used before is sent once
// more by Go's own client when the connection breaks. A POST is none, unless it says so.
func TestTheClientRepeatsAGetAndAPostWithAnIdempotencyKey(t *testing.T) {
	for _, c := range []struct {
		method, key string
		times       int
	}{{http.MethodGet, "", 2}, {http.MethodPost, "", 1}, {http.MethodPost, "order 7", 2}} {
		came := 0
		srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/order" {
				if came++; came == 1 {
					panic(http.ErrAbortHandler) // cuts this one off
				}
			}
		})}
		lesson.Bubble(t, func(t *testing.T) {
			_, clients, down := up(t, srv)
			defer down()
			_, _, err := clients.do(t.Context(), http.MethodGet, "/")
			require.NoError(t, err)
			synctest.Wait()
			req, err := http.NewRequestWithContext(t.Context(), c.method, "http://server/order", http.NoBody)
			require.NoError(t, err)
			if c.key != "" {
				req.Header.Set("Idempotency-Key", c.key)
			}
			resp, err := clients.client.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			assert.Equal(t, c.times == 2, err == nil, "%s %q: %v", c.method, c.key, err)
			assert.Equal(t, c.times, came, "%s %q", c.method, c.key)
		})
	}
}

// The server of the lesson asks those it answers while it drains to come by
// another connection.
func TestAnAnswerOfAServerThatDrainsClosesItsConnection(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		s := &server{log: slog.New(slog.DiscardHandler), orders: http.HandlerFunc(bake)}
		srv := &http.Server{Handler: s.routes(), ReadHeaderTimeout: time.Second}
		_, clients, down := up(t, srv)
		defer down()
		for _, draining := range []bool{false, true} {
			s.draining.Store(draining)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://server/order?takes=0s", http.NoBody)
			require.NoError(t, err)
			resp, err := clients.client.Do(req)
			require.NoError(t, err)
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, draining, resp.Close)
		}
	})
}

// Ctrl-C during the story is a signal to the server: it drains, too.
func TestCtrlCDrains(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 700*time.Millisecond, errSIGTERM)
		defer cancel()
		start := time.Now()
		require.ErrorIs(t, story(inMemory)(ctx, slog.New(slog.DiscardHandler)), errSIGTERM)
		assert.InDelta(t, 2.6, time.Since(start).Seconds(), 0.3, "order 2 has its answer at 2.3 s, and Shutdown looks every half second")
	})
}
