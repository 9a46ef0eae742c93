//wrong: closes the turn when the last player leaves, and again when that player leaves once more
//want:  ben is leaving, and Leave ends with
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"maps"
)

// A Game is played in turns.
type Game struct {
	table chan *table // holds the one table; a goroutine that has taken it out may change it
}

type table struct {
	in      map[string]struct{} // the players
	current *round
}

type round struct {
	orders map[string]string
	over   bool
	ended  chan struct{}
}

func newRound() *round {
	return &round{orders: make(map[string]string), ended: make(chan struct{})}
}

// New returns a game for these players.
func New(players ...string) *Game {
	t := &table{in: make(map[string]struct{}), current: newRound()}
	for _, player := range players {
		t.in[player] = struct{}{}
	}
	g := &Game{table: make(chan *table, 1)}
	g.table <- t
	return g
}

// Turn hands in an order.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	t := <-g.table
	r := t.current
	r.orders[player] = order
	t.look()
	g.table <- t

	select {
	case <-r.ended:
	case <-ctx.Done():
		t := <-g.table
		defer func() { g.table <- t }()
		if !r.over {
			delete(r.orders, player)
			return nil, context.Cause(ctx)
		}
	}
	return maps.Clone(r.orders), nil
}

// Leave takes a player out.
func (g *Game) Leave(player string) {
	t := <-g.table
	delete(t.in, player)
	t.look()
	g.table <- t
}

// look ends the round if no player's order is missing.
func (t *table) look() {
	for player := range t.in {
		if _, ok := t.current.orders[player]; !ok {
			return
		}
	}
	t.current.over = true
	close(t.current.ended)
	if len(t.in) > 0 {
		t.current = newRound()
	}
}
