// Book makes the workshop's pages. It serves them to a browser on this machine,
// or writes them as a site for any web server: go run ./workshop book.
//
// Its exit status is 0 when all is well, 1 for a failure and 2 for wrong use.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"example.com/asyncio-to-go/workshop/course"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errUse is wrapped by errors about how the command was used.
var errUse = errors.New("wrong use")

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	flags := flag.NewFlagSet("book", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // run says what is wrong, in one line
	addr := flags.String("addr", "127.0.0.1:0", "serve on this address of this machine; port 0 is a free one")
	open := flags.Bool("open", true, "open the browser")
	asked := false // whether to have the lab or not
	dir := flags.String("o", "", "write a static site to this folder and end")
	lab := flags.Bool("lab", false, "pages run stories and check exercises in the browser; takes minutes the first time; with -o it must be asked for, and the catalogue then has the run of each mistake (default true without -o)")
	err := flags.Parse(args)
	flags.Visit(func(f *flag.Flag) { asked = asked || f.Name == "lab" })
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprintln(stdout, "Serve the workshop's pages on this machine, with the player, or write them as a site.\n\nUsage:\n  workshop book [-addr 127.0.0.1:8080] [-open=false] [-lab=false]\n  workshop book -o DIR [-lab]\n\nFlags:")
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "workshop: book: %v\n", err)
		return 2
	}
	root, err := course.Root(".")
	if err == nil {
		if *dir != "" {
			err = write(ctx, root, *dir, *lab, stdout)
		} else {
			err = serve(ctx, root, *addr, *open, *lab || !asked, stdout)
		}
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUse):
		status = 2
	default:
		status = 1
	}
	_, _ = fmt.Fprintf(stderr, "workshop: book: %v\n", err)
	return status
}
