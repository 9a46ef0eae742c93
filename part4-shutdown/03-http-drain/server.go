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

// A server answers orders until it is told to stop, and then those it has.
type server struct {
	log    *slog.Logger
	orders http.Handler
	linger time.Duration // from "not ready" to the closed door: until the balancer has noticed
	grace  time.Duration // from the closed door to the last resort

	inFlight atomic.Int64
	draining atomic.Bool
}

// serve answers what comes in on ln until ctx ends, and then drains. It returns
// nil when every request that came in has its answer.
func (s *server) serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 2 * time.Second, IdleTimeout: time.Minute}
	served := make(chan error, 1)
	s.log.Info("opens the door")
	go func() {
		err := srv.Serve(ln)
		s.log.Info(fmt.Sprint("Serve returns: ", err), lesson.Waiting)
		served <- err
	}()
	select {
	case err := <-served: // not asked to
		return err
	case <-ctx.Done():
	}

	s.draining.Store(true)
	s.log.Warn(fmt.Sprintf("%v: not ready from now on", context.Cause(ctx)), lesson.Waiting)
	<-time.After(s.linger) // the door stays open: the balancer does not know yet

	s.log.Info(fmt.Sprintf("closes the door, %d in flight", s.inFlight.Load()), lesson.Waiting)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	err := srv.Shutdown(limited)
	if err != nil {
		s.log.Error(fmt.Sprintf("time is up: cuts off %d", s.inFlight.Load()))
		err = errors.Join(err, srv.Close())
	}
	<-served // http.ErrServerClosed, since Shutdown was called
	return err
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /order", s.counted(s.orders))
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if s.draining.Load() {
			http.Error(w, "draining", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("GET /inflight", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, s.inFlight.Load()) // the client may have gone
	})
	return mux
}

// counted counts the requests in flight, and asks the clients of a server that
// drains to open a new connection for their next one: maybe to another server.
func (s *server) counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.inFlight.Add(1)
		defer s.inFlight.Add(-1)
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}

// bake takes as long as the order says.
func bake(w http.ResponseWriter, r *http.Request) {
	takes, err := time.ParseDuration(r.FormValue("takes"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if lesson.Pause(r.Context(), takes) == nil { // Shutdown does not end it; Close does, and a client that leaves
		_, _ = io.WriteString(w, "baked") // the client may have gone
	}
}
