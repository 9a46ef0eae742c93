package tasks_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

func ExampleFuture() {
	var answer tasks.Future[int]
	called := make(chan struct{})
	answer.OnDone(func(value int, _ error) {
		fmt.Println("called with", value)
		close(called)
	})
	_, err := answer.Result()
	fmt.Println(err)
	go func() { _ = answer.Set(42) }()
	value, err := answer.Wait(context.Background())
	<-called
	fmt.Println(value, err)
	fmt.Println(answer.Set(43))
	// Output:
	// tasks: not done yet
	// called with 42
	// 42 <nil>
	// tasks: already done
}

func ExampleGo() {
	ctx := context.Background()
	task := tasks.Go(ctx, func(context.Context) (string, error) {
		return os.DevNull, nil
	})
	name, err := task.Wait(ctx)
	fmt.Println(name != "", err)
	// Output: true <nil>
}

func ExampleTask_Cancel() {
	ctx := context.Background()
	waiting := make(chan struct{})
	task := tasks.Go(ctx, func(ctx context.Context) (string, error) {
		close(waiting)
		<-ctx.Done()
		return "", context.Cause(ctx)
	})
	<-waiting
	task.Cancel(errors.New("the user went away"))
	_, err := task.Wait(ctx)
	fmt.Println(err, task.Cancelled())
	// Output: the user went away true
}

func ExampleGroup() {
	g, _ := tasks.NewGroup(context.Background())
	waiting := make(chan struct{})
	_ = g.Go(func(ctx context.Context) error {
		close(waiting)
		<-ctx.Done()
		return ctx.Err() // adds nothing
	})
	_ = g.Go(func(ctx context.Context) error {
		<-ctx.Done()
		return errors.New("could not remove the temporary file")
	})
	_ = g.Go(func(context.Context) error {
		<-waiting
		return errors.New("disk full")
	})
	fmt.Println(g.Wait())
	fmt.Println(g.Go(func(context.Context) error { return nil }))
	// Output:
	// disk full
	// could not remove the temporary file
	// tasks: group closed
}

func ExampleGroup_Cancel() {
	g, _ := tasks.NewGroup(context.Background())
	found := make(chan string, 1)
	for _, shelf := range []string{"A", "B", "C"} {
		_ = g.Go(func(ctx context.Context) error {
			if shelf == "B" {
				found <- shelf
				g.Cancel(nil) // the rest need not go on
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
	}
	fmt.Println(g.Wait(), <-found)
	// Output: <nil> B
}

func ExampleGroup_SetLimit() {
	g, _ := tasks.NewGroup(context.Background())
	g.SetLimit(1)
	for i := range 3 {
		_ = g.Go(func(context.Context) error { // waits until the function before has returned
			fmt.Println("page", i)
			return nil
		})
	}
	fmt.Println(g.Wait())
	// Output:
	// page 0
	// page 1
	// page 2
	// <nil>
}

func ExampleLimit() {
	fns := []func(context.Context) (int, error){square(3), square(1), square(2)}
	fmt.Println(tasks.Gather(context.Background(), tasks.Limit(2, fns...)...))
	// Output: [9 1 4] <nil>
}

// square takes longer for larger numbers.
func square(n int) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		select {
		case <-time.After(time.Duration(n) * 20 * time.Millisecond):
			return n * n, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func refuse(context.Context) (int, error) { return 0, errors.New("no") }

func ExampleGather() {
	fmt.Println(tasks.Gather(context.Background(), square(3), square(1), square(2)))
	fmt.Println(tasks.Gather(context.Background(), square(3), refuse))
	// Output:
	// [9 1 4] <nil>
	// [] no
}

func ExampleGatherAll() {
	for _, o := range tasks.GatherAll(context.Background(), square(3), refuse, square(2)) {
		fmt.Println(o.Index, o.Value, o.Err)
	}
	// Output:
	// 0 9 <nil>
	// 1 0 no
	// 2 4 <nil>
}

func ExampleAsCompleted() {
	for o := range tasks.AsCompleted(context.Background(), square(5), square(1), square(3), square(500)) {
		fmt.Println(o.Index, o.Value)
		if o.Index == 0 {
			break // the last is cancelled, and has ended when the loop is left
		}
	}
	// Output:
	// 1 1
	// 2 9
	// 0 25
}

func ExampleRace() {
	winner, err := tasks.Race(context.Background(), square(500), refuse, square(2))
	fmt.Println(winner.Index, winner.Value, err)
	_, err = tasks.Race(context.Background(), refuse, refuse)
	fmt.Println(err)
	// Output:
	// 2 4 <nil>
	// no
	// no
}

func ExampleRaceFunc() {
	dial := func(name string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) {
			if name == "slow" {
				time.Sleep(20 * time.Millisecond) // and does not look at its context
			}
			return name, nil
		}
	}
	hangUp := func(name string) { fmt.Println("closes", name) }
	winner, err := tasks.RaceFunc(context.Background(), hangUp, dial("slow"), dial("fast"))
	fmt.Println("uses", winner.Value, err)
	// Output:
	// closes slow
	// uses fast <nil>
}

func ExampleShield() {
	ctx, cancel := context.WithCancelCause(context.Background())
	payment := tasks.Shield(ctx, square(2))
	cancel(errors.New("the client is gone"))
	_, err := payment.Wait(ctx)
	fmt.Println(err)
	paid, err := payment.Wait(context.WithoutCancel(ctx))
	fmt.Println(paid, err)
	// Output:
	// the client is gone
	// 4 <nil>
}
