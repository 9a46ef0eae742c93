package screen

import (
	"reflect"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	awake    = time.Second / 60 // how often the renderer looks for something to draw
	asleep   = time.Second      // and how often when nothing has happened
	wakesFor = 100 * time.Millisecond
)

// A pacer lets Bubble Tea's renderer sleep while nothing happens. Up to v2.0.9
// it looks sixty times a second whether there is something to draw, for as long
// as the program runs: 0.8 % of a processor for a screen that stands beside an
// editor all day. https://github.com/charmbracelet/bubbletea/pull/1776 mends
// it; when that is released, this file can go. Until then the pacer slows
// the renderer's ticker, a field that it finds by reflection. Should it be gone,
// nothing is slowed.
type pacer struct {
	mu     sync.Mutex // guards the below
	ticker *time.Ticker
	rest   *time.Timer
	until  time.Time // the renderer is awake
}

// wake lets the renderer look often for a while. It is called where Bubble Tea
// runs Update, on the goroutine that makes the ticker.
func (p *pacer) wake(program *tea.Program) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ticker == nil {
		if p.ticker = tickerOf(program); p.ticker == nil {
			return
		}
	}
	if p.rest == nil {
		p.rest = time.AfterFunc(wakesFor, p.sleep)
	}
	p.until = time.Now().Add(wakesFor)
	p.ticker.Reset(awake)
	p.rest.Reset(wakesFor)
}

func (p *pacer) sleep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !time.Now().Before(p.until) { // nobody woke it since
		p.ticker.Reset(asleep)
	}
}

// end stops the pacer's timer, once the program has ended.
func (p *pacer) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest != nil {
		p.rest.Stop()
		p.ticker.Stop()
		p.until = time.Now().Add(time.Hour) // for a sleep that waits for the lock
	}
}

// tickerOf is the ticker of a program's renderer; nil if there is none.
func tickerOf(program *tea.Program) *time.Ticker {
	field := reflect.ValueOf(program).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() {
		return nil
	}
	return (*time.Ticker)(field.UnsafePointer())
}
