package screen

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRenderersTickerIsWhereThePacerLooksForIt(t *testing.T) {
	t.Parallel()
	field, is := reflect.TypeFor[tea.Program]().FieldByName("ticker")
	require.True(t, is, "Bubble Tea has changed: does it still tick when nothing happens? Else delete pace.go")
	assert.Equal(t, reflect.TypeFor[*time.Ticker](), field.Type)
	assert.Nil(t, tickerOf(tea.NewProgram(nil)), "it does not run yet")
}

func TestTheRendererIsAwakeWhileSomethingHappensAndSleepsThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pacer{ticker: time.NewTicker(awake)}
		defer p.end()
		looks := func(d time.Duration) (n int) {
			for end := time.After(d); ; {
				select {
				case <-p.ticker.C:
					n++
				case <-end:
					return n
				}
			}
		}
		p.wake(nil)
		time.Sleep(wakesFor / 2)
		p.wake(nil)
		assert.Equal(t, 5, looks(wakesFor-awake), "something happened")
		looks(2 * awake)
		assert.Equal(t, 10, looks(10*asleep), "nothing happens")
		p.wake(nil)
		assert.Equal(t, 1, looks(awake+time.Millisecond), "it wakes at once")
	})
}
