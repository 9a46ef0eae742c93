//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"example.com/asyncio-to-go/part1-tasks/10-tests/exercise"
)

// An implementation is a First, right or wrong.
type implementation struct {
	name    string // of a wrong one: what it does, in words
	first   exercise.First
	lingers bool // a goroutine of it, which is no source, is still there when it has returned
}

type outcome struct {
	value string
	err   error
}

// ask calls a source and puts what it returned into out.
func ask(ctx context.Context, s exercise.Source, out chan<- outcome) {
	value, err := s(ctx)
	out <- outcome{value, err}
}

var errFaster = errors.New("the other source was faster")

// withCause is a right First. The source that is slower ends with errFaster.
func withCause(ctx context.Context, a, b exercise.Source) (string, error) {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var won bool
	var value string
	var errs [2]error
	run := func(i int, s exercise.Source) {
		v, err := s(inner)
		mu.Lock()
		defer mu.Unlock()
		errs[i] = err
		if err == nil && !won {
			won, value = true, v
			cancel(errFaster)
		}
	}
	var other sync.WaitGroup
	other.Go(func() { run(1, b) })
	run(0, a)
	other.Wait()
	if won {
		return value, nil
	}
	return "", fmt.Errorf("no source has answered: %w", errors.Join(errs[1], errs[0], context.Cause(ctx)))
}

// again is a source that is called once more when it has failed.
func again(s exercise.Source) exercise.Source {
	return func(ctx context.Context) (string, error) {
		value, err := s(ctx)
		if err != nil && ctx.Err() == nil {
			return s(ctx)
		}
		return value, err
	}
}

var errEmpty = errors.New("no value")

// notEmpty is a source that fails when its value is empty.
func notEmpty(s exercise.Source) exercise.Source {
	return func(ctx context.Context) (string, error) {
		value, err := s(ctx)
		if err == nil && value == "" {
			err = errEmpty
		}
		return value, err
	}
}

// A listedErrors is an error of which == and the key of a map fail, and in which errors.Is finds each of its errors.
type listedErrors []error

func (l listedErrors) Error() string   { return fmt.Sprint([]error(l)) }
func (l listedErrors) Unwrap() []error { return l }

var right = []implementation{
	{name: "with a channel", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		out := make(chan outcome, 2)
		go ask(inner, a, out)
		go ask(inner, b, out)
		var won *outcome
		var errs []error
		for range 2 {
			o := <-out
			if o.err != nil {
				errs = append(errs, o.err)
			} else if won == nil {
				won = &o
				cancel()
			}
		}
		switch {
		case won != nil:
			return won.value, nil
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		}
		return "", errors.Join(errs...)
	}},
	{name: "with a mutex, one source on the goroutine of the caller", first: withCause},
	{name: "with a channel for each, the later failure first", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		outA, outB := make(chan outcome, 1), make(chan outcome, 1)
		go ask(inner, a, outA)
		go ask(inner, b, outB)
		var one, two outcome
		select {
		case one = <-outA:
			if one.err == nil {
				cancel()
			}
			two = <-outB
		case one = <-outB:
			if one.err == nil {
				cancel()
			}
			two = <-outA
		}
		for _, o := range []outcome{one, two} {
			if o.err == nil {
				return o.value, nil
			}
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("stopped: %w", context.Cause(ctx))
		}
		return "", errors.Join(two.err, one.err)
	}},
	{name: "that ends the ctx of the slower source only", first: apart},
	{name: "whose error is of a type that cannot be compared", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := withCause(ctx, a, b)
		if err != nil {
			err = listedErrors{err}
		}
		return value, err
	}},
	{name: "that leaves a goroutine behind, which is no source", first: withCause, lingers: true},
	{name: "whose sources get a ctx that is not made from ctx, and ends with it", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		inner, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
		return withCause(inner, a, b)
	}},
	{name: "with a text beside its error", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := withCause(ctx, a, b)
		if err != nil {
			value = "no value"
		}
		return value, err
	}},
}

// apart is a right First. It ends the ctx of a source only when the other source is faster, or when ctx ends.
func apart(ctx context.Context, a, b exercise.Source) (string, error) {
	cancels, outs := [2]context.CancelFunc{}, [2]chan outcome{}
	both := make(chan int, 2)
	for i, s := range []exercise.Source{a, b} {
		own, cancel := context.WithCancel(ctx)
		cancels[i], outs[i] = cancel, make(chan outcome, 1)
		go func() {
			ask(own, s, outs[i])
			both <- i
		}()
	}
	first := <-both
	one := <-outs[first]
	if one.err == nil {
		cancels[1-first]()
	}
	two := <-outs[<-both]
	switch {
	case one.err == nil:
		return one.value, nil
	case two.err == nil:
		return two.value, nil
	}
	return "", errors.Join(one.err, two.err, context.Cause(ctx))
}

// structured is a right First with places to get it wrong.
type structured struct {
	cancelsTheLoser, waitsForTheLoser, firstFailureWins, firstError, lastError, errForTheCause, returnsWhenCtxEnds bool
}

