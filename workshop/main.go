// Workshop runs the workshop from its root: go run ./workshop.
//
// Its exit status is 0 when all is well, 1 for a failure (an exercise that is
// not right yet, a lesson that falls short) and 2 for wrong use.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/screen"
)

func main() {
	ended, ignore := told(context.Background()) // for good: a terminal that is closed says so twice
	defer ignore()
	ctx, stop := signal.NotifyContext(ended, os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// told is a context that ends when the program is told to end, or its terminal
// is closed. What it has started must end first.
func told(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
}

// onTerminal reports whether there is a person who types and reads.
func onTerminal(cmd *cobra.Command) bool {
	return os.Getenv("TERM") != "dumb" && isTerminal(os.Stdin) && isTerminal(cmd.OutOrStdout())
}

func isTerminal(stream any) bool {
	f, isFile := stream.(*os.File)
	return isFile && term.IsTerminal(f.Fd())
}

// errFailed is returned by a command that has said itself what is wrong.
var errFailed = errors.New("failed")

// errMisused is returned by a command that has said itself how it was wrongly used.
var errMisused = errors.New("misused")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	understood, showVersion := false, false
	root := &cobra.Command{
		Use:           "workshop",
		Short:         "Learn concurrency in Go, coming from asyncio",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRun: func(*cobra.Command, []string) {
			understood = true
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				say(cmd.OutOrStdout(), "asyncio-to-go %s\n", version(cmd.Context()))
				return nil
			}
			if !onTerminal(cmd) {
				return home(cmd)
			}
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			// In the screen Ctrl-C is a key, and while an editor has the terminal it is the editor's.
			return screen.Run(context.WithoutCancel(cmd.Context()), root)
		},
	}
	root.AddCommand(listCommand(), nextCommand(), runCommand(), checkCommand(), judgeCommand(), watchCommand(), hintCommand(), solutionCommand(),
		galleryCommand(), resetCommand(), newCommand(), verifyCommand(), doctorCommand(), scheduleCommand(), notesCommand(), reportCommand(), bookCommand())
	root.Flags().BoolVar(&showVersion, "version", false, "say which workshop this is, for a report of a fault")
	setUp(root)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, errFailed):
		return 1
	case errors.Is(err, errMisused):
		return 2
	case !understood, errors.Is(err, course.ErrNoLesson), errors.Is(err, errUse):
		say(stderr, "workshop: %s\n", strings.TrimPrefix(err.Error(), errUse.Error()+": "))
		return 2
	default:
		say(stderr, "workshop: %v\n", err)
		return 1
	}
}
