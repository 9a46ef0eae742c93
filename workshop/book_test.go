package main

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBookServesThePagesUntilItIsInterrupted(t *testing.T) {
	t.Chdir("..") // the pages are those of this workshop
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	read, written := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"book", "-open=false", "-lab=false"}, written, written)
		_ = written.Close()
	}()
	said := make([]byte, 1000)
	n, err := read.Read(said)
	require.NoError(t, err)
	go func() { _, _ = io.Copy(io.Discard, read) }()
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(string(said[:n]))
	require.NotEmpty(t, url, "it says where the book is, not %q", said[:n])
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(t, err)
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	require.NoError(t, err)
	page, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Contains(t, string(page), "part1-tasks/01-create-task/")
	interrupt()
	assert.Equal(t, 0, <-status)
}

func TestBookSaysHowItIsUsed(t *testing.T) {
	status, _, stderr := workshop(t, "..", "book", "-nonsense")
	assert.Equal(t, 2, status)
	assert.Contains(t, stderr, "nonsense")
}
