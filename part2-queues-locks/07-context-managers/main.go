// Four requests each open a handler, and then a reader of frames. Whatever happens
// after that, what is open is closed: the reader first, then the handler.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"example.com/asyncio-to-go/workshop/lesson"
)

var (
	errFrame    = errors.New("no frame 900")
	errChecksum = errors.New("bad checksum")
	errHungUp   = errors.New("client hung up")
)

func main() { lesson.Main(story) }

func story(ctx context.Context, log *slog.Logger) error {
	log.Info("answers four requests")
	for i, r := range []request{
		{patience: time.Hour, decode: whole},
		{patience: time.Hour, decode: torn, onClose: errChecksum},
		{patience: 400 * time.Millisecond, decode: whole},
		{patience: time.Hour, decode: buggy},
	} {
		answer(ctx, log, i+1, r)
		if ctx.Err() != nil { // Ctrl-C
			return context.Cause(ctx)
		}
	}
	return nil
}

// A request knows beforehand what will go wrong with it.
type request struct {
	patience time.Duration                          // after that, the client hangs up
	decode   func(offset, count int) ([]int, error) // makes frames of bytes
	onClose  error                                  // what closing the reader returns
}

func (r request) serve(ctx context.Context, handlerLog, readerLog *slog.Logger) (frames []int, err error) {
	handler, err := open(ctx, handlerLog, nil)
	if err != nil {
		return nil, err
	}
	defer closeAndJoin(ctx, handler, &err)

	reader, err := open(ctx, readerLog, r.onClose)
	if err != nil {
		return nil, err
	}
	defer closeAndJoin(ctx, reader, &err)

	return reader.read(ctx, r.decode, 720, 480)
}

// closeAndJoin closes what is open, also when ctx has ended, and joins an error of
// closing to *err. If closing succeeds, *err stays as it is: Join would wrap it.
func closeAndJoin(ctx context.Context, r *resource, err *error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if failed := r.close(ctx); failed != nil {
		*err = errors.Join(*err, failed)
	}
}

// answer serves a request, and is the one place where a panic ends.
func answer(ctx context.Context, log *slog.Logger, n int, r request) {
	defer func() {
		if bug := recover(); bug != nil && lesson.Over(ctx) == nil {
			log.Error(fmt.Sprintf("request %d: %v", n, bug))
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, r.patience, errHungUp)
	defer cancel()
	task := func(what string) *slog.Logger { return log.With("task", fmt.Sprint(what, " ", n)) }
	frames, err := r.serve(ctx, task("handler"), task("reader"))
	switch {
	case errors.Is(err, errHungUp):
		log.Warn(fmt.Sprintf("request %d: %v", n, err))
	case err != nil:
		log.Error(fmt.Sprintf("request %d: %s", n, strings.ReplaceAll(err.Error(), "\n", ", ")))
	default:
		log.Info(fmt.Sprintf("request %d: %d frames", n, len(frames)))
	}
}

// A resource takes a while to open and to close, as a connection does, or a file
// on a server.
type resource struct {
	log     *slog.Logger
	onClose error
}

func open(ctx context.Context, log *slog.Logger, onClose error) (*resource, error) {
	if err := lesson.Pause(ctx, 300*time.Millisecond); err != nil {
		log.Warn("is never open")
		return nil, err
	}
	log.Info("is open")
	return &resource{log, onClose}, nil
}

func (r *resource) read(ctx context.Context, decode func(offset, count int) ([]int, error), offset, count int) ([]int, error) {
	if err := lesson.Pause(ctx, 500*time.Millisecond); err != nil {
		return nil, err
	}
	frames, err := decode(offset, count)
	if err != nil {
		r.log.Error(err.Error())
		return nil, err
	}
	r.log.Info(fmt.Sprintf("reads %d to %d", frames[0], frames[len(frames)-1]))
	return frames, nil
}

func (r *resource) close(ctx context.Context) error {
	if err := lesson.Pause(ctx, 200*time.Millisecond); err != nil {
		r.log.Error("stays open")
		return err
	}
	if r.onClose != nil {
		r.log.Error("is closed: " + r.onClose.Error())
		return r.onClose
	}
	r.log.Info("is closed")
	return nil
}

func whole(offset, count int) ([]int, error) {
	frames := make([]int, count)
	for i := range frames {
		frames[i] = offset + i
	}
	return frames, nil
}

func torn(int, int) ([]int, error) { return nil, errFrame }

func buggy(int, int) ([]int, error) { panic("a bug in the decoder") }
