//wrong: reuses a WaitGroup before all have returned from Wait: a fast player goes ahead alone, and no player can give up
//want:  the turns mix
//kind:  race

// Package exercise is yours: mend Game.
package exercise

import (
	"context"
	"maps"
	"sync"
)

// A Game is played in turns, by players who are connected from anywhere.
type Game struct {
	missing sync.WaitGroup // the players that have not handed in an order

	mu     sync.Mutex // guards orders
	orders map[string]string
}

// New returns a game for these players. They are in it until they leave.
func New(players ...string) *Game {
	g := &Game{orders: make(map[string]string)}
	g.missing.Add(len(players))
	return g
}

// Turn hands in a player's order, waits until every player who is in the game
// has handed in one, and returns the orders of this turn by player.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	g.orders[player] = order
	g.mu.Unlock()
	g.missing.Done()
	g.missing.Wait()
	g.missing.Add(1) // for the next turn

	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.orders), nil
}

// Leave takes a player out of the game for good.
func (g *Game) Leave(player string) {
	g.missing.Done()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.orders, player)
}
