package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// connect connects to the servers at c.nats, or starts one in this process. It fails at once when nobody answers; a connection that is
// lost later is tried again for ever. When the server in this process cannot go on, it calls end. What it returns undoes all of it.
func connect(ctx context.Context, c config, count *stats, end context.CancelCauseFunc) (*nats.Conn, func(), error) {
	options := []nats.Option{
		nats.Name("mayhem-live"),
		nats.Timeout(3 * time.Second),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectBufSize(-1), // nothing waits unseen: what cannot be sent fails, and is tried again by whoever sent it
		nats.PingInterval(2 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(nc *nats.Conn, err error) {
			if !nc.IsClosed() {
				count.server.begins(time.Now(), cmp.Or(err, nats.ErrDisconnected))
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { count.server.over(time.Now()) }),
	}
	if c.nats != "" {
		nc, err := nats.Connect(c.nats, options...)
		if err != nil {
			return nil, nil, fmt.Errorf("connect to %s: %w", c.nats, err)
		}
		return nc, nc.Close, nil
	}
	stop, err := startServer(ctx, c, end)
	if err != nil {
		return nil, nil, err
	}
	nc, err := nats.Connect("", append(options, nats.InProcessServer(stop.Server))...)
	if err != nil {
		stop.close()
		return nil, nil, err
	}
	return nc, func() { nc.Close(); stop.close() }, nil
}

// An embedded server has its files in the folder of -data, which is its alone.
type embedded struct {
	*server.Server
	errs *lastError
	lock *sql.DB
}

func startServer(ctx context.Context, c config, end context.CancelCauseFunc) (*embedded, error) {
	lock, err := lockFolder(ctx, c)
	if err != nil {
		return nil, err
	}
	options := &server.Options{
		ServerName: "mayhem", JetStream: true, StoreDir: c.file("nats"), SyncAlways: c.sync,
		DontListen: true, NoSigs: true, DisableJetStreamBanner: true,
	}
	if c.listen != "" {
		host, port, err := net.SplitHostPort(c.listen)
		if err == nil {
			options.Port, err = strconv.Atoi(port)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("-listen %s: %w", c.listen, err), lock.Close())
		}
		options.DontListen, options.Host = false, loopback(host)
		if options.Port == 0 {
			options.Port = server.RANDOM_PORT
		}
	}
	ns, err := server.NewServer(options)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e := &embedded{Server: ns, errs: &lastError{failed: make(chan struct{})}, lock: lock}
	ns.SetLogger(e.errs, false, false)
	ns.Start()
	if err := e.ready(); err != nil {
		e.close()
		return nil, err
	}
	e.errs.set(func(line string) { // after that, publishers would only hear nothing
		if strings.Contains(strings.ToLower(line), "critical write error") || !ns.JetStreamEnabled() && ns.Running() {
			end(fmt.Errorf("the server in this process: %s", line))
		}
	})
	return e, nil
}

// ready waits until the server takes connections and has its messages.
func (e *embedded) ready() error {
	up := make(chan bool, 1)
	go func() { up <- e.ReadyForConnections(10 * time.Second) }()
	select {
	case ok := <-up:
		if ok && e.JetStreamEnabled() {
			return nil
		}
	case <-e.errs.failed:
	}
	return fmt.Errorf("the server in this process does not start: %s", e.errs)
}

func (e *embedded) close() {
	e.errs.set(nil)
	e.Shutdown()
	e.WaitForShutdown()
	_ = e.lock.Close() // gives up the lock; there is nothing in it
}

// lockFolder makes sure that no two servers have one folder. SQLite knows how to lock a file on every system, so that kill -9 unlocks it.
func lockFolder(ctx context.Context, c config) (*sql.DB, error) {
	lock, err := sql.Open("sqlite", sqliteURL(c.file("lock"), "busy_timeout(1000)", "locking_mode(EXCLUSIVE)"))
	if err != nil {
		return nil, err
	}
	lock.SetMaxOpenConns(1)
	if _, err := lock.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS lock (held int); DELETE FROM lock"); err != nil {
		if busy(err) {
			err = errors.New("another process has its server there")
		}
		return nil, errors.Join(fmt.Errorf("the folder %s: %w", c.data, err), lock.Close())
	}
	return lock, nil
}

// A lastError is the server's log. It keeps what went wrong last.
type lastError struct {
	mu     sync.Mutex // guards what follows
	line   string
	fatal  bool
	hear   func(line string)
	failed chan struct{} // closed at the first fatal line
}

func (l *lastError) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.line
}

func (l *lastError) set(hear func(line string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hear = hear
}

// Errorf implements [server.Logger], as do the others.
func (l *lastError) Errorf(format string, v ...any) {
	line := strings.TrimSpace(fmt.Sprintf(format, v...))
	l.mu.Lock()
	l.line = line
	hear := l.hear
	l.mu.Unlock()
	if hear != nil {
		go hear(line)
	}
}

// Fatalf implements [server.Logger]. It does not end the program.
func (l *lastError) Fatalf(format string, v ...any) {
	l.Errorf(format, v...)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.fatal {
		l.fatal = true
		close(l.failed)
	}
}

// The others are of no interest.

func (l *lastError) Warnf(string, ...any)   {}
func (l *lastError) Noticef(string, ...any) {}
func (l *lastError) Debugf(string, ...any)  {}
func (l *lastError) Tracef(string, ...any)  {}

// loopback is host; 127.0.0.1 where none is given.
func loopback(host string) string {
	if host == "" {
		return "127.0.0.1"
	}
	return host
}
