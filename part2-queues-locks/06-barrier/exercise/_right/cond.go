//right: a sync.Cond and the number of the turn, and the result of each turn is kept until its players have it

package exercise

import (
	"context"
	"maps"
	"sync"
)

type Game struct {
	mu      sync.Mutex // guards the below
	over    *sync.Cond
	players map[string]bool
	orders  *map[string]string
}

func New(players ...string) *Game {
	g := &Game{players: make(map[string]bool), orders: &map[string]string{}}
	g.over = sync.NewCond(&g.mu)
	for _, p := range players {
		g.players[p] = true
	}
	return g
}

func (g *Game) Turn(ctx context.Context, player, order string) (map[string]string, error) {
	stop := context.AfterFunc(ctx, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.over.Broadcast()
	})
	defer stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	mine := g.orders
	(*mine)[player] = order
	g.look()
	for mine == g.orders {
		if ctx.Err() != nil {
			delete(*mine, player)
			return nil, context.Cause(ctx)
		}
		g.over.Wait()
	}
	return maps.Clone(*mine), nil
}

func (g *Game) look() {
	if len(*g.orders) == len(g.players) {
		g.orders = &map[string]string{}
		g.over.Broadcast()
	}
}

func (g *Game) Leave(player string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.players, player)
	g.look()
}
