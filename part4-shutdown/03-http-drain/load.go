package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

// command is what the program does when it is not asked for the story.
func command(args []string) error {
	flags := flag.NewFlagSet("03-http-drain", flag.ExitOnError)
	n := flags.Int("load", 0, "send SIGTERM to a real server with so many orders in flight")
	hasty := flags.Bool("hasty", false, "with -load: a server whose main does not wait for Shutdown")
	child := flags.Bool("serve", false, "be that server")
	_ = flags.Parse(args) // or the program has ended
	ctx := context.Background()
	switch {
	case *child && *hasty:
		return bakery(ctx, serveHastily)
	case *child:
		return bakery(ctx, func(ctx context.Context, ln net.Listener, orders http.Handler) error {
			s := &server{log: slog.New(slog.DiscardHandler), orders: orders, linger: 500 * time.Millisecond, grace: 10 * time.Second}
			return s.serve(ctx, ln)
		})
	case *n > 0:
		r, err := load(ctx, os.Stdout, *n, *hasty)
		if err == nil {
			fmt.Print("\n", r)
		}
		return err
	default:
		flags.Usage()
		return errors.New("nothing to do")
	}
}

// bakery is the main of the server under load. It serves until SIGTERM, and
// bakes all orders when the standard input ends, none before.
func bakery(ctx context.Context, serve func(context.Context, net.Listener, http.Handler) error) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second one kills
	d, err := loopback(ctx)
	if err != nil {
		return err
	}
	hot := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(hot)
		stop() // a parent that has died sends no signal any more
	}()
	fmt.Println(d.Addr())
	return serve(ctx, d, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-hot:
			_, _ = fmt.Fprintf(w, "order %s is baked", r.FormValue("name")) // the client may have gone
		case <-r.Context().Done():
		}
	}))
}

// serveHastily is the mistake: Serve returns as soon as Shutdown begins, and
// with it main.
func serveHastily(ctx context.Context, ln net.Listener, orders http.Handler) error {
	s := &server{orders: orders}
	srv := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 2 * time.Second}
	context.AfterFunc(ctx, func() { _ = srv.Shutdown(context.WithoutCancel(ctx)) })
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// A report is what became of the orders.
type report struct {
	inFlight, answered, refused, cutOff int

	status int           // exit status of the server
	took   time.Duration // from the signal to its end
}

func (r report) String() string {
	return fmt.Sprintf("in flight at the signal  %5d\nanswered in full         %5d\nrefused                  %5d\ncut off                  %5d\n"+
		"from signal to exit      %5.2f s\nexit status              %5d\n", r.inFlight, r.answered, r.refused, r.cutOff, r.took.Seconds(), r.status)
}

// load starts a server in a process of its own, has n orders in flight there,
// sends it SIGTERM and waits for its end. It tells out how it goes.
func load(ctx context.Context, out io.Writer, n int, hasty bool) (r report, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	p, err := start(ctx, hasty)
	if err != nil {
		cancel()
		return r, err
	}
	defer func() { cancel(); _ = p.wait() }() // however it went, no process stays behind

	crowd, balancer := town{}, town{}
	crowd.client.Transport = &http.Transport{DialContext: p.dial}
	balancer.client.Transport = &http.Transport{DialContext: p.dial, DisableKeepAlives: true}
	defer crowd.client.CloseIdleConnections()

	var orders sync.WaitGroup
	defer orders.Wait()
	results, sent := make(chan error, n+2), 0
	send := func(name string) {
		sent++
		orders.Go(func() {
			status, body, err := crowd.do(ctx, http.MethodPost, "/order?name="+name)
			if err == nil && (status != http.StatusOK || body != "order "+name+" is baked") {
				err = fmt.Errorf("order %s got %d %q", name, status, body)
			}
			results <- err
		})
	}
	for i := range n {
		send(fmt.Sprint(i + 1))
	}
	err = until(ctx, func() bool {
		_, body, err := balancer.do(ctx, http.MethodGet, "/inflight")
		return err == nil && body == fmt.Sprint(n)
	})
	if err != nil {
		return r, fmt.Errorf("%d orders never are in flight at once: %w", n, err)
	}

	r.inFlight = n
	signalled := time.Now()
	tell := func(what string) { _, _ = fmt.Fprintf(out, "%5.2fs  %s\n", time.Since(signalled).Seconds(), what) }
	tell(fmt.Sprintf("%d orders in flight: SIGTERM", n))
	if err := p.signal(); err != nil {
		return r, err
	}
	err = until(ctx, func() bool {
		status, _, err := balancer.do(ctx, http.MethodGet, "/ready")
		if err == nil && status == http.StatusServiceUnavailable {
			tell("/ready says 503, the door is still open: one more order")
			send("late")
		}
		return err != nil || status == http.StatusServiceUnavailable
	})
	err = errors.Join(err, until(ctx, func() bool {
		c, err := p.dial(ctx, "", "")
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}))
	if err != nil {
		return r, fmt.Errorf("the door is never closed: %w", err)
	}
	tell("the door is closed: one last order")
	send("too-late")
	if hasty {
		_ = p.wait() // it ends by itself, before any order is baked
	} else {
		tell("the oven is hot: all orders are baked")
		p.bake()
	}
	for range sent {
		switch err := <-results; {
		case err == nil:
			r.answered++
		case refused(err):
			r.refused++
		default:
			r.cutOff++
		}
	}
	r.status = p.wait()
	r.took = time.Since(signalled)
	tell("the server has ended")
	return r, nil
}

// until asks every 10 ms whether ok, and gives up when ctx ends.
func until(ctx context.Context, ok func() bool) error {
	for !ok() {
		if err := lesson.Pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// A process is a bakery in a process of its own.
type process struct {
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	signal func() error // SIGTERM
	bake   func()
	wait   func() (status int)
}

// start starts a bakery, which is killed when ctx ends.
func start(ctx context.Context, hasty bool) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-serve", fmt.Sprint("-hasty=", hasty))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n') // ends with the process
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the server does not say where it listens: %w", err), cmd.Process.Kill(), cmd.Wait())
	}
	places := make(chan struct{}, 64) // not all dial at once: the queue of a listening socket is short
	return &process{
		dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			places <- struct{}{}
			defer func() { <-places }()
			var dialer net.Dialer
			return dialer.DialContext(ctx, "tcp", strings.TrimSpace(line))
		},
		signal: func() error { return cmd.Process.Signal(syscall.SIGTERM) },
		bake:   func() { _ = stdin.Close() },
		wait: sync.OnceValue(func() int {
			_ = cmd.Wait() // the exit status says it
			return cmd.ProcessState.ExitCode()
		}),
	}, nil
}
