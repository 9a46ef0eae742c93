//wrong: has a goroutine wake the sync.Cond when ctx ends, and does not end it when the turn is over
//want:  leak: both Turns have returned, ctx is still alive
//kind:  leak

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
	turn    *turn // the one at hand
	ended   *sync.Cond
}

type turn struct {
	orders map[string]string // by player
}

// New returns a game for these players. They are in it until they leave.
func New(players ...string) *Game {
	g := &Game{players: make(map[string]bool), turn: newTurn()}
	g.ended = sync.NewCond(&g.mu)
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
	defer g.mu.Unlock()
	turn := g.turn
	turn.orders[player] = order
	g.endIfAllAreInLocked()

	go func() {
		<-ctx.Done()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.ended.Broadcast()
	}()
	for turn == g.turn && ctx.Err() == nil {
		g.ended.Wait()
	}
	if turn == g.turn {
		delete(turn.orders, player)
		return nil, context.Cause(ctx)
	}
	return maps.Clone(turn.orders), nil
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
		g.ended.Broadcast()
		g.turn = newTurn()
	}
}
