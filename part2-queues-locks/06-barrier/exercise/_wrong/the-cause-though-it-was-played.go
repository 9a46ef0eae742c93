//wrong: returns the cause when ctx has ended, also if the turn is over and the others have got the order
//want:  and each of its Turns returns the orders, also one whose ctx ends then
//kind:  contract

// Package exercise is yours: mend Game.
package exercise

import (
	"context"
	"maps"
	"sync"
)

// A Game is played in turns, by players who are connected from anywhere.
type Game struct {
	mu      sync.Mutex // guards the below
	players map[string]bool
	turn    *turn // the current one
}

type turn struct {
	orders map[string]string // by player
	over   chan struct{}     // closed when all orders are in
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
	return &turn{orders: make(map[string]string), over: make(chan struct{})}
}

// Turn hands in a player's order, waits until every player who is in the game
// has handed in one, and returns the orders of this turn by player.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	current := g.turn
	current.orders[player] = order
	g.endIfAllAreInLocked()
	g.mu.Unlock()

	select {
	case <-current.over:
	case <-ctx.Done():
		g.mu.Lock()
		defer g.mu.Unlock()
		if current == g.turn { // not over: no player has seen the order yet
			delete(current.orders, player)
		}
		return nil, context.Cause(ctx)
	}
	return maps.Clone(current.orders), nil // once a turn is over, no Turn writes to it
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
		close(g.turn.over)
		g.turn = newTurn()
	}
}
