//go:build exercise

package exercise_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/asyncio-to-go/part4-shutdown/03-http-drain/drain/exercise"
	solution "example.com/asyncio-to-go/part4-shutdown/03-http-drain/drain/exercise/_solution"
	"example.com/asyncio-to-go/workshop/lesson/exam"
)

// A term is a scenario: a server with one request in flight, until it has ended.
type term struct {
	ctx           exam.End
	linger, grace time.Duration
	answered      time.Duration // since the scenario began: when the request has its answer
	fails         time.Duration // since the scenario began: when Serve returns by itself; 0: it does not
	closed        bool          // it returns http.ErrServerClosed then
	slow          time.Duration // of Serve, after Shutdown
	lastly        bool          // Serve fails then
	door, sockets bool          // Shutdown fails, Close fails
	tidies        time.Duration // how long Shutdown takes to return when its ctx has ended
}

func (s term) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, Linger is %s, Grace is %s; the request has its answer at %s", s.ctx, exam.Clock(s.linger), exam.Clock(s.grace), exam.Clock(s.answered))
	if s.fails > 0 {
		fmt.Fprintf(&b, "; Serve returns by itself at %s", exam.Clock(s.fails))
	}
	fmt.Fprintf(&b, "; Serve returns %s after Shutdown, which returns %s after the end of its ctx", exam.Clock(s.slow), exam.Clock(s.tidies))
	for _, text := range []struct {
		is   bool
		says string
	}{{s.closed, "http.ErrServerClosed by itself"}, {s.lastly, "Serve fails at the end"}, {s.door, "Shutdown fails"}, {s.sockets, "Close fails"}} {
		if text.is {
			b.WriteString("; " + text.says)
		}
	}
	return b.String()
}

func drawTerm(d *exam.Draw) term {
	s := term{
		ctx: d.End(500, 2000, 6000), linger: exam.Pick(d, 0, d.Time(300, 1500)), grace: d.Time(1000, 4000),
		answered: d.Time(1, 700, 2500, 5000, 600_000), slow: exam.Pick(d, 0, d.Time(10, 800, 9000)),
		lastly: d.Chance(4), door: d.Chance(4), sockets: d.Chance(2), tidies: exam.Pick(d, 0, d.Time(20, 300)),
	}
	if s.ctx.How == exam.Never || d.Chance(3) {
		s.fails, s.closed = d.Time(400, 1800, 2600, 8000), d.Chance(3)
	}
	return s
}

// Mistake names what is behind a difference, in the words of the contract.
func (s term) Mistake(at exam.Instant) string {
	odd, missing := at.Odd.Has, at.Missing.Has
	served := s.fails > 0 && at.At == s.fails // by itself
	switch {
	case odd("Run", "calls Serve"):
		return "Run calls Serve once, and nothing when ctx had ended before the call"
	case missing("Run", "calls NotReady") && served:
		return "Serve had returned by itself, and Run did not call NotReady at once"
	case missing("Run", "calls NotReady"):
		return "ctx had ended, and Run did not call NotReady at once"
	case odd("Run", "calls NotReady"):
		return "Run calls NotReady once, when ctx ends or Serve returns, and called it at another time"
	case odd("Run", "calls Shutdown") && missing("Run", "calls Shutdown"):
		return "Shutdown gets a context of its own, which is alive and has the values of ctx"
	case missing("Run", "calls Shutdown") && served:
		return "Serve had returned by itself, and Run did not call Shutdown at once: there is nothing to linger for"
	case missing("Run", "calls Shutdown") && s.linger == 0:
		return "ctx had ended, Linger is 0, and Run did not call Shutdown at once"
	case missing("Run", "calls Shutdown"):
		return "Linger had passed since ctx ended, and Run did not call Shutdown"
	case odd("Run", "calls Shutdown") && at.Before.Has("Run", "calls Shutdown"):
		return "Run called Shutdown twice"
	case odd("Run", "calls Shutdown"):
		return "Run called Shutdown although Serve had not returned and Linger had not passed since ctx ended"
	case odd("Shutdown", "is cut short"):
		return "the ctx of Shutdown ended although Grace had not passed since Shutdown was called"
	case missing("Shutdown", "is cut short"):
		return "Grace had passed since Shutdown was called, and its ctx did not end"
	case missing("Run", "calls Close"):
		return "Shutdown had returned an error, and Run did not call Close"
	case odd("Run", "calls Close"):
		return "Run calls Close once, when Shutdown has returned an error, and never otherwise"
	case missing("Run", "http.ErrServerClosed") && !odd("Run", "http.ErrServerClosed"):
		return "http.ErrServerClosed is a failure if Serve returns it before Run has called Shutdown, and Run did not report it"
	}
	return ""
}

