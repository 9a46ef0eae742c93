//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part2-queues-locks/06-barrier/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errGone = errors.New("the connection is gone")

// aWhile passes between two events: so odd a time that no timer of an answer falls due at one of them.
const aWhile = 1234567 * time.Microsecond

// A table is where a game is played.
type table struct {
	*exercise.Game
	t *testing.T
}

func newTable(t *testing.T) table {
	t.Helper()
	return table{exercise.New("anna", "ben", "carla"), t}
}

// A move is one call of Turn.
type move struct {
	t      *testing.T
	player string
	done   chan struct{}
	orders map[string]string
	err    error
	at     time.Time // when it returned
}

// begin calls Turn on a goroutine of its own.
func (tb table) begin(ctx context.Context, player, order string) *move {
	m := &move{t: tb.t, player: player, done: make(chan struct{})}
	log := lesson.Log(tb.t).With("task", player)
	go func() {
		defer close(m.done)
		log.Info("hands in "+order, lesson.Waiting)
		m.orders, m.err = tb.call(ctx, player, order)
		m.at = time.Now()
		log.Info(fmt.Sprintf("Turn returns %v and %s", m.orders, lesson.Quote(m.err)))
	}()
	return m
}

// turn is begin, and the order is in when it returns.
func (tb table) turn(ctx context.Context, player, order string) *move {
	m := tb.begin(ctx, player, order)
	synctest.Wait()
	return m
}

// last is begin for the last order, which waits for none: Turn has returned, and no other goroutine need have run.
func (tb table) last(ctx context.Context, player, order string) *move {
	ctx, cancel := context.WithTimeout(ctx, time.Hour) // a test must end
	defer cancel()
	m := &move{t: tb.t, player: player, done: make(chan struct{})}
	defer close(m.done)
	m.orders, m.err = tb.call(ctx, player, order)
	m.at = time.Now()
	return m
}

// call calls Turn and makes an error of a panic, which would end all tests.
func (tb table) call(ctx context.Context, player, order string) (orders map[string]string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return tb.Turn(ctx, player, order)
}

func (m *move) over() bool {
	synctest.Wait()
	select {
	case <-m.done:
		return true
	default:
		return false
	}
}

// waits ends the test if Turn has returned, although, as it says, someone is missing.
func (m *move) waits(missing string) {
	m.t.Helper()
	if m.over() {
		m.t.Fatalf("%s, and %s's Turn does not wait: it returned %v and %s", missing, m.player, m.orders, lesson.Quote(m.err))
	}
}

// gets ends the test unless Turn has returned these orders, now.
func (m *move) gets(why, want string) {
	m.t.Helper()
	switch {
	case !m.over():
		m.t.Fatalf("%s, and %s's Turn still waits", why, m.player)
	case m.err != nil:
		m.t.Fatalf("%s, and %s's Turn returned an error: %q", why, m.player, m.err)
	case fmt.Sprint(m.orders) != "map["+want+"]":
		m.t.Fatalf("%s: the orders are map[%s], but %s got %v", why, want, m.player, m.orders)
	case !m.at.Equal(time.Now()):
		m.t.Fatalf("%s, but %s's Turn had returned %v before", why, m.player, time.Since(m.at))
	}
}

// fails ends the test unless Turn has returned errGone, now.
func (m *move) fails(why string) {
	m.t.Helper()
	if !m.over() {
		m.t.Fatalf("%s, and %s's Turn still waits", why, m.player)
	}
	if m.err != errGone || m.orders != nil { //nolint:errorlint // unchanged
		m.t.Fatalf("%s, so %s's Turn returns no orders and the cause, %q, but it returned %v and %s", why, m.player, errGone, m.orders, lesson.Quote(m.err))
	}
}

// leaves calls Leave, which may not wait.
func (tb table) leaves(player string) {
	tb.t.Helper()
	done := make(chan error, 1)
	lesson.Log(tb.t).With("task", player).Info("leaves")
	go func() { done <- tb.leave(player) }()
	synctest.Wait()
	select {
	case err := <-done:
		if err != nil {
			tb.t.Fatalf("%s is leaving, and Leave ends with %q", player, err)
		}
	default:
		tb.t.Fatalf("%s is leaving, and Leave waits for the others", player)
	}
}

// leave calls Leave as call calls Turn.
func (tb table) leave(player string) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	tb.Leave(player)
	return nil
}

