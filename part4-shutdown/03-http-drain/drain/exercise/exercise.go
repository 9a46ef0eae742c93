//want:the request was cut off at 1s, and its answer was due at 3s

// Package exercise is yours to mend: Run drains a server, and gets most of it wrong.
package exercise

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// A Server accepts requests and answers them, as http.Server does.
type Server interface {
	// Serve accepts requests and blocks. It returns http.ErrServerClosed soon after
	// Shutdown or Close was called, even while requests are in flight. It returns
	// another error when it cannot accept any more. It never returns nil.
	Serve() error
	// Shutdown accepts no more requests and waits until each request in flight has
	// its answer. It returns nil then, and an error when ctx ends first.
	Shutdown(ctx context.Context) error
	// Close cuts off the requests that are left, and does not wait.
	Close() error
}

// A Drain says how a server is drained.
type Drain struct {
	NotReady func()        // from now on /ready answers 503; it returns at once
	Linger   time.Duration // between NotReady and Shutdown, until the balancer has noticed; 0: none
	Grace    time.Duration // the longest that Shutdown may take; more than 0
}

// Run serves until ctx ends, then drains srv, and returns the exit status of the program.
//
//   - Run calls srv.Serve once, and nothing else while ctx is alive and Serve has not returned.
//   - When ctx ends, Run calls NotReady at once. Linger later it calls Shutdown. Until then the server accepts requests.
//   - Shutdown gets a context of its own, which has ctx's values and is alive, although ctx has ended. It ends when
//     Grace has passed since Shutdown was called.
//   - When Shutdown returns an error, any error, Run calls Close. Otherwise it never calls Close.
//   - Serve may return with an error before that, while ctx is alive or during Linger. Then no more requests
//     can come, but some may be in flight. Run calls NotReady if it has not yet, and Shutdown at once.
//   - Run returns when Serve has returned, Shutdown has returned, and Close has returned if it was called.
//   - The status is 0 if each request has its answer and nothing failed, otherwise 1. A failure is an error of Shutdown or
//     of Close, and an error of Serve other than http.ErrServerClosed. http.ErrServerClosed is a failure if Serve
//     returns it before Run has called Shutdown.
//   - When the status is 1, Run calls report once, before it returns, with an error in which errors.Is finds
//     each failure. When it is 0, Run does not call report.
//   - When ctx had ended before the call, Run calls nothing and returns 0.
//   - When ctx ends at the instant at which Serve returns, either may come first.
//
// NotReady, Shutdown and Close are each called once at most. When Run has returned, it has left no goroutine
// behind, also while ctx's parent is alive. The functions do not panic.
func Run(ctx context.Context, srv Server, d Drain, report func(error)) int {
	context.AfterFunc(ctx, func() {
		d.NotReady()
		if err := srv.Shutdown(ctx); err != nil {
			report(err)
			_ = srv.Close()
		}
	})
	if err := srv.Serve(); !errors.Is(err, http.ErrServerClosed) {
		report(err)
		return 1
	}
	return 0
}
