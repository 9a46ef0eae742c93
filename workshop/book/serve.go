package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"path"
	"runtime"
	"strings"
	"time"
)

// policy lets a page load what is its own, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'"

// serve shows the site to browsers on this machine until ctx ends.
func serve(ctx context.Context, root, addr string, open, lab bool, stdout io.Writer) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%w: -addr %s: %w", errUse, addr, err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%w: -addr %s: it serves on this machine only: 127.0.0.1, [::1] or localhost", errUse, addr)
	}
	s, err := newSite(root, true)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	token := rand.Text()
	server := &http.Server{Handler: handler{site: s, port: listener.Addr().(*net.TCPAddr).Port, token: token, ctx: ctx}, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		// A page that is still being read gets a second.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	})
	url := "http://" + listener.Addr().String() + "/?token=" + token
	_, _ = fmt.Fprintf(stdout, "The book is at %s\nCtrl-C ends it.\n", url)
	if lab {
		s.making.begin()
		ctx, cancel := context.WithCancel(ctx)
		built := make(chan struct{})
		go func() {
			defer close(built)
			s.build(ctx, stdout)
		}()
		defer func() { cancel(); <-built }()
	}
	if open { // its first page has its editors
		openBrowser(ctx, url, stdout)
	}
	err = server.Serve(listener)
	if !stop() {
		<-done
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// openBrowser says so when it cannot.
func openBrowser(ctx context.Context, url string, stdout io.Writer) {
	command := []string{"xdg-open", url}
	switch runtime.GOOS {
	case "darwin":
		command[0] = "open"
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", url}
	}
	browser := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...) // it is the reader's to close
	if err := browser.Start(); err != nil {
		_, _ = fmt.Fprintf(stdout, "No browser could be opened (%v): open the address yourself.\n", err)
		return
	}
	go func() { _ = browser.Wait() }() // the starter ends at once, in its own time
}

// A handler answers requests that were meant for this site: a page elsewhere
// that has its name point to this machine comes with its own Host.
type handler struct {
	site  *site
	port  int
	token string          // of the address that was opened
	ctx   context.Context //nolint:containedctx // the server's own end
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-cache")
	if !h.isOurs(r.Host) {
		http.Error(w, "this is another machine's name", http.StatusMisdirectedRequest)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "the book can only be read", http.StatusMethodNotAllowed)
		return
	}
	at := strings.TrimPrefix(r.URL.Path, "/")
	if trimmed, ok := strings.CutSuffix(at, "index.html"); ok && (trimmed == "" || strings.HasSuffix(trimmed, "/")) {
		at = trimmed
	}
	if dir, ok := strings.CutPrefix(at, "follow/"); ok {
		h.follow(w, r, dir)
		return
	}
	if name, ok := strings.CutPrefix(at, "mistakes/"); ok && strings.HasSuffix(name, ".json") {
		h.failing(w, r, strings.TrimSuffix(name, ".json"))
		return
	}
	content, kind, err := h.site.render(at)
	if err != nil && path.Ext(at) == "" && !strings.HasSuffix(at, "/") {
		if _, _, withSlash := h.site.render(at + "/"); withSlash == nil {
			http.Redirect(w, r, "/"+at+"/", http.StatusMovedPermanently)
			return
		}
	}
	status := http.StatusOK
	switch {
	case errors.Is(err, errNotFound):
		status = http.StatusNotFound
		content, kind = h.site.missing(at)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if strings.HasPrefix(kind, "text/html") {
		header.Set("Content-Security-Policy", policy)
	}
	header.Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(content) // a reader may go away
}

// isOurs reports whether a Host names this machine and this server's port.
func (h handler) isOurs(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, "80"
	}
	ip, err := netip.ParseAddr(name)
	return port == fmt.Sprint(h.port) && (strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback())
}

// missing is the page that says so.
func (s *site) missing(at string) (content []byte, kind string) {
	p := &page{Path: at, Title: "There is no such page", Kind: "text"}
	var err error
	if p.Body, err = fill("missing.html", p); err == nil {
		content, err = s.layOut(p)
	}
	if err != nil {
		return []byte(err.Error()), "text/plain; charset=utf-8"
	}
	return content, "text/html; charset=utf-8"
}
