package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
)

// bookCommand builds and runs the program of the book, which is another module,
// so that a check of an exercise does not compile what only pages need.
func bookCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "book [-addr 127.0.0.1:8080] [-open=false] [-lab=false] [-o DIR [-lab]]",
		Short:              "Read the workshop in a browser, with a player for its stories",
		Long:               "Serve the workshop's pages to a browser on this machine, or write them to a folder as a site for any web server.",
		Example:            "  workshop book\n  workshop book -o site",
		DisableFlagParsing: true, // the program of the book has its own
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := course.Root(".")
			if err != nil {
				return err
			}
			program := filepath.Join(root, ".workshop", "book")
			if runtime.GOOS == "windows" {
				program += ".exe"
			}
			ctx := cmd.Context()
			build := exec.CommandContext(ctx, "go", "build", "-o", program, "./workshop/book")
			build.Dir, build.Stdout, build.Stderr = root, cmd.ErrOrStderr(), cmd.ErrOrStderr()
			if err := build.Run(); err != nil {
				return errors.Join(ctx.Err(), errFailed) // go build has said why
			}
			book := exec.CommandContext(ctx, program, args...)
			book.Stdout, book.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
			book.Cancel = func() error { return book.Process.Signal(os.Interrupt) }
			book.WaitDelay = 3 * time.Second
			err = book.Run()
			exit, ended := errors.AsType[*exec.ExitError](err)
			switch {
			case ctx.Err() != nil:
				return nil //nolint:nilerr // Ctrl-C is how it ends
			case ended && exit.ExitCode() == 2:
				return errMisused
			case ended:
				return errFailed
			default:
				return err
			}
		},
	}
}
