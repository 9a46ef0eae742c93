//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/06-shield/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	limit  = 3 * time.Second
	minute = time.Minute // no test has a reason to wait for so long
)

var (
	errHungUp   = errors.New("the client hung up")
	errImpolite = errors.New("the server has to go")
	errNoMoney  = errors.New("the account is empty")

	order7 = exercise.Payment{Order: 7, Cents: 1995}
	paid7  = exercise.Receipt{Order: 7, Cents: 1995}
)

type traceKey struct{}

// A bank charges accounts and notes what happens to it.
type bank struct {
	t     *testing.T
	takes time.Duration
	undo  time.Duration // to roll back a charge that is cut off
	fails error
	start time.Time

	mu       sync.Mutex // guards what follows
	begun    int
	underWay int
	paid     int
	cutOff   []error // the causes
	traces   []any   // what the charges' contexts know
	stopped  time.Duration
}

func newBank(t *testing.T, takes time.Duration) *bank {
	t.Helper()
	return &bank{t: t, takes: takes, start: time.Now()}
}

func (b *bank) charge(ctx context.Context, p exercise.Payment) (r exercise.Receipt, err error) {
	log := lesson.Log(b.t).With("task", fmt.Sprint("order ", p.Order))
	log.Info("the charge begins", lesson.Waiting)
	defer func() { log.Info("the charge ends with " + lesson.Quote(err)) }()
	b.mu.Lock()
	b.begun++
	b.underWay++
	b.traces = append(b.traces, ctx.Value(traceKey{}))
	b.mu.Unlock()

	select {
	case <-time.After(min(b.takes, minute)):
	case <-ctx.Done():
	}
	cause := context.Cause(ctx)
	if cause != nil {
		time.Sleep(b.undo)
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay--
	b.stopped = time.Since(b.start)
	switch {
	case cause != nil:
		b.cutOff = append(b.cutOff, cause)
		return exercise.Receipt{}, cause
	case b.takes > minute:
		b.t.Errorf("no limit ends the charge: the bank was stuck for a whole minute, the limit is %v", limit)
		return exercise.Receipt{}, exercise.ErrTooSlow
	case b.fails != nil:
		return exercise.Receipt{Order: p.Order}, b.fails // and none of the money
	}
	b.paid++
	return exercise.Receipt(p), nil
}

// look calls fn when nothing moves any more at this instant.
func (b *bank) look(fn func()) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	fn()
}

// hangsUp is the context of a client that leaves after d.
func hangsUp(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errHungUp)
	t.Cleanup(cancel)
	return ctx
}

// closeWithin calls Close and gives it d.
func closeWithin(t *testing.T, c *exercise.Cashier, d time.Duration) error {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), d, errImpolite)
	defer cancel()
	return c.Close(ctx)
}

// beside runs fn in a goroutine. A panic there would end the test binary; the tests that call the same on their own
// goroutine tell of it.
func beside(wg *sync.WaitGroup, fn func()) {
	wg.Go(func() {
		defer func() { _ = recover() }()
		fn()
	})
}

func TestPayReturnsWhatTheBankSays(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, time.Second)
		c := exercise.New(b.charge, limit)
		if got, err := c.Pay(t.Context(), order7); got != paid7 || err != nil {
			t.Errorf("Pay returned %v and %v, the bank %v and nil", got, err, paid7)
		}
		if after := time.Since(b.start); after != time.Second {
			t.Errorf("the bank took 1s and Pay %v", after)
		}
		b.look(func() { b.fails = errNoMoney })
		got, err := c.Pay(t.Context(), order7)
		if !errors.Is(err, errNoMoney) {
			t.Errorf("the bank's error was lost: it said %q and Pay %v", errNoMoney, err)
		} else if want := (exercise.Receipt{Order: 7}); got != want {
			t.Errorf("the bank returned the receipt %v beside its error, and Pay %v: it returns what the bank returned", want, got)
		}
		if err := closeWithin(t, c, minute); err != nil {
			t.Errorf("nothing was under way and Close returned %v", err)
		}
	})
}

func TestCashiersShareNothing(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		c, other := exercise.New(b.charge, limit), exercise.New(b.charge, limit)
		if err := closeWithin(t, other, minute); err != nil {
			t.Errorf("nothing was under way and Close returned %v", err)
		}
		if _, err := c.Pay(hangsUp(t, time.Second), order7); errors.Is(err, exercise.ErrClosed) {
			t.Fatalf("one Cashier has closed, and Pay of another one returned %v", err)
		}
		if err := closeWithin(t, other, 500*time.Millisecond); err != nil {
			t.Errorf("one Cashier has a charge under way, and Close of another one returned %v: it waits for its own charges only", err)
		}
		_ = closeWithin(t, c, minute)
	})
}

