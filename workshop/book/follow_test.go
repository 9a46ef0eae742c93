package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// aClone is a workshop of one part whose exercises a test may write to.
func aClone(t *testing.T) string {
	t.Helper()
	root, clone := theRoot(t), t.TempDir()
	for _, dir := range []string{"part1-tasks", "workshop/course", "workshop/lesson"} {
		require.NoError(t, os.CopyFS(filepath.Join(clone, dir), os.DirFS(filepath.Join(root, dir))))
	}
	require.NoError(t, os.WriteFile(filepath.Join(clone, "go.work"), []byte("go 1.26.0\n\nuse (\n\t./part1-tasks\n\t./workshop/course\n\t./workshop/lesson\n)\n"), 0o644))
	stub, err := os.ReadFile(filepath.Join(clone, exercised, "exercise/_stub/exercise.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(clone, exercised, "exercise/exercise.go"), stub, 0o644))
	return clone
}

func besideClone(t *testing.T, root string) string {
	t.Helper()
	s, err := newSite(root, true)
	require.NoError(t, err)
	return served(t, s)
}

// served serves a site as the command does.
func served(t *testing.T, s *site) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	ctx, cancel := context.WithCancel(context.Background())
	server.Config.Handler = handler{site: s, port: server.Listener.Addr().(*net.TCPAddr).Port, token: "a token", ctx: ctx}
	server.Start()
	t.Cleanup(func() { cancel(); server.Close() })
	return server.URL + "/"
}

func TestThePageFollowsTheLearnersFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it checks an exercise twice")
	}
	clone := aClone(t)
	base := besideClone(t, clone)
	b := open(t, base)
	b.visit(exercised)
	b.waitFor(`document.querySelector(".lab .says").textContent.includes("open the address")`)
	b.visit(exercised + "?token=a+token")
	assert.NotContains(t, eval[string](b, `location.href`), "token", "the address shows no token")
	b.waitLong(`document.querySelector(".lab .says").textContent.includes("Nothing is written yet")`)
	file := filepath.Join(clone, exercised, "exercise/exercise.go")
	before, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	wrong, err := os.ReadFile(filepath.Join(clone, exercised, "exercise/_wrong/drifts.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, wrong, 0o644))
	b.waitLong(`document.querySelector(".lab .found").textContent.includes("the calls drift")`)
	assert.Contains(t, b.text(".lab .source"), "time.After", "the page shows what was saved")
	b.axe(".lab", "an exercise that is followed")
	b.lookAt(".lab", "lab-follows")
	after, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Equal(t, names(before), names(after), "the book writes nothing there")
	now, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(wrong), string(now))
}

func names(entries []os.DirEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// A page elsewhere may know the port, and may have its own name point to this
// machine. It does not know the token, and a browser says where it comes from.
func TestOnlyThePageThatWasOpenedFollows(t *testing.T) {
	base := besideClone(t, aClone(t))
	host := strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/")
	ask := func(header map[string]string, path string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		require.NoError(t, err)
		for name, value := range header {
			request.Header.Set(name, value)
		}
		if h, ok := header["Host"]; ok {
			request.Host = h
		}
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		t.Cleanup(func() { _ = response.Body.Close() })
		return response
	}
	const token = "X-Workshop-Token"
	path := "follow/" + strings.TrimSuffix(exercised, "/")
	for name, header := range map[string]map[string]string{
		"no token":             {},
		"another token":        {token: "a toke"},
		"no token, our origin": {"Origin": "http://" + host},
		"another origin":       {token: "a token", "Origin": "http://elsewhere.example"},
		"another port":         {token: "a token", "Origin": "http://127.0.0.1:1"},
		"https":                {token: "a token", "Origin": "https://" + host},
		"an opaque origin":     {token: "a token", "Origin": "null"},
		"a page elsewhere":     {token: "a token", "Sec-Fetch-Site": "cross-site"},
		"another local server": {token: "a token", "Sec-Fetch-Site": "same-site"},
		"a typed address":      {token: "a token", "Sec-Fetch-Site": "none"},
	} {
		assert.Equal(t, http.StatusForbidden, ask(header, path).StatusCode, name)
		assert.Equal(t, http.StatusForbidden, ask(header, "mistakes/01-create-task-drifts.json").StatusCode, "%s, for a run that the tests have to make", name)
	}
	assert.Equal(t, http.StatusForbidden, ask(nil, path+"?token=a+token").StatusCode, "a link cannot carry it")
	assert.Equal(t, http.StatusMisdirectedRequest, ask(map[string]string{token: "a token", "Host": "elsewhere.example"}, path).StatusCode, "another name of this machine")
	assert.Equal(t, http.StatusNotFound, ask(map[string]string{token: "a token"}, "follow/part1-tasks/99-none").StatusCode)
	assert.Equal(t, http.StatusNotFound, ask(map[string]string{token: "a token"}, "mistakes/none.json").StatusCode)
	right := ask(map[string]string{token: "a token", "Origin": "http://" + host, "Sec-Fetch-Site": "same-origin"}, path)
	require.Equal(t, http.StatusOK, right.StatusCode)
	line, err := bufio.NewReader(right.Body).ReadBytes('\n')
	require.NoError(t, err)
	var first struct{ Text string }
	require.NoError(t, json.Unmarshal(line, &first))
	assert.Contains(t, first.Text, "not written yet")
}