func TestATurnIsOverWhenAllOrdersAreIn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		for _, late := range []time.Duration{0, 24 * time.Hour} { // a Turn waits as long as it takes
			anna := tb.turn(t.Context(), "anna", "north")
			time.Sleep(aWhile)
			ben := tb.turn(t.Context(), "ben", "east")
			time.Sleep(late + aWhile)
			anna.waits("carla has not handed in an order")
			ben.waits("carla has not handed in an order")
			carla := tb.turn(t.Context(), "carla", "west")
			for _, m := range []*move{anna, ben, carla} {
				m.gets("all three orders are in", "anna:north ben:east carla:west")
			}
		}
	})
}

func TestATurnDoesNotWaitForAPlayerThatHasLeft(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		ben, carla := tb.turn(t.Context(), "ben", "east"), tb.turn(t.Context(), "carla", "west")
		time.Sleep(aWhile)
		tb.leaves("anna")
		ben.gets("anna has left and was the only one missing", "ben:east carla:west")
		carla.gets("anna has left and was the only one missing", "ben:east carla:west")

		ben = tb.turn(t.Context(), "ben", "south")
		tb.leaves("anna")
		ben.waits("carla is missing (anna, who is not in the game any more, has called Leave once more)")
		tb.leaves("carla")
		ben.gets("anna and carla have left", "ben:south")
		tb.turn(t.Context(), "ben", "west").gets("ben plays alone", "ben:west")
		tb.leaves("ben")
		tb.leaves("ben") // who is not in the game any more, and no other player is
	})
}

func TestAPlayerThatLeavesDoesNotEndTheTurnForTheOthers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		ben := tb.turn(t.Context(), "ben", "east")
		tb.leaves("anna")
		ben.waits("anna has left, but carla has not handed in an order")
		carla := tb.turn(t.Context(), "carla", "west")
		ben.gets("both who are left have handed in an order", "ben:east carla:west")
		carla.gets("both who are left have handed in an order", "ben:east carla:west")
	})
}

func TestAnOrderIsWithdrawnWhenCtxEnds(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		ben, carla := tb.turn(ctx, "ben", "east"), tb.turn(t.Context(), "carla", "west")
		time.Sleep(aWhile)
		cancel(errGone)
		ben.fails("ben's ctx has ended")
		carla.waits("ben gave up, which is no concern of carla's")

		anna := tb.turn(t.Context(), "anna", "north")
		anna.waits("ben has withdrawn his order and is still in the game")
		tb.turn(ctx, "ben", "nowhere").fails("ben comes back with a ctx that has ended")
		anna.waits("ben came with a ctx that had ended, so nothing was handed in")
		tb.turn(t.Context(), "ben", "south").gets("ben hands in another order", "anna:north ben:south carla:west")
		anna.gets("ben has handed in another order", "anna:north ben:south carla:west")
		carla.gets("ben has handed in another order", "anna:north ben:south carla:west")
	})
}

func TestAPlayerThatGaveUpMayLeave(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		anna, ben := tb.turn(t.Context(), "anna", "north"), tb.turn(ctx, "ben", "east")
		cancel(errGone)
		ben.fails("ben's ctx has ended")
		tb.leaves("ben")
		anna.waits("ben has left, but carla has not handed in an order")
		tb.turn(t.Context(), "carla", "west").gets("ben gave up and has left", "anna:north carla:west")
		anna.gets("ben gave up and has left", "anna:north carla:west")
	})
}