func TestAChargeGoesOnWhenItsClientHangsUp(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		c := exercise.New(b.charge, limit)
		_, err := c.Pay(hangsUp(t, 500*time.Millisecond), order7)
		after := time.Since(b.start)
		time.Sleep(2 * time.Second)
		b.look(func() {
			switch {
			case len(b.cutOff) > 0:
				t.Errorf("the charge died with its client, half done: its context ended at %v, the cause %q", b.stopped, b.cutOff[0])
			case after != 500*time.Millisecond:
				t.Errorf("the client hung up at 0.5s and Pay returned at %v: no client is there to wait so long", after)
			case !errors.Is(err, errHungUp):
				t.Errorf("the client hung up and Pay returned %v, not context.Cause(ctx): %q", err, errHungUp)
			case b.paid != 1:
				t.Errorf("the client hung up and %d charges were done to the end, not 1", b.paid)
			}
		})
		_ = closeWithin(t, c, minute)
	})
}

func TestEachClientGetsItsOwnReceipt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := exercise.New(func(_ context.Context, p exercise.Payment) (exercise.Receipt, error) {
			time.Sleep(time.Duration(10-p.Order) * 100 * time.Millisecond) // order 8 is faster than order 7
			return exercise.Receipt(p), nil
		}, limit)
		order8, paid8 := exercise.Payment{Order: 8, Cents: 500}, exercise.Receipt{Order: 8, Cents: 500}
		var got7, got8 exercise.Receipt
		var err7, err8 error
		var clients sync.WaitGroup
		beside(&clients, func() { got7, err7 = c.Pay(t.Context(), order7) })
		synctest.Wait()
		beside(&clients, func() { got8, err8 = c.Pay(t.Context(), order8) })
		clients.Wait()
		if got7 != paid7 || got8 != paid8 || err7 != nil || err8 != nil {
			t.Errorf("two clients paid at once: the receipts are %v and %v, and the clients got %v, %s, and %v, %s: each Pay returns what its own charge returned",
				paid7, paid8, got7, lesson.Quote(err7), got8, lesson.Quote(err8))
		}
		_ = closeWithin(t, c, minute)
	})
}

func TestAChargeKnowsItsRequest(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, time.Second)
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(context.WithValue(hangsUp(t, 500*time.Millisecond), traceKey{}, "trace 42"), order7)
		time.Sleep(time.Second)
		b.look(func() {
			if len(b.traces) != 1 || b.traces[0] != "trace 42" {
				t.Errorf("the charge has lost its request: ctx has the value \"trace 42\", the charge's context has %v", b.traces)
			}
		})
		_ = closeWithin(t, c, minute)
	})
}

func TestAChargeHasALimitOfItsOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, patience := range []time.Duration{minute / 2, 2 * time.Second, 100 * time.Millisecond} {
			b := newBank(t, 2*minute)
			c := exercise.New(b.charge, limit)
			_, err := c.Pay(hangsUp(t, patience), order7)
			_ = closeWithin(t, c, 2*minute)
			time.Sleep(2 * minute) // should Close not have waited
			b.look(func() {
				switch {
				case len(b.cutOff) == 0: // the bank has said why
				case b.stopped != limit || !errors.Is(b.cutOff[0], exercise.ErrTooSlow):
					t.Errorf("the client stayed for %v, and the charge was cut off at %v with the cause %q, not at its limit, %v, with %q",
						patience, b.stopped, b.cutOff[0], limit, exercise.ErrTooSlow)
				case patience > limit && !errors.Is(err, exercise.ErrTooSlow):
					t.Errorf("the bank took too long and Pay returned %v, not %q", err, exercise.ErrTooSlow)
				}
			})
			if t.Failed() {
				return
			}
		}
	})
}

func TestAClientThatIsGoneIsNotCharged(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, time.Second)
		c := exercise.New(b.charge, limit)
		gone, cancel := context.WithCancelCause(t.Context())
		cancel(errHungUp)
		if _, err := c.Pay(gone, order7); !errors.Is(err, errHungUp) {
			t.Errorf("the client was gone before Pay was called, and Pay returned %v, not %q", err, errHungUp)
		}
		time.Sleep(2 * time.Second)
		b.look(func() {
			if b.begun > 0 {
				t.Error("a client that was gone before Pay was called has been charged")
			}
		})
		_ = closeWithin(t, c, minute)
	})
}

func TestPaymentsDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for _, n := range []int{5, 200} {
			b := newBank(t, time.Second)
			c := exercise.New(b.charge, limit)
			var clients sync.WaitGroup
			for range n {
				beside(&clients, func() { _, _ = c.Pay(t.Context(), order7) })
			}
			clients.Wait()
			if after := time.Since(b.start); after != time.Second {
				t.Fatalf("payments wait for each other: %d at once, of 1s each, took %v, not 1s", n, after)
			}
			_ = closeWithin(t, c, minute)
		}
	})
}

func TestCloseWaitsForChargesWhoseClientsAreGone(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(hangsUp(t, 500*time.Millisecond), order7)
		err := closeWithin(t, c, minute)
		after := time.Since(b.start)
		b.look(func() {
			if b.underWay > 0 {
				t.Errorf("the charge has no owner: Close returned at %v while it was under way", after)
			} else if after != 2*time.Second || err != nil {
				t.Errorf("the last charge ended at 2s by itself; then Close returns nil, but it returned %v at %v", err, after)
			}
		})
		time.Sleep(2 * time.Second)
	})
}

func TestCloseCutsOffWhatItHasNoTimeFor(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		b.undo = 300 * time.Millisecond
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(hangsUp(t, 100*time.Millisecond), order7)
		var client sync.WaitGroup
		var payErr error
		beside(&client, func() { _, payErr = c.Pay(t.Context(), order7) })
		synctest.Wait()
		err := closeWithin(t, c, 900*time.Millisecond) // ends at 1s
		after := time.Since(b.start)
		b.look(func() {
			switch {
			case b.underWay > 0:
				t.Errorf("Close returned at %v while %d charges were still rolling back: to cancel is not to wait", after, b.underWay)
			case len(b.cutOff) < 2:
				t.Errorf("Close ran out of time at 1s and did not end the contexts of the charges: %d of 2 were cut off", len(b.cutOff))
			case after != 1300*time.Millisecond:
				t.Errorf("Close ran out of time at 1s, the charges were rolled back at 1.3s, and Close returned at %v", after)
			case !errors.Is(b.cutOff[0], errImpolite) || !errors.Is(b.cutOff[1], errImpolite):
				t.Errorf("Close cut the charges off with the causes %q, not context.Cause(ctx): %q", b.cutOff, errImpolite)
			case !errors.Is(err, errImpolite):
				t.Errorf("Close ran out of time and returned %v, not context.Cause(ctx): %q", err, errImpolite)
			}
		})
		client.Wait()
		if !errors.Is(payErr, errImpolite) && !t.Failed() {
			t.Errorf("Close cut the charge off, the bank returned the cause, %q, and Pay %v", errImpolite, payErr)
		}
		time.Sleep(2 * time.Second)
	})
}

func TestCloseWaitsHoweverLongABankRollsBack(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		b.undo = 24 * time.Hour
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(hangsUp(t, 100*time.Millisecond), order7)
		_ = closeWithin(t, c, 900*time.Millisecond) // ends at 1s
		after := time.Since(b.start)
		b.look(func() {
			if b.underWay > 0 {
				t.Errorf("Close ended the charge's context at 1s, the bank rolls back for a day, and Close returned at %v: it waits until the charge has returned", after)
			}
		})
		time.Sleep(2 * b.undo)
	})
}

func TestAClosedCashierRefusesPayments(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, 2*time.Second)
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(hangsUp(t, 500*time.Millisecond), order7)
		var closing sync.WaitGroup
		beside(&closing, func() { _ = closeWithin(t, c, minute) })
		synctest.Wait()
		before := time.Since(b.start)
		for _, when := range []string{"while Close waits", "after Close"} {
			if _, err := c.Pay(hangsUp(t, 10*time.Second), order7); !errors.Is(err, exercise.ErrClosed) {
				t.Errorf("%s, Pay returned %v, not %q", when, err, exercise.ErrClosed)
			} else if after := time.Since(b.start); after != before {
				t.Errorf("%s, Pay waited from %v to %v to say that the cashier has closed", when, before, after)
			}
			closing.Wait()
			before = time.Since(b.start)
		}
		b.look(func() {
			if b.begun != 1 {
				t.Errorf("a cashier that has closed has charged: %d charges, not 1", b.begun)
			}
		})
		time.Sleep(limit)
	})
}

