package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fox is a tab of a Firefox of its own, driven by Marionette, the protocol
// below geckodriver. (While WebDriver BiDi drives Firefox 153, some of a page's
// workers never start.) Like a tab of Chromium it fails its test when the page
// complains of anything, or asks another host for something.
type fox struct {
	*testing.T
	conn  net.Conn
	reads *bufio.Reader
	base  string
	asked int
}

// An object is one of JSON.
type object = map[string]any

// Firefox prints what a page complains of, and takes a port that is free.
const complains = `
user_pref("devtools.console.stdout.content", true);
user_pref("browser.dom.window.dump.enabled", true);
user_pref("javascript.options.showInConsole", true);
user_pref("marionette.port", 0);
`

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
	require.NoError(t, os.WriteFile(filepath.Join(home, "user.js"), []byte(complains+strings.Join(prefs, "\n")), 0o600))
	ctx, kill := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, path, "--headless", "--marionette", "--profile", home)
	cmd.Env = append(os.Environ(), "HOME="+home)
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	require.NoError(t, cmd.Start())
	f := &fox{T: t, base: base}
	heard := make(chan struct{})
	port := make(chan string, 1)
	go func() {
		defer close(heard)
		for lines := bufio.NewScanner(r); lines.Scan(); {
			f.hear(lines.Text())
			if _, p, is := strings.Cut(lines.Text(), "Listening on port "); is {
				port <- p
			}
		}
	}()
	t.Cleanup(func() {
		if f.conn != nil {
			_, _ = f.ask("Marionette:Quit", object{})
			_ = f.conn.Close()
		}
		time.AfterFunc(patience, kill)
		_ = cmd.Wait()
		kill()
		_ = w.Close()
		<-heard
		_ = os.RemoveAll(home)
	})
	select {
	case p := <-port:
		f.conn, err = new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:"+p)
	case <-time.After(2 * patience):
		err = errors.New("Firefox did not start")
	}
	require.NoError(t, err)
	f.reads = bufio.NewReader(f.conn)
	_, err = f.answer() // its greeting
	require.NoError(t, err)
	f.must("WebDriver:NewSession", object{}, nil)
	t.Cleanup(f.asksNoOther) // of the last page
	f.size(1280, 900)
	return f
}

// complaint is what a page logs as a value; what Firefox's own modules log begins with a name.
var complaint = regexp.MustCompile(`^console\.(?:warn|error): ["(]|^JavaScript (?:error|warning): http://127\.0\.0\.1:`)

// hear fails the test for a line that a page without fault does not bring about.
func (f *fox) hear(line string) {
	if complaint.MatchString(line) {
		assert.Fail(f, "the console has something", line)
	}
}

// answer reads a message: its length, a colon, and JSON.
func (f *fox) answer() ([]byte, error) {
	if err := f.conn.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		return nil, err
	}
	head, err := f.reads.ReadString(':')
	if err != nil {
		return nil, err
	}
	length, err := strconv.Atoi(strings.TrimSuffix(head, ":"))
	if err != nil {
		return nil, err
	}
	message := make([]byte, length)
	_, err = io.ReadFull(f.reads, message)
	return message, err
}

// ask sends a command and waits for its answer.
func (f *fox) ask(command string, params object) (json.RawMessage, error) {
	f.asked++
	message, err := json.Marshal([]any{0, f.asked, command, params})
	if err != nil {
		return nil, err
	}
	if _, err = fmt.Fprintf(f.conn, "%d:%s", len(message), message); err != nil {
		return nil, err
	}
	message, err = f.answer()
	if err != nil {
		return nil, err
	}
	var failed struct{ Error, Message string }
	var result json.RawMessage
	if err := json.Unmarshal(message, &[]any{new(int), new(int), &failed, &result}); err != nil {
		return nil, err
	}
	if failed.Error != "" {
		return nil, errors.New(failed.Error + ": " + failed.Message)
	}
	return result, nil
}

func (f *fox) must(command string, params object, value any) {
	f.Helper()
	result, err := f.ask(command, params)
	require.NoError(f, err, command)
	if value != nil {
		require.NoError(f, json.Unmarshal(result, &struct{ Value any }{value}), command)
	}
}

// evaluate gives the JSON of what an expression of the page gives.
func (f *fox) evaluate(expression string) (string, error) {
	result, err := f.ask("WebDriver:ExecuteAsyncScript", object{
		"script": "const [ends] = arguments; Promise.resolve(" + expression + ").then((v) => ends(JSON.stringify(v) ?? 'null'), (why) => ends(`fails: ${why}`))", "args": []any{},
	})
	var got struct{ Value string }
	if err = errors.Join(err, json.Unmarshal(result, &got)); err == nil {
		if why, fails := strings.CutPrefix(got.Value, "fails: "); fails {
			err = errors.New(why)
		}
	}
	return got.Value, err
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
	f.asksNoOther()
	f.must("WebDriver:Navigate", object{"url": f.base + path}, nil)
	f.waitFor(isReady)
}

// press types a text, or keys as WebDriver writes them, one after the other.
func (f *fox) press(keys string) {
	f.Helper()
	var actions []object
	for _, key := range keys {
		actions = append(actions, object{"type": "keyDown", "value": string(key)}, object{"type": "keyUp", "value": string(key)})
	}
	f.must("WebDriver:PerformActions", object{"actions": []object{{"type": "key", "id": "keyboard", "actions": actions}}}, nil)
}

// Keys as WebDriver writes them.
const (
	foxEnter    = "\uE007"
	foxEscape   = "\uE00C"
	foxPageDown = "\uE00F"
)

// asksNoOther fails the test if the page that is left has asked another host for something.
func (f *fox) asksNoOther() {
	f.Helper()
	var others []string
	f.give(`performance.getEntriesByType("resource").map((e) => e.name).filter((name) => !name.startsWith(location.origin) && /^(https?|wss?):/.test(name))`, &others)
	assert.Empty(f, others, "the page asks another host")
}

func (f *fox) size(width, height int) {
	f.Helper()
	f.must("WebDriver:SetWindowRect", object{"width": width, "height": height}, nil)
}
