//wrong: looks every ten milliseconds whether all orders are in
//want:  all three orders are in, and anna's Turn still waits
//kind:  timing

// Package exercise is yours: mend Game.
package exercise

import (
	"context"
	"maps"
	"sync"
	"time"
)

// A Game is played in turns, by players who are connected from anywhere.
type Game struct {
	mu      sync.Mutex // guards the below
	players map[string]bool
	turn    *turn // the one at hand
}

type turn struct {
	orders map[string]string // by player
}

// New returns a game for these players. They are in it until they leave.
func New(players ...string) *Game {
	g := &Game{players: make(map[string]bool), turn: newTurn()}
	for _, player := range players {
		g.players[player] = true
	}
	return g
}

func newTurn() *turn {
	return &turn{orders: make(map[string]string)}
}

// Turn hands in a player's order, waits until every player who is in the game
// has handed in one, and returns the orders of this turn by player.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	turn := g.turn
	turn.orders[player] = order
	g.endIfAllAreInLocked()
	g.mu.Unlock()

	for {
		g.mu.Lock()
		over := turn != g.turn
		if ctx.Err() != nil && !over {
			delete(turn.orders, player)
			g.mu.Unlock()
			return nil, context.Cause(ctx)
		}
		g.mu.Unlock()
		if over {
			return maps.Clone(turn.orders), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Leave takes a player out of the game for good.
func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.players, player)
	g.endIfAllAreInLocked()
}

// endIfAllAreInLocked ends the current turn if no order is missing any more.
func (g *Game) endIfAllAreInLocked() {
	if len(g.turn.orders) == len(g.players) {
		g.turn = newTurn()
	}
}
