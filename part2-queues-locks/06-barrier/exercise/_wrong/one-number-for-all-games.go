//wrong: the number of the turn is a package variable: the turn of another game looks like the end of this one
//want:  which is none of this game
//kind:  contract

// Package exercise is an answer.
package exercise

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
)

// number counts the turns.
var number atomic.Int64

// A Game is played in turns.
type Game struct {
	mu      sync.Mutex // guards the below
	changed *sync.Cond
	players map[string]bool
	orders  map[string]string
	last    map[string]string
}

// New returns a game for these players.
func New(players ...string) *Game {
	g := &Game{players: make(map[string]bool), orders: make(map[string]string)}
	g.changed = sync.NewCond(&g.mu)
	for _, player := range players {
		g.players[player] = true
	}
	return g
}

// Turn hands in an order.
func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	stop := context.AfterFunc(ctx, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.changed.Broadcast()
	})
	defer stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	mine := number.Load()
	g.orders[player] = order
	g.lookLocked()
	for number.Load() == mine && ctx.Err() == nil {
		g.changed.Wait()
	}
	if number.Load() == mine {
		delete(g.orders, player)
		return nil, context.Cause(ctx)
	}
	return maps.Clone(g.last), nil
}

// Leave takes a player out.
func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.players, player)
	g.lookLocked()
}

func (g *Game) lookLocked() {
	if len(g.orders) < len(g.players) {
		return
	}
	g.last, g.orders = g.orders, make(map[string]string)
	number.Add(1)
	g.changed.Broadcast()
}
