// Package screen is the workshop as a program that fills the terminal: the
// lessons on the left, the one at hand on the right, checked each time that its
// exercise is saved.
//
// It is in the manner of Elm, as Bubble Tea has it. A [tea.Msg] is something
// that happened; Update changes the model by it and returns what to do beside
// the screen (a check, a watch, a story); View draws the model and changes
// nothing. All that is done beside the screen has an owner, the crew, and
// has ended when [Run] returns.
package screen

import (
	"context"
	"errors"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
)

// looks is how often in a second Bubble Tea looks for something to draw, also
// when nothing happens: often enough for keys, and cheap for a screen that
// stands beside an editor all day.
const looks = 15

// Run shows the workshop in root on the terminal that is the process's
// standard input and output, until a person quits, ctx ends, or the terminal
// goes away. Then it kills what it has started and returns; nil, unless the
// terminal or the workshop could not be read.
func Run(ctx context.Context, root string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal's window was closed
	defer stop()
	crew := newCrew(ctx)
	defer crew.end()
	m, err := newModel(root, crew)
	if err != nil {
		return err
	}
	program := tea.NewProgram(m, tea.WithContext(ctx), tea.WithFPS(looks))
	m.send = program.Send
	_, err = program.Run()
	if ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
		return nil // it was asked to end
	}
	return err
}
