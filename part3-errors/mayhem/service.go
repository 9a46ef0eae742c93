package mayhem

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// A Store keeps a record of the messages. Save returns early, with an error, when ctx ends.
type Store interface {
	Save(ctx context.Context, m Message) error
}

// A Restarter restarts hosts. Restart returns early, with an error, when ctx ends.
type Restarter interface {
	Restart(ctx context.Context, host string) error
}

// settleWithin is how long the broker may take to hear what became of a message, also after the service was stopped.
const settleWithin = 5 * time.Second

// A Service does what the messages of a broker ask for; the package's comment says what becomes of each. Broker, Store and Restarter must
// be set, and no field may change during Run. A line of Log has the message's host as its attribute "task", and the attribute "waiting" if
// the message then rests until it is delivered again.
type Service struct {
	Broker    Broker
	Store     Store
	Restarter Restarter

	MaxInFlight int                         // how many messages are handled at once; 0 or less: 1000
	ExtendEvery time.Duration               // well below the broker's deadline; 0 or less: deadlines are never extended
	MaxTries    int                         // how many attempts may fail before the message is a dead letter; 0 or less: any number
	Backoff     func(try int) time.Duration // the pause after a failed try, 1 the first time; nil: none
	Grace       time.Duration               // how long messages in flight may go on when Run's ctx has ended; 0 or less: they are canceled at once
	MustSave    bool                        // a message that was not saved is tried again, as if its restart had failed
	Log         *slog.Logger                // a line for each thing that happens; nil: none
}

// Run receives messages and handles them side by side. It ends, and then returns:
//   - when ctx ends: ctx's cause ([context.Cause]);
//   - when the broker is closed and has none left: nil;
//   - when Receive fails: its error.
//
// Run first waits for the messages in flight, which are handled to the end. When ctx has ended they have s.Grace for it; then their work
// is canceled with ctx's cause, and they are nacked. If, after ctx had ended, the broker could not be told what became of some, the error
// is also [ErrUnsettled]. Run leaves no goroutine behind.
//
// Run asks the broker for a message only when it can begin it at once. Run may be called several times, also at the same time; each call
// has its own MaxInFlight. A Save or Restart that ends in runtime.Goexit has failed. A panic there is not recovered: it ends the program,
// and the broker delivers the messages again when their deadlines have passed.
func (s *Service) Run(ctx context.Context) (err error) {
	inFlight := s.MaxInFlight
	if inFlight <= 0 {
		inFlight = 1000
	}
	slots := make(chan struct{}, inFlight) // full when no more may begin
	work, end := context.WithCancelCause(context.WithoutCancel(ctx))
	var handling, grace sync.WaitGroup
	grace.Go(func() {
		select {
		case <-ctx.Done():
			sleep(work, max(0, s.Grace), nil)
			end(context.Cause(ctx))
		case <-work.Done():
		}
	})
	var unsettled atomic.Int64
	defer grace.Wait()
	defer end(nil)
	defer func() {
		handling.Wait()
		if n := unsettled.Load(); n > 0 {
			err = errors.Join(err, fmt.Errorf("%w: %d", ErrUnsettled, n))
		}
	}()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		d, err := s.Broker.Receive(ctx)
		if err != nil {
			if ctx.Err() != nil { // asked first: the cause of ctx may wrap another broker's ErrClosed
				return context.Cause(ctx)
			}
			if errors.Is(err, ErrClosed) {
				return nil
			}
			return err
		}
		handling.Go(func() {
			defer func() { <-slots }()
			if err := s.handle(work, d); err != nil && ctx.Err() != nil {
				unsettled.Add(1)
			}
		})
	}
}

// handle restarts and saves side by side and settles the message. Until that is done it extends the deadline. Its error says that the
// broker could not be told.
func (s *Service) handle(ctx context.Context, d Delivery) error {
	log := s.log(d)
	log.Info(fmt.Sprint("is taken, try ", d.Try))
	work, end := context.WithCancelCause(ctx)
	defer end(nil)

	held, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	var extending, working sync.WaitGroup
	var lost atomic.Bool // the cause of work does not tell it: that of ctx may wrap another broker's ErrLost
	extending.Go(func() {
		if err := s.extend(held, d, log); err != nil {
			lost.Store(true)
			end(err) // a lost delivery ends the work
		}
	})
	saved, restarted := errGoexit, errGoexit // until Save and Restart return; read after Wait
	working.Go(func() {
		if saved = s.Store.Save(work, d.Message); saved == nil {
			log.Info("is saved")
		} else if work.Err() == nil {
			log.Error("save: " + saved.Error())
		}
	})
	working.Go(func() {
		if restarted = s.Restarter.Restart(work, d.Host); restarted == nil {
			log.Info("is restarted")
		}
	})
	working.Wait()
	defer extending.Wait()
	defer release() // only now: settling may have to wait, too

	if lost.Load() {
		log.Warn("is lost: its deadline has passed")
		return nil
	}
	failed := restarted
	if failed != nil {
		failed = fmt.Errorf("restart: %w", failed)
	} else if saved != nil && s.MustSave { // otherwise a record is not worth another restart
		failed = fmt.Errorf("save: %w", saved)
	}
	return s.settle(ctx, d, failed, log)
}

// extend extends the deadline again and again. It returns nil when ctx ends, and ErrLost when there is nothing to extend any more.
func (s *Service) extend(ctx context.Context, d Delivery, log *slog.Logger) error {
	if s.ExtendEvery <= 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(s.ExtendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := s.Broker.Extend(ctx, d)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, ErrLost) {
			return err
		}
		if err != nil { // there is time to try once more
			log.Error("extend: " + err.Error())
		} else {
			log.Info("gets more time")
		}
	}
}

// settle tells the broker what became of a message. It does so even if ctx has ended.
func (s *Service) settle(ctx context.Context, d Delivery, failed error, log *slog.Logger) error {
	done, stopped, last := failed == nil, ctx.Err() != nil, s.MaxTries > 0 && d.Try >= s.MaxTries
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	defer cancel()
	var err error
	switch {
	case done:
		if err = s.Broker.Ack(ctx, d); err == nil {
			log.Info("is acked")
		}
	case stopped:
		if err = s.Broker.Nack(ctx, d, 0, nil); err == nil {
			log.Warn("is nacked, for another to take")
		}
	case last:
		if err = s.Broker.Reject(ctx, d, failed); err == nil {
			log.Error(fmt.Sprintf("%v; a dead letter", failed))
		}
	default:
		var pause time.Duration
		if s.Backoff != nil {
			pause = s.Backoff(d.Try)
		}
		if err = s.Broker.Nack(ctx, d, pause, failed); err == nil {
			log.Error(fmt.Sprintf("%v; again in %v", failed, pause), "waiting", true)
		}
	}
	if err != nil { // it comes again when its deadline has passed
		log.Error("settle: " + err.Error())
	}
	return err
}

func (s *Service) log(d Delivery) *slog.Logger {
	if s.Log == nil {
		return silent
	}
	return s.Log.With("task", d.Host)
}

// errGoexit is the outcome of a Save or Restart that never returned.
var errGoexit = errors.New("mayhem: ended by runtime.Goexit")

var silent = slog.New(slog.DiscardHandler)

// Exponential returns a back-off that begins with first, doubles with each try and ends at longest. Where many messages fail at once,
// add some chance to it, or they come again at once.
func Exponential(first, longest time.Duration) func(try int) time.Duration {
	return func(try int) time.Duration {
		pause := min(first, longest)
		for ; try > 1 && pause < longest; try-- {
			pause += min(pause, longest-pause) // cannot overflow
		}
		return pause
	}
}
