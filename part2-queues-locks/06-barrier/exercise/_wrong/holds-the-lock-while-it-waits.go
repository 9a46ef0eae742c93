//wrong: holds the lock while it waits for the others
//want:  either that one should unlock before it waits
//kind:  deadlock

// Package exercise is an answer.
package exercise

import (
	"context"
	"maps"
	"sync"
)

// A Game is played in turns.
type Game struct {
	mu      sync.Mutex // guards the below
	players map[string]bool
	seats   map[string]seat // of the players whose order is in
}

type seat struct {
	order string
	out   chan map[string]string // with room for one
}

// New returns a game for these players.
func New(players ...string) *Game {
	g := &Game{players: make(map[string]bool), seats: make(map[string]seat)}
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
	mine := seat{order: order, out: make(chan map[string]string, 1)}
	g.mu.Lock()
	g.seats[player] = mine
	defer g.mu.Unlock()
	g.dealLocked()

	select {
	case orders := <-mine.out:
		return orders, nil
	case <-ctx.Done():
	}

	select {
	case orders := <-mine.out:
		return orders, nil // the turn was over before the order could be withdrawn
	default:
		delete(g.seats, player)
		return nil, context.Cause(ctx)
	}
}

// Leave takes a player out.
func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.players, player)
	g.dealLocked()
}

// dealLocked ends the turn if all orders are in.
func (g *Game) dealLocked() {
	if len(g.seats) < len(g.players) {
		return
	}
	orders := make(map[string]string)
	for player, s := range g.seats {
		orders[player] = s.order
	}
	for _, s := range g.seats {
		s.out <- maps.Clone(orders)
	}
	clear(g.seats)
}
