package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fox is a tab of a Firefox of its own, driven by WebDriver BiDi. Like a tab
// of Chromium it fails its test when the page complains of anything, or asks
// another host for something. Events are heard while an answer is awaited.
type fox struct {
	*testing.T
	conn  *websocket.Conn
	base  string
	tab   string // as Firefox calls it
	asked int
}

// An object is one of JSON.
type object = map[string]any

func openInFirefox(t *testing.T, base string, prefs ...string) *fox {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped by -short: it needs a browser")
	}
	path, err := exec.LookPath("firefox-esr")
	if err != nil {
		skipWithout(t, "firefox-esr is not installed: the main path was not tried in Firefox (%v)", err)
	}
	home, err := os.MkdirTemp("", "firefox") //nolint:usetesting // a process of Firefox may still write there at the end
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(home, "user.js"), []byte(strings.Join(prefs, "\n")), 0o600))
	ctx, kill := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, path, "--headless", "--profile", home, "--remote-debugging-port", "0")
	cmd.Env = append(os.Environ(), "HOME="+home)
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	f := &fox{T: t, base: base}
	t.Cleanup(func() {
		if f.conn != nil {
			_, _ = f.ask("browser.close", object{})
		}
		time.AfterFunc(patience, kill)
		_ = cmd.Wait()
		kill()
		_ = os.RemoveAll(home)
	})
	tooLong := time.AfterFunc(2*patience, kill)
	address := ""
	for lines := bufio.NewScanner(said); address == "" && lines.Scan(); {
		_, address, _ = strings.Cut(lines.Text(), "WebDriver BiDi listening on ")
	}
	require.NotEmpty(t, address, "Firefox did not start")
	tooLong.Stop()
	go func() { _, _ = io.Copy(io.Discard, said) }() // or Firefox would wait for a reader
	conn, _, err := websocket.Dial(ctx, address+"/session", nil)
	require.NoError(t, err)
	conn.SetReadLimit(-1)
	f.conn = conn
	f.must("session.new", object{"capabilities": object{}}, nil)
	var tree struct{ Contexts []struct{ Context string } }
	f.must("browsingContext.getTree", object{}, &tree)
	f.tab = tree.Contexts[0].Context
	f.must("session.subscribe", object{"events": []string{"log.entryAdded", "network.beforeRequestSent"}, "contexts": []string{f.tab}}, nil)
	f.size(1280, 900)
	return f
}

// ask sends a command and waits for its answer.
func (f *fox) ask(method string, params object) (json.RawMessage, error) {
	f.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(f.Context()), 2*patience)
	defer cancel()
	f.asked++
	err := wsjson.Write(ctx, f.conn, object{"id": f.asked, "method": method, "params": params})
	for err == nil {
		var m struct {
			ID                     int
			Method, Error, Message string
			Params, Result         json.RawMessage
		}
		err = wsjson.Read(ctx, f.conn, &m)
		switch {
		case m.Method != "":
			f.hear(m.Params)
		case m.Error != "":
			return nil, errors.New(m.Error + ": " + m.Message)
		case m.ID == f.asked:
			return m.Result, nil
		}
	}
	return nil, err
}

// hear fails the test for an event that a page without fault does not bring about.
func (f *fox) hear(params json.RawMessage) {
	f.Helper()
	var event struct {
		Level, Text string
		Request     struct{ URL string }
	}
	require.NoError(f, json.Unmarshal(params, &event))
	assert.NotContains(f, []string{"error", "warn"}, event.Level, "the console has something: %s", event.Text)
	to, err := url.Parse(event.Request.URL)
	assert.True(f, err == nil && (to.Host == "" || to.Host == must(url.Parse(f.base)).Host), "the page asks another host: %s", event.Request.URL)
}

func (f *fox) must(method string, params object, result any) {
	f.Helper()
	answer, err := f.ask(method, params)
	require.NoError(f, err, method)
	if result != nil {
		require.NoError(f, json.Unmarshal(answer, result), method)
	}
}

// evaluate gives the JSON of what an expression of the page gives.
func (f *fox) evaluate(expression string) (string, error) {
	f.Helper()
	answer, err := f.ask("script.evaluate", object{
		"expression": "Promise.resolve(" + expression + ").then((v) => JSON.stringify(v) ?? 'null')", "awaitPromise": true, "target": object{"context": f.tab},
	})
	var got struct {
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	if err = errors.Join(err, json.Unmarshal(answer, &got)); err == nil && got.ExceptionDetails.Text != "" {
		err = errors.New(got.ExceptionDetails.Text)
	}
	return got.Result.Value, err
}

// give puts what an expression of the page gives into a value.
func (f *fox) give(expression string, value any) {
	f.Helper()
	got, err := f.evaluate(expression)
	require.NoError(f, err, expression)
	require.NoError(f, json.Unmarshal([]byte(got), value), expression)
}

func (f *fox) do(expression string) {
	f.Helper()
	f.give(expression, new(any))
}

func (f *fox) text(selector string) (text string) {
	f.Helper()
	f.give(textOf(selector), &text)
	return text
}

// waitFor looks until an expression of the page holds, also while the page changes for another.
func (f *fox) waitFor(expression string) {
	f.Helper()
	for end := time.Now().Add(5 * patience); ; time.Sleep(20 * time.Millisecond) {
		got, err := f.evaluate("!!(" + expression + ")")
		if got == "true" {
			return
		}
		if time.Now().After(end) {
			says, _ := f.evaluate(textOf("[role=status]"))
			require.Fail(f, "waited for "+expression, "%v; the page says %s", err, says)
		}
	}
}

func (f *fox) visit(path string) {
	f.Helper()
	f.must("browsingContext.navigate", object{"context": f.tab, "url": f.base + path, "wait": "interactive"}, nil)
	f.waitFor(isReady)
}

func (f *fox) size(width, height int) {
	f.Helper()
	f.must("browsingContext.setViewport", object{"context": f.tab, "viewport": object{"width": width, "height": height}}, nil)
}
