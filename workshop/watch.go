package main

import (
	"context"
	"sync"

	"github.com/spf13/cobra"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

func watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "watch [LESSON]",
		Short:   "Check your answer each time you save it",
		Long:    "Check your answer now, and again each time you save it, until you press Ctrl-C.\nIt does not move on to another lesson.",
		Example: "  workshop watch 1.2",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, progress, err := exercised(cmd, args)
			if err != nil {
				return err
			}
			return watch(cmd, l, progress)
		},
	}
}

// watch checks an exercise now and at each save until the command's ctx ends.
// A save ends a check that is under way: it is of no use any more.
func watch(cmd *cobra.Command, l course.Lesson, progress *learner.Progress) error {
	ctx, stop := context.WithCancel(cmd.Context())
	saves := make(chan struct{}, 1) // one is as good as several
	var watching sync.WaitGroup
	defer watching.Wait()
	defer stop()
	watching.Go(func() {
		_ = learner.Watch(ctx, l, func() { // it ends with ctx
			select {
			case saves <- struct{}{}:
			default:
			}
		})
	})
	for ctx.Err() == nil {
		checking, end := context.WithCancel(ctx)
		var check sync.WaitGroup
		check.Go(func() {
			slow := waitFor(cmd.ErrOrStderr(), compiling)
			r, err := l.CheckExercise(checking, slow.test)
			slow.stop()
			switch {
			case checking.Err() != nil:
				return
			case err != nil:
				say(cmd.ErrOrStderr(), "workshop: %v\n", err)
			default:
				_ = progress.Checked(l, r) // a tick that cannot be kept is no reason to stop
				show(cmd, l, r, false)
			}
			say(cmd.OutOrStdout(), "\nWaiting for you to save %s; Ctrl-C ends it.\n\n", l.Exercise())
		})
		select {
		case <-saves:
		case <-ctx.Done():
		}
		end()
		check.Wait()
	}
	return nil // it was asked to end
}
