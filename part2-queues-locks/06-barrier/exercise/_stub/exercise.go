//want:anna has left and was the only one missing, and ben's Turn still waits

// Package exercise is yours: mend Game.
package exercise

import (
	"context"
	"maps"
	"sync"
)

// A Game is played in turns, by players who are connected from anywhere. In a
// turn each player hands in an order, early or late. As soon as the last order
// is in, the turn is over and all players see the orders. No player is ever a
// turn ahead of the others.
//
// That works while all players stay. When a player leaves, or a connection breaks
// in the middle of a turn, the game stands still, or plays an order that was
// taken back. Mend it; the comments below say how it should be.
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

// Turn hands in a player's order for the current turn, waits until every player
// in the game has handed in an order, and returns the orders of this turn by
// player, in a map that is the caller's own.
//
//   - If ctx ends first, Turn withdraws the order and returns no orders and
//     context.Cause(ctx), at once. The player is still in the game: the Turns of
//     the other players go on waiting, for another order of this player. On a ctx
//     that has already ended, nothing is handed in.
//   - A turn is the same for all players. If ctx ends at the instant at which the
//     last order comes in, either may win: all players of the turn get the order,
//     and this Turn returns the orders; or this Turn returns the cause, and no
//     player gets the order.
//   - A player that calls Turn again, while other players' Turns have not yet
//     returned from the last turn, is in the next turn and waits for them there.
//   - Turn leaves nothing behind: when it has returned, it has no goroutine or derived context left,
//     also while ctx is alive.
//
// Players call Turn side by side, each from a goroutine of its own. One player's
// calls of Turn and Leave come one after the other.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	current := g.turn
	current.orders[player] = order
	if len(current.orders) == len(g.players) {
		close(current.over)
		g.turn = newTurn()
	}
	g.mu.Unlock()

	select {
	case <-current.over:
		return maps.Clone(current.orders), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Leave takes a player out of the game for good: from now on no Turn waits for
// this player, and a turn that lacked only this player's order is over. Leave
// itself does not wait. It ignores a player who is not in the game.
func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.players, player)
}
