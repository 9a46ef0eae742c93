package main

import "testing"

func TestRealProcesses(t *testing.T) {
	t.Skip("Windows has no signals, only Ctrl-Break and an end without notice: what the page says of it has not been run")
}
