package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serveHTTP answers at address until the function that it returns is called; with no address it does nothing. The service is ready while
// it goes on, the server is connected and the database commits.
func serveHTTP(ctx context.Context, address string, nc *nats.Conn, rows *store, count *stats) (func(), error) {
	if address == "" {
		return func() {}, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("-http: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(loopback(host), port))
	if err != nil {
		return nil, fmt.Errorf("-http: %w", err)
	}
	ready := func(asking context.Context) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !nc.IsConnected() {
			return errors.New("the messages: not connected")
		}
		if count.database.now() {
			return errors.New("the database: does not commit")
		}
		return rows.db.PingContext(asking)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") }) // the process answers
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if err := ready(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok") // who has gone away does not read it
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(count.registry(), promhttp.HandlerOpts{}))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(listener) // until Shutdown
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close() // somebody holds on to a connection
		}
		<-stopped
	}, nil
}
