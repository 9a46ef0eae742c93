package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"time"
)

// A job asks how many primes lie below a number. It takes Takes at least, so
// that a story's seconds are the same on every machine.
type job struct {
	Below int           `json:"below"`
	Takes time.Duration `json:"takes,omitempty"`
}

// An answer is what a worker found, and which process it is.
type answer struct {
	Primes int `json:"primes"`
	PID    int `json:"pid"`
}

// work is all that the second process does.
func work() {
	signal.Ignore(os.Interrupt) // Ctrl-C reaches us as well; our parent decides whether we end
	if err := serve(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

// serve answers jobs, a line of JSON each, until in ends: when the parent
// hangs up, and also when it has died.
func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	jobs, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var j job
		if err := jobs.Decode(&j); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		over := time.After(j.Takes)
		a := answer{Primes: primesBelow(j.Below), PID: os.Getpid()}
		select {
		case <-over:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

func primesBelow(n int) int {
	composite := make([]bool, n)
	found := 0
	for i := 2; i < n; i++ {
		if composite[i] {
			continue
		}
		found++
		for j := i * i; j < n; j += i {
			composite[j] = true
		}
	}
	return found
}

// A worker is the parent's end of one that serves elsewhere.
type worker struct {
	jobs    io.WriteCloser
	answers *json.Decoder
	kill    context.CancelFunc
	wait    func() error // until it is gone; then says how it ended
}

// A starter starts a worker, which is killed when ctx ends. The caller stops it.
type starter func(ctx context.Context) (*worker, error)

// startProcess starts this program once more, as a worker.
func startProcess(ctx context.Context) (*worker, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, kill := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, "worker")
	cmd.Stderr = os.Stderr
	jobs, err := cmd.StdinPipe()
	if err != nil {
		kill()
		return nil, err
	}
	answers, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		kill()
		return nil, err
	}
	return &worker{jobs, json.NewDecoder(answers), kill, sync.OnceValue(cmd.Wait)}, nil
}

// do has the worker do a job. When ctx ends first, it returns
// context.Cause(ctx). A worker that fails or is interrupted is of no use
// any more: it is killed, and gone when do returns.
func (w *worker) do(ctx context.Context, j job) (answer, error) {
	stop := context.AfterFunc(ctx, w.kill)
	var a answer
	err := json.NewEncoder(w.jobs).Encode(j)
	if err == nil {
		err = w.answers.Decode(&a)
	}
	if stop() && err == nil {
		return a, nil
	}
	w.kill()
	how := w.wait()
	if ctx.Err() != nil {
		return answer{}, context.Cause(ctx)
	}
	return answer{}, fmt.Errorf("the worker gave no answer: %w", errors.Join(err, how))
}

// stop hangs up and waits until the worker is gone.
func (w *worker) stop() {
	_ = w.jobs.Close() // a killed worker's is closed
	_ = w.wait()       // how it ended no longer matters
	w.kill()           // frees its context
}