func TestSeveralMayClose(t *testing.T) {
	for _, little := range []string{"first", "second"} {
		lesson.Bubble(t, func(t *testing.T) {
			b := newBank(t, 2*time.Second)
			c := exercise.New(b.charge, limit)
			_, _ = c.Pay(hangsUp(t, 500*time.Millisecond), order7)
			var first sync.WaitGroup
			times, errs := map[string]time.Duration{"first": minute, "second": minute}, make(map[string]error)
			times[little] = 500 * time.Millisecond // ends at 1s
			beside(&first, func() { errs["first"] = closeWithin(t, c, times["first"]) })
			synctest.Wait()
			second := closeWithin(t, c, times["second"])
			after := time.Since(b.start)
			first.Wait()
			errs["second"] = second
			switch last := time.Since(b.start); {
			case after < time.Second:
				t.Errorf("two call Close, and a charge is under way until 1s; but the second one returned at %v: each of them waits for the charges", after)
			case after > time.Second || last > time.Second:
				t.Errorf("two call Close, the %s of them has time until 1s, which cuts the charge off; but the second one returned at %v, the last one at %v:"+
					" each Close cancels the charges when its own ctx ends", little, after, last)
			}
			if !errors.Is(errs[little], errImpolite) {
				t.Errorf("two call Close, the %s of them with little time: it got %v, not %q", little, errs[little], errImpolite)
			}
			if err := closeWithin(t, c, minute); err != nil {
				t.Errorf("Close was called once more when all was over, and returned %v", err)
			}
			if last := time.Since(b.start); last > 2*time.Second {
				t.Errorf("Close was called once more when all was over, and waited until %v", last)
			}
		})
	}
}

// A client's context that does something when it is looked at.
type restless struct {
	context.Context
	looked func()
}

func (r restless) Done() <-chan struct{} {
	r.looked()
	return r.Context.Done()
}

func (r restless) Err() error {
	r.looked()
	return r.Context.Err()
}

// paysAndHangsUp is a client that hangs up just after the charge is started.
func paysAndHangsUp(t *testing.T, c *exercise.Cashier) {
	t.Helper()
	client, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	var looks atomic.Int32
	_, _ = c.Pay(restless{client, func() {
		if looks.Add(1) > 1 { // not at the first look: that may be the one before the charge
			hangUp()
		}
	}}, order7)
}

func TestCloseWaitsForAChargeThatHasHardlyBegun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 50 && !t.Failed(); n++ {
			b := newBank(t, time.Second)
			c := exercise.New(b.charge, limit)
			paysAndHangsUp(t, c)
			_ = closeWithin(t, c, minute)
			b.nothingAfterClose("the client hung up and Close was called just after the charge was started")
		}
	})
}

func TestCloseCutsOffAChargeThatHasHardlyBegun(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		late, cancel := context.WithCancelCause(t.Context())
		cancel(errImpolite)
		for n := 0; n < 50 && !t.Failed(); n++ {
			b := newBank(t, time.Second)
			c := exercise.New(b.charge, limit)
			paysAndHangsUp(t, c)
			_ = c.Close(late)
			b.look(func() {
				if b.begun > 0 && len(b.cutOff) == 0 {
					t.Error("Close was called with a ctx that had ended, just after the charge was started, and did not end the charge's context:" +
						" Close does not know of a charge from its very beginning")
				}
			})
		}
	})
}

func TestNoPaymentSlipsInWhileCloseIsCalled(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		for n := 0; n < 50 && !t.Failed(); n++ {
			b := newBank(t, time.Second)
			c := exercise.New(b.charge, limit)
			var once sync.Once
			var closed atomic.Bool
			atWork := make(chan struct{})
			var client sync.WaitGroup
			beside(&client, func() {
				defer once.Do(func() { close(atWork) }) // a Pay that never looks at its ctx
				_, _ = c.Pay(restless{t.Context(), func() {
					once.Do(func() { close(atWork) })
					for i := 0; i < 1000 && !closed.Load(); i++ {
						runtime.Gosched() // give Close time to come between two steps of Pay
					}
				}}, order7)
			})
			<-atWork
			_ = closeWithin(t, c, minute)
			closed.Store(true)
			b.nothingAfterClose("Close was called while Pay was at work")
			client.Wait()
		}
	})
	lesson.Rounds(t, func(t *testing.T) {
		b := newBank(t, time.Second)
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(t.Context(), order7)
		wait := lesson.Together(2, func(goroutine int) {
			if goroutine == 0 {
				_, _ = c.Pay(t.Context(), order7)
				return
			}
			_ = c.Close(t.Context())
			b.nothingAfterClose("Pay and Close were called at once")
		})
		wait()
	})
}