// In rounds: chance decides which comes first, the last order or the end of ctx.
func TestATurnIsTheSameForAll(t *testing.T) {
	type hand = func(tb table, ctx context.Context, player, order string) *move
	sameForAll := func(t *testing.T, in hand, both func(order, end func())) {
		t.Helper()
		tb := newTable(t)
		tb.leaves("carla")
		ctx, cancel := context.WithCancelCause(t.Context())
		ben := tb.turn(ctx, "ben", "east")
		var anna *move
		both(func() { anna = in(tb, t.Context(), "anna", "north") }, func() { cancel(errGone) })
		switch benGot := ben.over() && ben.err == nil; {
		case !ben.over():
			t.Fatal("ben's ctx has ended, and ben's Turn still waits")
		case benGot && !anna.over():
			t.Fatalf("a turn is not the same for all: ben's Turn returned %v, and anna's still waits", ben.orders)
		case benGot && fmt.Sprint(anna.orders) != fmt.Sprint(ben.orders):
			t.Fatalf("a turn is not the same for all: anna got %v and ben %v", anna.orders, ben.orders)
		case !benGot && anna.over():
			t.Fatalf("a turn is not the same for all: anna got %v and ben's Turn returned %q; when the last order is in, the turn is over,"+
				" and each of its Turns returns the orders, also one whose ctx ends then", anna.orders, ben.err)
		case !benGot:
			tb.leaves("ben")
			anna.gets("ben gave up and has left", "anna:north")
		}
	}
	n := 0
	lesson.Rounds(t, func(t *testing.T) {
		switch n++; n % 4 {
		case 0:
			sameForAll(t, table.last, func(order, end func()) { order(); end() })
		case 1:
			sameForAll(t, table.begin, func(order, end func()) { end(); order() })
		default:
			sameForAll(t, table.begin, func(order, end func()) {
				lesson.Together(2, func(i int) { []func(){order, end}[i]() })()
			})
		}
	})
}

func TestTheOrdersAreEachCallersOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		tb.leaves("carla")
		ben := tb.turn(t.Context(), "ben", "east")
		anna := tb.turn(t.Context(), "anna", "north")
		anna.gets("both orders are in", "anna:north ben:east")
		clear(anna.orders)
		ben.gets("anna has cleared the map that she was given, not ben's", "anna:north ben:east")
		for range 20 {
			ben = tb.turn(t.Context(), "ben", "south")
			orders, _ := tb.call(t.Context(), "anna", "west")
			clear(orders) // before ben's Turn returns
			ben.gets("anna, who came last, has cleared the map that she was given, not ben's", "anna:west ben:south")
		}
	})
}

// Often, because a fast player meets slow ones only by chance.
func TestNoPlayerIsATurnAhead(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for range 30 {
			tb := newTable(t)
			var players sync.WaitGroup
			mixed := make(chan string, 3)
			for _, player := range []string{"anna", "ben", "carla"} {
				players.Go(func() {
					for n := range 20 {
						now := fmt.Sprint("turn ", n)
						got, err := tb.call(t.Context(), player, now)
						if want := strings.ReplaceAll("map[anna:# ben:# carla:#]", "#", now); fmt.Sprint(got) != want {
							mixed <- fmt.Sprintf("%s was in %s and got %v and %s", player, now, got, lesson.Quote(err))
							return
						}
					}
				})
			}
			synctest.Wait()
			select {
			case how := <-mixed:
				t.Fatalf("players hand in order after order without a pause, and the turns mix: %s", how)
			default:
				players.Wait()
			}
		}
	})
}

func TestATurnTakesAsLongAsItsSlowestPlayer(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		start := time.Now()
		var players sync.WaitGroup
		play := func(player string, thinks time.Duration, turns int, want string) {
			players.Go(func() {
				defer func() { _ = tb.leave(player) }()
				var at []time.Duration
				for range turns {
					time.Sleep(thinks) // whole seconds, for they are in the message
					_, _ = tb.call(t.Context(), player, "any")
					at = append(at, time.Since(start))
				}
				if fmt.Sprint(at) != want {
					t.Errorf("%s thinks for %v each turn and leaves after %d; the turns are over at %v, not at %s", player, thinks, turns, at, want)
				}
			})
		}
		play("anna", time.Second, 2, "[3s 6s]")
		play("ben", 2*time.Second, 4, "[3s 6s 9s 11s]")
		play("carla", 3*time.Second, 3, "[3s 6s 9s]")
		players.Wait()
	})
}

// These contexts never end, so what waits for their end waits without end.
func TestNothingIsLeftBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		tb.leaves("carla")
		ben := tb.turn(lesson.Context(t), "ben", "east")
		tb.turn(lesson.Context(t), "anna", "north").gets("both orders are in", "anna:north ben:east")
		ben.gets("both orders are in", "anna:north ben:east")
		lesson.NothingLeft(t, "both Turns have returned")
	})
}

func TestAnEmptyOrderIsAnOrder(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := newTable(t)
		anna, ben := tb.turn(t.Context(), "anna", ""), tb.turn(t.Context(), "ben", "east")
		anna.waits("carla has not handed in an order")
		tb.turn(t.Context(), "carla", "west").gets("all three orders are in, anna's is empty", "anna: ben:east carla:west")
		ben.gets("all three orders are in, anna's is empty", "anna: ben:east carla:west")
	})
}

func TestTwoGamesShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb, other := newTable(t), table{exercise.New("ben"), t}
		ctx, cancel := context.WithCancelCause(t.Context())
		anna := tb.turn(ctx, "anna", "north")
		other.turn(t.Context(), "ben", "south").gets("ben plays alone in another game", "ben:south")
		anna.waits("another game has ended a turn, and in this one two orders are missing")
		cancel(errGone)
		anna.fails("another game has ended a turn, which is none of this game, and then anna's ctx has ended")
	})
}

func TestAGameMayHaveManyPlayers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer func() { cancel(errGone); time.Sleep(time.Second) }() // or those that poll would go on
		names := make([]string, 70)                                 // more than a word has bits
		for i := range names {
			names[i] = fmt.Sprint("player ", i)
		}
		tb := table{exercise.New(names...), t}
		for _, missing := range []int{0, len(names) - 1} {
			over := make(chan int, len(names)) // how many orders a Turn returned
			for i, name := range names {
				if i != missing {
					go func() {
						orders, _ := tb.call(ctx, name, "north")
						over <- len(orders)
					}()
				}
			}
			synctest.Wait()
			if n := len(over); n > 0 {
				t.Fatalf("of %d players all but %s have handed in an order, and %d Turns have returned: there may be any number of players",
					len(names), names[missing], n)
			}
			orders, err := tb.call(ctx, names[missing], "east")
			over <- len(orders)
			synctest.Wait()
			if n := len(over); n < len(names) || err != nil {
				t.Fatalf("all %d players have handed in an order: the last Turn returned %s, and %d Turns still wait", len(names), lesson.Quote(err), len(names)-n)
			}
			for range names {
				if n := <-over; n != len(names) {
					t.Fatalf("all %d players have handed in an order, and a Turn returned %d orders", len(names), n)
				}
			}
		}
	})
}

func TestKeepsItsOwnPlayers(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		names := []string{"anna", "ben"}
		tb := table{exercise.New(names...), t}
		names[1] = "zoe" // New has returned: the slice is the caller's
		anna := tb.turn(t.Context(), "anna", "north")
		tb.turn(t.Context(), "ben", "east").gets("both orders are in", "anna:north ben:east")
		anna.gets("both orders are in", "anna:north ben:east")
	})
}

func TestAnEmptyNameIsAName(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		tb := table{exercise.New("", "ben"), t}
		ben := tb.turn(t.Context(), "ben", "east")
		ben.waits(`the player with the name "" has not handed in an order`)
		tb.turn(t.Context(), "", "north").gets("both orders are in", ":north ben:east")
		ben.gets("both orders are in", ":north ben:east")
	})
	lesson.Bubble(t, func(t *testing.T) {
		tb := table{exercise.New("Anna", "anna"), t}
		capital := tb.turn(t.Context(), "Anna", "north")
		capital.waits(`the player with the name "anna" has not handed in an order; "Anna" is another player`)
		if !t.Failed() {
			tb.turn(t.Context(), "anna", "east").gets(`both orders are in, that of "Anna" and that of "anna"`, "Anna:north anna:east")
			capital.gets(`both orders are in, that of "Anna" and that of "anna"`, "Anna:north anna:east")
		}
	})
}

// In rounds: what goes on may be over by the time the test looks.
func TestWhenLeaveReturnsThePlayerIsOut(t *testing.T) {
	lesson.Rounds(t, func(t *testing.T) {
		tb := newTable(t)
		tb.Leave("anna")
		lesson.NothingGoesOn(t, "Leave has returned")
	})
}

func TestACtxThatEndsBetweenTheLookAndTheWaitIsNoticed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := range 5 {
			tb := newTable(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			ben := tb.turn(lesson.EndsAtLook(ctx, n+1, false, func() { cancel(errGone) }), "ben", "east")
			cancel(errGone) // an answer that does not look so often
			if !ben.over() {
				tb.leaves("anna") // so that it ends
				tb.leaves("carla")
				t.Fatal("ctx ended after Turn had looked at it and before Turn waited: Turn missed that and waits on. Send this wake-up with the lock held")
			}
			ben.fails("ben's ctx has ended")
		}
	})
}
