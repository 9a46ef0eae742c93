package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serveHTTP answers at -http until the function that it returns is called; without one it does nothing. The service is ready while it goes
// on, the server and the database are there, and messages that wait are settled.
func serveHTTP(ctx context.Context, c config, count *counters, inFlight func() int) (address string, stop func(), err error) {
	if c.http == "" {
		return "", func() {}, nil
	}
	host, port, err := net.SplitHostPort(c.http)
	if err != nil {
		return "", nil, fmt.Errorf("-http: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback(host), port))
	if err != nil {
		return "", nil, fmt.Errorf("-http: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") }) // the process answers
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		says, status := "ok", http.StatusServiceUnavailable
		switch {
		case ctx.Err() != nil:
			says = context.Cause(ctx).Error()
		case count.server.up() == 0:
			says = "the messages: not connected"
		case count.database.up() == 0:
			says = "the database: does not commit"
		case count.stalled(c.stuck):
			says = fmt.Sprintf("messages wait, and none was settled for %v", c.stuck)
		default:
			status = http.StatusOK
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintln(w, says) // a client that has gone away does not read it
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(count.registry(inFlight), promhttp.HandlerOpts{}))
	if c.pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(listener) // until Shutdown
	}()
	return listener.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close() // a client holds on to a connection
		}
		<-stopped
	}, nil
}

// loopback is host; 127.0.0.1 where none is given.
func loopback(host string) string { return cmp.Or(host, "127.0.0.1") }

// isAddress reports whether an address can be listened at, or is none.
func isAddress(address string) bool {
	_, port, err := net.SplitHostPort(address)
	_, wrong := strconv.ParseUint(port, 10, 16)
	return address == "" || err == nil && wrong == nil
}

// isLoopback reports whether a host:port is of this machine only.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(loopback(host)).IsLoopback())
}
