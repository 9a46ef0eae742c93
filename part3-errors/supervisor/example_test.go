package supervisor_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/asyncio-to-go/part3-errors/supervisor"
)

func Example() {
	ctx := context.Background()
	handed := make(chan struct{}, 2)
	s := supervisor.New(ctx, supervisor.OnFailure(func(_ context.Context, f supervisor.Failure) {
		fmt.Println(f.Task, "failed:", f.Err)
		handed <- struct{}{}
	}))
	_ = s.Go("clock", func(ctx context.Context) error {
		<-ctx.Done()
		fmt.Println("clock ends:", context.Cause(ctx))
		return ctx.Err() // no failure
	})
	_ = s.Go("mail", func(context.Context) error { return errors.New("no route to host") })
	<-handed
	_ = s.Go("disk", func(context.Context) error {
		lines := strings.Fields("")
		fmt.Println("first:", lines[0])
		return nil
	})
	<-handed
	fmt.Println("running:", s.Running())
	fmt.Println(s.Stop(ctx, errors.New("the window was closed")))
	fmt.Println(s.Go("late", func(context.Context) error { return nil }))
	// Output:
	// mail failed: no route to host
	// disk failed: panic: runtime error: index out of range [0] with length 0
	// running: [clock]
	// clock ends: the window was closed
	// <nil>
	// supervisor: stopped
}

func ExampleSupervisor_Stop() {
	ctx := context.Background()
	s := supervisor.New(ctx)
	saved := make(chan struct{})
	_ = s.Go("backup", func(context.Context) error { // does not look at its context
		<-saved
		return nil
	})
	limited, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	err := s.Stop(limited, nil)
	if stop, ok := errors.AsType[*supervisor.StopError](err); ok {
		fmt.Println(stop.Running, stop.Cause)
	}
	close(saved)
	fmt.Println(s.Stop(ctx, nil)) // a second one goes on where the first gave up
	// Output:
	// [backup] context deadline exceeded
	// <nil>
}

func ExampleOnFailure() {
	ctx := context.Background()
	var s *supervisor.Supervisor
	attempts := 0
	fetch := func(context.Context) error { return errors.New("no route to host") }
	s = supervisor.New(ctx, supervisor.OnFailure(func(ctx context.Context, f supervisor.Failure) {
		attempts++
		fmt.Println("attempt", attempts, "failed:", f.Err)
		if attempts < 3 {
			_ = s.Go(f.Task, fetch)
			return
		}
		// With the handler's own context: with any other one, Stop would wait for this call to return.
		_ = s.Stop(ctx, fmt.Errorf("giving up: %w", f.Err))
	}))
	_ = s.Go("clock", func(ctx context.Context) error {
		<-ctx.Done()
		fmt.Println("clock ends:", context.Cause(ctx))
		return ctx.Err()
	})
	_ = s.Go("fetch", fetch)
	_ = s.Wait(ctx)
	// Output:
	// attempt 1 failed: no route to host
	// attempt 2 failed: no route to host
	// attempt 3 failed: no route to host
	// clock ends: giving up: no route to host
}
