package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// connect connects to the servers at c.nats, or starts one in this process. It fails at once when none answers; a connection that is
// lost later is tried again without end. When the server in this process cannot go on, it calls end. What it returns undoes all of it.
func connect(ctx context.Context, c config, count *counters, end context.CancelCauseFunc) (*nats.Conn, func(), error) {
	options := []nats.Option{
		nats.Name("mayhem-live"),
		nats.Timeout(3 * time.Second),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(), // an operator may change the password on both sides
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectBufSize(-1), // nothing waits unseen: what cannot be sent fails, and its sender tries again
		nats.PingInterval(2 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(nc *nats.Conn, err error) {
			if !nc.IsClosed() {
				count.server.begins(time.Now(), cmp.Or(err, nats.ErrDisconnected)) // the watch says when it is over
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrPermissionViolation) { // trying again will not help
				end(err)
				return
			}
			if _, broken := errors.AsType[*net.OpError](err); broken { // it is told before the connection is given up
				count.server.begins(time.Now(), err)
			}
			count.failed("connection", time.Now(), err)
		}),
	}
	stop := func() {}
	if c.nats == "" {
		s, stopServer, err := startServer(ctx, c, end)
		if err != nil {
			return nil, nil, err
		}
		options, stop = append(options, nats.InProcessServer(s)), stopServer
	}
	nc, err := nats.Connect(c.nats, options...)
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("connect to %s: %w", cmp.Or(strings.Join(c.hosts, ", "), "the server in this process"), err)
	}
	return nc, func() { nc.Close(); stop() }, nil
}

// startServer starts a server whose files are in the folder of -data, which is its alone.
func startServer(ctx context.Context, c config, end context.CancelCauseFunc) (ns *server.Server, stop func(), err error) {
	options := &server.Options{
		ServerName: "mayhem", JetStream: true, StoreDir: c.file("nats"), SyncAlways: c.sync,
		DontListen: c.listen == "", NoSigs: true, DisableJetStreamBanner: true,
	}
	if c.listen != "" {
		host, port, _ := net.SplitHostPort(c.listen) // the flags have looked at it
		options.Port, _ = strconv.Atoi(port)
		options.Host = loopback(host)
		if options.Port == 0 {
			options.Port = server.RANDOM_PORT
		}
	}
	lock, err := lockFolder(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	if ns, err = server.NewServer(options); err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	log := &serverLog{end: end}
	ns.SetLogger(log, false, false)
	ns.Start()
	for range 100 {
		if ns.ReadyForConnections(100*time.Millisecond) || log.fatal.Load() != nil {
			break
		}
	}
	stop = func() {
		ns.Shutdown()
		ns.WaitForShutdown()
		_ = lock.Close() // gives up the lock; there is nothing in it
	}
	if says := log.fatal.Load(); says != nil || !ns.JetStreamEnabled() {
		stop()
		return nil, nil, fmt.Errorf("the server in this process does not start: %s", *cmp.Or(says, new("its log says why")))
	}
	return ns, stop, nil
}

// lockFolder makes sure that no two servers have one folder. SQLite knows how to lock a file on every system, so that kill -9 unlocks it.
func lockFolder(ctx context.Context, c config) (*sql.DB, error) {
	lock, err := sql.Open("sqlite", sqliteURL(c.file("lock"), "busy_timeout(1000)", "locking_mode(EXCLUSIVE)"))
	if err != nil {
		return nil, err
	}
	lock.SetMaxOpenConns(1)
	if _, err := lock.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS lock (held int); DELETE FROM lock"); err != nil {
		if class(err) == "busy" {
			err = errors.New("another process has its server there")
		}
		return nil, errors.Join(fmt.Errorf("the folder %s: %w", c.data, err), lock.Close())
	}
	return lock, nil
}

// A serverLog has the server's warnings and errors in our log.
type serverLog struct {
	end   context.CancelCauseFunc
	fatal atomic.Pointer[string] // the last fatal line
}

func (l *serverLog) Errorf(format string, v ...any) {
	line := strings.TrimSpace(fmt.Sprintf(format, v...))
	slog.Error("the server says", "text", line)
	if strings.Contains(strings.ToLower(line), "critical write error") { // after that, publishers would only hear nothing
		l.end(fmt.Errorf("the server in this process: %s", line))
	}
}

// Fatalf does not end the program.
func (l *serverLog) Fatalf(format string, v ...any) { l.fatal.Store(new(fmt.Sprintf(format, v...))) }

func (l *serverLog) Warnf(format string, v ...any) {
	slog.Warn("the server says", "text", strings.TrimSpace(fmt.Sprintf(format, v...)))
}

func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}