// A server is what Run is given, by the exercise and by its solution.
type server struct {
	p     *exam.Play
	s     term
	names exam.Names
	start time.Time

	mu      sync.Mutex // guards closing
	closing chan struct{}
}

func (b *server) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.closing:
	default:
		close(b.closing)
	}
}

func (b *server) Serve() error {
	b.p.Say("Run", "calls Serve")
	var fails <-chan time.Time
	if b.s.fails > 0 {
		fails = time.After(b.s.fails)
	}
	select {
	case <-fails:
		if b.s.closed {
			return http.ErrServerClosed
		}
		return errAccept
	case <-b.closing:
	}
	time.Sleep(b.s.slow)
	if b.s.lastly {
		return errAccept
	}
	return http.ErrServerClosed
}

func (b *server) Shutdown(ctx context.Context) error {
	b.p.Say("Run", "calls Shutdown with %s", b.p.CtxNow(ctx, b.names))
	b.stop()
	select {
	case <-time.After(b.s.answered - time.Since(b.start)):
		if b.s.door {
			return errDoor
		}
		return nil
	case <-ctx.Done():
		time.Sleep(b.s.tidies)
		b.p.Say("Shutdown", "is cut short by the end of its ctx")
		return context.DeadlineExceeded // however Run ends ctx
	}
}

func (b *server) Close() error {
	b.p.Say("Run", "calls Close")
	b.stop()
	if b.s.sockets {
		return errSockets
	}
	return nil
}

// play plays a term.
func play(run func(ctx context.Context, srv *server, notReady func(), linger, grace time.Duration, report func(error)) int) func(p *exam.Play, s term) {
	return func(p *exam.Play, s term) {
		names := exam.Names{
			"the cause of ctx": errSIGTERM, "context.Canceled": context.Canceled, "the end of Grace": context.DeadlineExceeded,
			"http.ErrServerClosed": http.ErrServerClosed, "the error of Serve": errAccept, "the error of Shutdown": errDoor, "the error of Close": errSockets,
		}
		if by := s.ctx.At + s.linger; !s.closed || s.ctx.How != exam.Never && s.fails > by {
			delete(names, "http.ErrServerClosed") // no failure: what Run reports may have it in it or not
		}
		srv := &server{p: p, s: s, names: names, start: time.Now(), closing: make(chan struct{})}
		ctx := p.Until(s.ctx, errSIGTERM)
		p.Go(0, func() {
			status := run(ctx, srv, func() { p.Say("Run", "calls NotReady") }, s.linger, s.grace, func(err error) {
				p.Say("Run", "reports %s", names.Is(err))
			})
			p.Say("Run", "returns %d", status)
		})
		p.Go(time.Hour, func() {}) // what comes late shows
	}
}

func TestExam(t *testing.T) {
	exam.Compare(t, drawTerm,
		play(func(ctx context.Context, srv *server, notReady func(), linger, grace time.Duration, report func(error)) int {
			return exercise.Run(ctx, srv, exercise.Drain{NotReady: notReady, Linger: linger, Grace: grace}, report)
		}),
		play(func(ctx context.Context, srv *server, notReady func(), linger, grace time.Duration, report func(error)) int {
			return solution.Run(ctx, srv, solution.Drain{NotReady: notReady, Linger: linger, Grace: grace}, report)
		}))
}