func (s structured) first(ctx context.Context, a, b exercise.Source) (string, error) {
	inner, cancel := context.WithCancel(ctx)
	if s.cancelsTheLoser {
		defer cancel()
	} else {
		context.AfterFunc(ctx, cancel)
	}
	out := make(chan outcome, 2)
	go ask(inner, a, out)
	go ask(inner, b, out)
	var ended <-chan struct{}
	if s.returnsWhenCtxEnds {
		ended = ctx.Done()
	}
	var won *outcome
	var errs []error
	for range 2 {
		var o outcome
		select {
		case o = <-out:
		case <-ended:
			return "", context.Cause(ctx)
		}
		switch {
		case o.err != nil && s.firstFailureWins && ctx.Err() == nil && won == nil:
			cancel()
			<-out
			return "", o.err
		case o.err != nil:
			errs = append(errs, o.err)
		case won == nil:
			won = &o
			if s.cancelsTheLoser {
				cancel()
			}
			if !s.waitsForTheLoser {
				return o.value, nil
			}
		}
	}
	switch {
	case won != nil:
		return won.value, nil
	case ctx.Err() != nil && s.errForTheCause:
		return "", ctx.Err()
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case s.firstError:
		return "", errs[0]
	case s.lastError:
		return "", errs[1]
	}
	return "", errors.Join(errs...)
}

// keepsOnly is a First that keeps one source's error when both fail.
func keepsOnly(source int) exercise.First {
	return func(ctx context.Context, a, b exercise.Source) (string, error) {
		var errs [2]error
		keep := func(i int, s exercise.Source) exercise.Source {
			return func(ctx context.Context) (value string, err error) {
				value, errs[i] = s(ctx)
				return value, errs[i]
			}
		}
		value, err := withCause(ctx, keep(0, a), keep(1, b))
		if err != nil && ctx.Err() == nil {
			err = errs[source]
		}
		return value, err
	}
}

var wrong = []implementation{
	{name: "calls one source after the other", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, errA := a(ctx)
		if errA == nil {
			return value, nil
		}
		value, errB := b(ctx)
		if errB == nil {
			return value, nil
		}
		return "", errors.Join(errA, errB, context.Cause(ctx))
	}},
	{name: "never cancels the slower source", first: structured{waitsForTheLoser: true}.first},
	{name: "returns while the slower source still runs", first: structured{cancelsTheLoser: true}.first},
	{name: "gives up at the first failure", first: structured{cancelsTheLoser: true, waitsForTheLoser: true, firstFailureWins: true}.first},
	{name: "gives up when the second source fails", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		inner, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		return withCause(inner, a, func(ctx context.Context) (string, error) {
			value, err := b(ctx)
			if err != nil {
				cancel(err)
			}
			return value, err
		})
	}},
	{name: "does not tell its sources that ctx has ended", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := withCause(context.WithoutCancel(ctx), a, b)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return value, err
	}},
	{name: "keeps only the first of two errors", first: structured{cancelsTheLoser: true, waitsForTheLoser: true, firstError: true}.first},
	{name: "keeps only the last of two errors", first: structured{cancelsTheLoser: true, waitsForTheLoser: true, lastError: true}.first},
	{name: "keeps only the error of the first source", first: keepsOnly(0)},
	{name: "keeps only the error of the second source", first: keepsOnly(1)},
	{name: "loses the cause of ctx", first: structured{cancelsTheLoser: true, waitsForTheLoser: true, errForTheCause: true}.first},
	{name: "cancels the second source only", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		uncancelled := func(ctx context.Context) (string, error) {
			outer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
			defer cancel(nil)
			defer context.AfterFunc(ctx, func() {
				if !errors.Is(context.Cause(ctx), errFaster) {
					cancel(context.Cause(ctx))
				}
			})()
			return a(outer)
		}
		return withCause(ctx, uncancelled, b)
	}},
	{name: "returns no error when both sources fail", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := structured{cancelsTheLoser: true, waitsForTheLoser: true}.first(ctx, a, b)
		if ctx.Err() == nil {
			err = nil
		}
		return value, err
	}},
	{name: "loses the value", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		_, err := withCause(ctx, a, b)
		return "", err
	}},
	{name: "returns the error of the slower source beside the value", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := withCause(ctx, a, b)
		if err == nil {
			err = errFaster
		}
		return value, err
	}},
	{name: "calls each source twice", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		twice := func(s exercise.Source) exercise.Source {
			return func(ctx context.Context) (string, error) {
				var other sync.WaitGroup
				other.Go(func() { _, _ = s(ctx) })
				defer other.Wait()
				return s(ctx)
			}
		}
		return withCause(ctx, twice(a), twice(b))
	}},
	{name: "calls a source that has failed once more", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		return structured{cancelsTheLoser: true, waitsForTheLoser: true}.first(ctx, again(a), again(b))
	}},
	{name: "leaves both sources running when ctx ends", first: structured{cancelsTheLoser: true, waitsForTheLoser: true, returnsWhenCtxEnds: true}.first},
	{name: "looks only once whether ctx has ended, before it calls its sources", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		if ctx.Err() != nil {
			return withCause(ctx, a, b)
		}
		value, err := withCause(context.WithoutCancel(ctx), a, b)
		if err != nil && ctx.Err() != nil {
			err = errors.Join(err, context.Cause(ctx))
		}
		return value, err
	}},
	{name: "loses the value if ctx ends while the slower source cleans up", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		value, err := withCause(ctx, a, b)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return value, err
	}},
	{name: "takes an empty value for none", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		return withCause(ctx, notEmpty(a), notEmpty(b))
	}},
	{name: "loses the cause of ctx if a source has failed before", first: func(ctx context.Context, a, b exercise.Source) (string, error) {
		var mu sync.Mutex
		var failed error
		note := func(s exercise.Source) exercise.Source {
			return func(inner context.Context) (string, error) {
				value, err := s(inner)
				mu.Lock()
				defer mu.Unlock()
				if err != nil && inner.Err() == nil {
					failed = err
				}
				return value, err
			}
		}
		value, err := withCause(ctx, note(a), note(b))
		if failed != nil && ctx.Err() != nil && err != nil {
			return "", failed
		}
		return value, err
	}},
}
