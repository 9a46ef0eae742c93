package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/asyncio-to-go/workshop/course"
)

// errUse is wrapped by errors about how a command was used.
var errUse = errors.New("wrong use")

// A command's Use line says what it takes: LESSON is needed, [LESSON] is not, and
// what ends in ... may come more than once.
var argument = regexp.MustCompile(`\[?[A-Z-][^ ]*`)

// takes makes a command check its arguments by its Use line, say in one line
// what is wrong with them and with its flags, and complete the names of lessons.
func takes(cmd *cobra.Command) {
	least, most := 0, 0
	for _, arg := range argument.FindAllString(cmd.Use, -1) {
		if !strings.HasPrefix(arg, "[") {
			least++
		}
		if most++; strings.HasSuffix(strings.TrimSuffix(arg, "]"), "...") {
			most = 1 << 10
		}
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("%w: %s needs %s; usage: %s", errUse, cmd.Name(), argument.FindAllString(cmd.Use, -1)[len(args)], usage(cmd))
		case len(args) > most:
			return fmt.Errorf("%w: %q is too much; usage: %s", errUse, args[most], usage(cmd))
		default:
			return nil
		}
	}
	cmd.SetFlagErrorFunc(flagError)
	if strings.Contains(cmd.Use, "LESSON") {
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(args) >= most {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return lessonNames(begun), cobra.ShellCompDirectiveNoFileComp
		}
	} else if most == 0 {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
}

// usage is how a command is called.
func usage(cmd *cobra.Command) string {
	return "go run ./" + cmd.Parent().CommandPath() + " " + cmd.Use
}

// lessonNames are the lessons' names that begin so, with their titles: numbers
// where it begins with one.
func lessonNames(begun string) (names []string) {
	root, err := course.Root(".")
	if err != nil {
		return nil
	}
	lessons, _ := course.Lessons(root) // without them there is nothing to complete
	for _, l := range lessons {
		switch {
		case strings.HasPrefix(l.Name(), begun):
			names = append(names, l.Name()+"\t"+l.Title())
		case strings.HasPrefix(l.ID(), begun):
			names = append(names, l.ID()+"\t"+l.Title())
		}
	}
	return names
}

// flagError says in a line what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	switch {
	case errors.As(err, &invalid):
		wants := map[string]string{"int": "a whole number", "uint64": "a whole number from 0 on", "bool": "true or false"}[invalid.GetFlag().Value.Type()]
		if errors.Is(err, strconv.ErrRange) {
			wants = "a smaller number"
		}
		return fmt.Errorf("%w: --%s %q: it takes %s", errUse, invalid.GetFlag().Name, invalid.GetValue(), cmp.Or(wants, "another value"))
	case errors.As(err, &bare):
		_, means := pflag.UnquoteUsage(bare.GetFlag())
		return fmt.Errorf("%w: --%s needs a value: %s", errUse, bare.GetFlag().Name, means)
	case errors.As(err, &unknown):
		var flags []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				flags = append(flags, "--"+f.Name)
			}
		})
		given := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			given = "-" + unknown.GetSpecifiedName()
		}
		return fmt.Errorf("%w: %s has no flag %s%s", errUse, cmd.Name(), given, meant(given, flags, "its flags: "+strings.Join(flags, ", ")))
	default:
		return fmt.Errorf("%w: %w", errUse, err)
	}
}

// unknownCommand is the error of a root command that was given an argument.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	given := args[0]
	if at, err := course.Root("."); err == nil {
		if l, err := course.Find(at, given); err == nil {
			return fmt.Errorf("%w: %q is a lesson, and no command; did you mean check %s, or run %s?", errUse, given, l.ID(), l.ID())
		}
	}
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("%w: unknown command %q%s", errUse, given, meant(given, names, "workshop --help lists them"))
}

// meant asks for the nearest of names, or else gives advice.
func meant(given string, names []string, otherwise string) string {
	near := course.Nearest(given, names)
	if len(near) == 0 {
		return "; " + otherwise
	}
	return "; did you mean " + near[0] + "?"
}

// version says which workshop this is.
func version(ctx context.Context) string {
	revision := "of an archive, without git"
	if root, err := course.Root("."); err == nil {
		log := exec.CommandContext(ctx, "git", "log", "-1", "--format=%h of %cs")
		log.Dir = root
		if out, err := log.Output(); err == nil {
			revision = strings.TrimSpace(string(out))
		}
	}
	return fmt.Sprintf("%s, %s on %s/%s", revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// setUp gives all commands below root what takes gives one, and puts commands of
// cobra's own in line with it.
func setUp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(flagError)
	root.Args = unknownCommand
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Use = "help [COMMAND]"
			c.Args = func(_ *cobra.Command, args []string) error {
				if found, _, err := root.Find(args); err != nil || found == root && len(args) > 0 {
					return unknownCommand(root, args)
				}
				return nil
			}
		case "completion":
			shells := []string{}
			for _, shell := range c.Commands() {
				shells = append(shells, shell.Name())
				shell.Args = cobra.NoArgs
				takes(shell)
			}
			slices.Sort(shells)
			c.Args = func(_ *cobra.Command, args []string) error {
				if len(args) == 0 {
					return fmt.Errorf("%w: completion needs a shell: %s", errUse, strings.Join(shells, ", "))
				}
				return fmt.Errorf("%w: unknown shell %q%s", errUse, args[0], meant(args[0], shells, "it knows "+strings.Join(shells, ", ")))
			}
			c.RunE = func(*cobra.Command, []string) error { return nil } // its Args always fail
		default:
			takes(c)
		}
	}
}
