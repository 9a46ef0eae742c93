// The Mayhem service on real parts: its messages are in NATS JetStream, its records in SQLite or PostgreSQL. Without a flag it tells the
// story of a process that is killed; with -messages it is the service.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"example.com/asyncio-to-go/workshop/lesson"
)

func main() {
	if len(os.Args) == 1 {
		lesson.Main(story)
		return
	}
	c := flags()
	if os.Getenv("GOMEMLIMIT") == "" { // a soft one: near it, garbage is collected more often
		debug.SetMemoryLimit(32<<20 + int64(c.inFlight)<<13)
	}
	asked := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup it stays ignored
		asked = append(asked, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), asked...)
	context.AfterFunc(ctx, stop) // from then on a second signal is the system's
	secrets := c.secrets()
	stderr := discreet{os.Stderr, secrets}
	slog.SetDefault(slog.New(c.handler(stderr)))
	if err := serve(ctx, c, discreet{os.Stdout, secrets}); err != nil {
		_, _ = fmt.Fprintln(stderr, "mayhem-live:", strings.Join(strings.Fields(err.Error()), " ")) // pgx's take several lines
		os.Exit(1)
	}
}

// A discreet writer writes everything but the secrets.
type discreet struct {
	to      io.Writer
	secrets *strings.Replacer
}

// Write implements [io.Writer]. Each line comes in one call.
func (d discreet) Write(p []byte) (int, error) {
	_, err := d.secrets.WriteString(d.to, string(p))
	return len(p), err
}

var secret = regexp.MustCompile(`//([^/\s,]+)@|(?i:password|passwd|token)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^&\s]+))`)

// secrets are the passwords and tokens in the URLs, in each form that an error may quote. A user's name without a password may be a token.
func (c config) secrets() *strings.Replacer {
	var pairs []string
	for _, found := range secret.FindAllStringSubmatch(c.nats+" "+c.db, -1) {
		text := cmp.Or(found[1], found[2], found[3])
		if _, password, ok := strings.Cut(found[1], ":"); ok {
			text = password
		} else if found[1] != "" && strings.Contains(c.db, found[0]) {
			continue // a user of PostgreSQL's
		}
		plain, err := url.PathUnescape(text)
		if err != nil {
			plain = text
		}
		for _, s := range []string{
			text, plain, url.QueryEscape(plain), url.PathEscape(plain), url.UserPassword("", plain).String()[1:],
			strings.Trim(strconv.Quote(plain), `"`), strings.Trim(strconv.Quote(text), `"`),
		} {
			if s != "" {
				pairs = append(pairs, s, "xxxxx")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}
