//wrong: keeps the players in the bits of a number: with more than 64 some are never waited for
//want:  there may be any number of players
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
	seat    map[string]int
	in      uint64 // a bit for each player
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
	t := &table{seat: make(map[string]int), current: newRound()}
	for i, player := range players {
		t.seat[player] = i
		t.in |= 1 << i
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
	if seat, ok := t.seat[player]; ok {
		t.in &^= 1 << seat
	}
	t.look()
	g.table <- t
}

// look ends the round if no player's order is missing.
func (t *table) look() {
	for player, seat := range t.seat {
		if t.in&(1<<seat) == 0 {
			continue
		}
		if _, ok := t.current.orders[player]; !ok {
			return
		}
	}
	t.current.over = true
	close(t.current.ended)
	t.current = newRound()
}
