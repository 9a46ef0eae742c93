package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// A door is where connections come in, and the way to it.
type door interface {
	net.Listener
	dial(ctx context.Context, network, address string) (net.Conn, error)
}

// loopback is a door of this machine's own network.
func loopback(ctx context.Context) (door, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	return street{ln}, err
}

type street struct{ net.Listener }

func (s street) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", s.Addr().String())
}

// A town has the clients of the server.
type town struct {
	client http.Client
	ready  atomic.Bool // what the balancer saw last
}

// balance asks every 0.7 s whether the server is ready, until it is not.
func (t *town) balance(ctx context.Context, log *slog.Logger) {
	for {
		status, _, err := t.do(ctx, http.MethodGet, "/ready")
		if err != nil || status != http.StatusOK {
			t.ready.Store(false)
			hears := fmt.Sprint("is told ", status)
			if err != nil {
				hears = "gets no answer"
			}
			log.Warn(hears + ": sends no more")
			return
		}
		if !t.ready.Swap(true) {
			log.Info(fmt.Sprintf("is told %d: sends the orders here", status))
		}
		<-time.After(700 * time.Millisecond)
	}
}

// An order comes at some time and takes a while; a direct one does not come by
// the balancer.
type order struct {
	name      string
	at, takes time.Duration
	direct    bool
}

func (t *town) send(ctx context.Context, log *slog.Logger, o order) {
	if lesson.Pause(ctx, o.at) != nil {
		return
	}
	if !o.direct && !t.ready.Load() {
		log.Info("is sent to another server")
		return
	}
	how := "comes"
	if o.direct {
		how = "comes directly"
	}
	log.Info(fmt.Sprintf("%s, takes %v s", how, o.takes.Seconds()), lesson.Waiting)
	ctx = context.WithoutCancel(ctx) // Ctrl-C is for the server, and that drains
	status, _, err := t.do(ctx, http.MethodPost, "/order?takes="+o.takes.String())
	switch {
	case refused(err):
		log.Warn("is refused: nothing listens")
	case err != nil:
		log.Error("is cut off")
	default:
		log.Info(fmt.Sprint("is answered: ", status))
	}
}

// do sends a request and reads its whole answer.
func (t *town) do(ctx context.Context, method, path string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://server"+path, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }() // it has been read, or err says so
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

// refused says whether err means that there was no connection to begin with.
func refused(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
