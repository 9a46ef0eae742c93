package tasks_test

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/part1-tasks/tasks"
)

//go:noinline
func explode() int { panic("kaboom") }

func explodes(context.Context) (int, error) { return explode(), nil }

// explosions are programs that must not end well. Each waits for what panics, as a caller would, and would then
// end in peace.
var explosions = map[string]func(ctx context.Context){
	"Go":          func(ctx context.Context) { _, _ = tasks.Go(ctx, explodes).Wait(ctx) },
	"Shield":      func(ctx context.Context) { _, _ = tasks.Shield(ctx, explodes).Wait(ctx) },
	"Gather":      func(ctx context.Context) { _, _ = tasks.Gather(ctx, explodes) },
	"GatherAll":   func(ctx context.Context) { tasks.GatherAll(ctx, explodes) },
	"Race":        func(ctx context.Context) { _, _ = tasks.Race(ctx, explodes, after(0, 1, nil)) },
	"AsCompleted": func(ctx context.Context) { _ = slices.Collect(tasks.AsCompleted(ctx, explodes)) },
	"Group": func(ctx context.Context) {
		g, _ := tasks.NewGroup(ctx)
		_ = g.Go(child(explodes))
		_ = g.Wait()
	},
	"late value": func(ctx context.Context) {
		late := func(int) { explode() }
		_, _ = tasks.RaceFunc(ctx, late, stubborn(0, 1, nil), stubborn(0, 2, nil))
	},
	"limited function": func(ctx context.Context) { _, _ = tasks.Gather(ctx, tasks.Limit(1, explodes, explodes)...) },
	"while Goexit runs": func(ctx context.Context) {
		_, _ = tasks.Gather(ctx, func(context.Context) (int, error) {
			defer func() { explode() }()
			runtime.Goexit()
			return 0, nil
		})
	},
	"OnDone": func(context.Context) {
		var f tasks.Future[int]
		second := make(chan struct{})
		f.OnDone(func(int, error) { explode() })
		f.OnDone(func(int, error) { close(second) })
		_ = f.Set(1)
		<-second
	},
}

// A panic ends the program, with the stack on which it happened, and before any caller learns that the function has failed.
func TestPanicEndsTheProgramWithItsStack(t *testing.T) {
	const which = "TASKS_TEST_EXPLOSION"
	if name := os.Getenv(which); name != "" {
		explosions[name](t.Context())
		os.Exit(0) // the caller went on as if nothing had happened
	}
	self, err := os.Executable()
	require.NoError(t, err)
	for name := range explosions {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, self, "-test.run=^TestPanicEndsTheProgramWithItsStack$")
			cmd.Env = append(os.Environ(), which+"="+name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "the program must not end in peace")
			require.Contains(t, string(out), "panic: kaboom")
			require.Contains(t, string(out), "tasks_test.explode", "the stack must be that of the panic")
		})
	}
}
