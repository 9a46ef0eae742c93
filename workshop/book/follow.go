package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

// News is a line that a page which follows an exercise gets.
type news struct {
	Text    *string       `json:"text,omitempty"`   // the learner's file, as it is now
	Checks  bool          `json:"checks,omitempty"` // it is being checked
	Verdict *course.Shown `json:"verdict,omitempty"`
	Failed  string        `json:"failed,omitempty"` // why it could not be
}

// follow sends the learner's file and what the runner's check finds, at once and
// after each save, as lines of JSON until the page goes away. It writes nothing
// into the exercise. Only a page of this site that was opened with the token may ask.
func (h handler) follow(w http.ResponseWriter, r *http.Request, dir string) {
	if !h.mayFollow(r) {
		http.Error(w, "open the address that go run ./workshop book has printed", http.StatusForbidden)
		return
	}
	l := h.site.lesson(dir)
	if l == nil || !l.HasExercise() {
		http.Error(w, "there is no such exercise", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	control := http.NewResponseController(w)
	send := func(n news) {
		_ = json.NewEncoder(w).Encode(n) // a reader may go away; ctx says so
		_ = control.Flush()
	}
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(h.ctx, cancel) //nolint:contextcheck // Ctrl-C waits for no reader: the server's context, not the request's
	defer stop()
	defer cancel()
	saves := make(chan struct{}, 1) // a save while one is still to be seen says no more
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		_ = learner.Watch(ctx, *l, func() { // ends with ctx
			select {
			case saves <- struct{}{}:
			default:
			}
		})
	}()
	defer func() { cancel(); <-watched }()
	for {
		text, err := os.ReadFile(l.Answer())
		if err == nil {
			send(news{Text: new(string(text)), Checks: true})
			if saved := h.check(ctx, *l, saves, send); saved {
				continue
			}
		} else {
			send(news{Failed: l.Exercise() + " is gone; go run ./workshop reset " + l.Name() + " brings it back"})
		}
		select {
		case <-ctx.Done():
			return
		case <-saves:
		}
	}
}

// check sends what a check finds; it gives up and reports so when the file is saved meanwhile.
func (h handler) check(ctx context.Context, l course.Lesson, saves <-chan struct{}, send func(news)) (saved bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		found course.Result
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		found, err := l.CheckExercise(ctx, nil)
		done <- outcome{found, err}
	}()
	select {
	case <-saves:
		cancel()
		<-done
		return true
	case o := <-done:
		switch {
		case errors.Is(o.err, context.Canceled):
		case o.err != nil:
			send(news{Failed: o.err.Error()})
		default:
			shown := l.Show(o.found)
			send(news{Verdict: &shown})
		}
		return false
	}
}

// failing sends the run of a mistake, which the tests may have to make first: so
// only a page of this site that was opened with the token may ask.
func (h handler) failing(w http.ResponseWriter, r *http.Request, id string) {
	if !h.mayFollow(r) {
		http.Error(w, "open the address that go run ./workshop book has printed", http.StatusForbidden)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stop := context.AfterFunc(h.ctx, cancel) //nolint:contextcheck // Ctrl-C waits for no reader: the server's context, not the request's
	defer stop()
	content, err := h.site.failingRun(ctx, id)
	switch {
	case errors.Is(err, errNotFound):
		http.Error(w, "there is no such mistake", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(content) // a reader may go away
	}
}

// mayFollow reports whether a request comes from a page of this site that knows
// the token of the address which the command has opened.
func (h handler) mayFollow(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		from, err := url.Parse(origin)
		if err != nil || from.Scheme != "http" || !strings.EqualFold(from.Host, r.Host) {
			return false
		}
	}
	given := r.Header.Get("X-Workshop-Token")
	return h.token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(h.token)) == 1
}
