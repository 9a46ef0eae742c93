//wrong: looks whether the turn is over without the lock, and withdraws the order afterwards: in between the turn may end
//want:  a turn is not the same for all
//kind:  race

package exercise

import (
	"context"
	"maps"
	"sync"
)

type Game struct {
	mu      sync.Mutex // guards the below
	players map[string]bool
	turn    *turn // the one at hand
}

type turn struct {
	orders map[string]string // by player
	over   chan struct{}     // closed when all orders are in
}

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

// look ends the turn if all are in; g.mu is held.
func (g *Game) look() {
	if len(g.turn.orders) == len(g.players) {
		close(g.turn.over)
		g.turn = newTurn()
	}
}

func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g.mu.Lock()
	turn := g.turn
	turn.orders[player] = order
	g.look()
	g.mu.Unlock()

	select {
	case <-turn.over:
		return maps.Clone(turn.orders), nil
	case <-ctx.Done():
	}
	select {
	case <-turn.over:
		return maps.Clone(turn.orders), nil
	default:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(turn.orders, player)
	return nil, context.Cause(ctx)
}

func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.players[player] {
		return
	}
	delete(g.players, player)
	g.look()
}