// nothingAfterClose is called when Close has returned.
func (b *bank) nothingAfterClose(when string) {
	b.t.Helper()
	b.mu.Lock()
	begun, underWay := b.begun, b.underWay
	b.mu.Unlock()
	time.Sleep(2 * limit)
	b.look(func() {
		if underWay > 0 || b.begun > begun {
			b.t.Errorf("%s, and Close did not wait for that charge: it was counted too late, or not at all", when)
		}
	})
}

func TestLeavesNoGoroutineBehindWhileCtxIsAlive(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, time.Second)
		c := exercise.New(b.charge, limit)
		_, _ = c.Pay(lesson.Context(t), order7)
		_ = c.Close(lesson.Context(t))
		lesson.NothingLeft(t, "Pay and Close have returned")
	})
}

func TestTheContextOfAChargeEndsWithIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		var alive func() error // Err of the charge's context
		c := exercise.New(func(ctx context.Context, p exercise.Payment) (exercise.Receipt, error) {
			alive = ctx.Err
			return exercise.Receipt(p), nil
		}, limit)
		_, _ = c.Pay(t.Context(), order7)
		_ = closeWithin(t, c, minute)
		if alive != nil && alive() == nil {
			t.Error("the charge and Close have returned, and the context of the charge is still alive, its timer runs on until the limit: its cancel was not called")
		}
	})
}

func TestAReceiptThatComesAfterTheLimitIsAReceipt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := exercise.New(func(ctx context.Context, p exercise.Payment) (exercise.Receipt, error) {
			<-ctx.Done()
			time.Sleep(24 * time.Hour)
			return exercise.Receipt(p), nil // the money had already moved
		}, limit)
		if got, err := c.Pay(t.Context(), order7); got != paid7 || err != nil {
			t.Errorf("the limit ended the charge, which had moved the money and returned the receipt %v a day later; Pay returned %v and %s", paid7, got, lesson.Quote(err))
		}
	})
}

func TestTheLimitOfEachChargeBeginsWithIt(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, limit-time.Second)
		c := exercise.New(b.charge, limit)
		time.Sleep(limit)
		if _, err := c.Pay(t.Context(), order7); err != nil {
			t.Errorf("the Cashier was made %v ago, a charge takes %v, and Pay returned %s: the limit begins when the charge does", limit, b.takes, lesson.Quote(err))
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		b := newBank(t, limit-time.Second)
		c := exercise.New(b.charge, limit)
		var first sync.WaitGroup
		beside(&first, func() { _, _ = c.Pay(t.Context(), order7) })
		time.Sleep(limit / 2)
		if _, err := c.Pay(t.Context(), order7); err != nil && !t.Failed() {
			t.Errorf("a charge begins, and another one %v later, while the first is under way; each takes %v, the limit is %v, and Pay returned %s for the second one:"+
				" its limit begins when it does, not with the first charge", limit/2, b.takes, limit, lesson.Quote(err))
		}
		first.Wait()
		_ = closeWithin(t, c, minute)
	})
}

func TestTheLimitMayBeLong(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const day = 24 * time.Hour
		start := time.Now()
		var took time.Duration
		c := exercise.New(func(ctx context.Context, p exercise.Payment) (exercise.Receipt, error) {
			select {
			case <-ctx.Done():
			case <-time.After(10 * day):
			}
			took = time.Since(start)
			return exercise.Receipt(p), nil
		}, day)
		_, _ = c.Pay(t.Context(), order7)
		if took != day {
			t.Errorf("the limit is 24h, and the context of the charge ended after %v: New's limit is the only one", took)
		}
		_ = c.Close(t.Context())
	})
}

func TestACauseThatCannotBeComparedIsACause(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		c := exercise.New(func(ctx context.Context, _ exercise.Payment) (exercise.Receipt, error) {
			<-ctx.Done()
			return exercise.Receipt{}, context.Cause(ctx)
		}, limit)
		var client sync.WaitGroup
		var payErr error
		beside(&client, func() { _, payErr = c.Pay(t.Context(), order7) })
		synctest.Wait()
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(lesson.ListError{"the fan is broken", "the server is hot"})
		err := c.Close(ctx)
		client.Wait()
		var of, its lesson.ListError
		if !errors.As(err, &of) || !errors.As(payErr, &its) {
			t.Errorf("ctx of Close ended with a cause of a type that cannot be compared by ==, the bank returned it, and Close returned %s, Pay %s",
				lesson.Quote(err), lesson.Quote(payErr))
		}
	})
}
