package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/asyncio-to-go/part3-errors/mayhem"
)

// most is how many messages are looked up, committed and acked together.
const most = 500

// A service takes messages in batches and restarts their hosts. What ends within its batch is committed and acked with it. A restart that
// takes time has a goroutine, and is settled together with those that end at the same time.
type service struct {
	*queue
	*leases
	rows    *table
	count   *counters
	hosts   hosts
	config  config
	backoff func(try int) time.Duration
	steps   *slog.Logger // a line for each step of a message; nil: none
	ended   chan outcome // from the restarts to the settling
}

// An outcome is what came of a message.
type outcome struct {
	*message
	row              // what is known of it now
	cut, again bool  // its attempt was ended before it could fail, and does not count; it was settled before
	err        error // of the attempt; nil: the host was restarted
}

type step struct {
	level slog.Level
	text  string
	rests bool // until the message comes again
}

// run works until ctx ends. The restarts under way then have three quarters of the grace, and what is not over by then is given back.
// Its error says that the server or the database could not be told of some messages; they come again.
func (s *service) run(ctx context.Context) error {
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	telling, quiet := context.WithCancelCause(context.WithoutCancel(ctx))
	var helpers, restarts, settling sync.WaitGroup
	defer helpers.Wait()
	defer quiet(nil)
	defer stop(nil)
	helpers.Go(func() {
		select {
		case <-ctx.Done():
		case <-telling.Done():
		}
		_ = wait(telling, s.config.grace*3/4)
		stop(context.Cause(ctx))
		_ = wait(telling, max(s.config.grace, time.Second)-s.config.grace*3/4)
		quiet(context.Cause(ctx))
	})
	helpers.Go(func() { s.extend(telling) })
	var untold atomic.Int64
	settle := func(ends []outcome) {
		if n := s.settle(telling, ends); ctx.Err() != nil {
			untold.Add(int64(n))
		}
	}
	settling.Go(func() {
		for first := range s.ended {
			ends := []outcome{first}
			for len(s.ended) > 0 && len(ends) < most {
				ends = append(ends, <-s.ended)
			}
			settle(ends)
		}
	})
	for ctx.Err() == nil {
		settle(s.begin(work, telling, s.intake(ctx, telling), &restarts))
	}
	restarts.Wait()
	close(s.ended)
	settling.Wait()
	if n := untold.Load(); n > 0 {
		return fmt.Errorf("%w: %d", mayhem.ErrUnsettled, n)
	}
	return nil
}

// intake returns messages to begin. Those that were settled before it acks again: their last ack has not arrived, or they were published
// again.
func (s *service) intake(ctx, telling context.Context) (fresh []*message) {
	room := min(most, s.config.inFlight-s.inFlight())
	if room <= 0 {
		select {
		case <-s.freed:
		case <-ctx.Done():
		}
		return nil
	}
	asked, pause := time.Now(), 20*time.Millisecond // another process may be asking
	ms, err := s.fetch(telling, room)
	if err != nil {
		s.failed(telling, "receive", asked, err)
		pause = 200 * time.Millisecond
	}
	if len(ms) == 0 {
		_ = wait(ctx, pause) // the loop looks at ctx
		return nil
	}
	ms, twice := s.take(ms)
	var later []word
	for _, m := range twice { // when the first is settled, its row says so
		later = append(later, word{m.reply, fmt.Sprintf(`%s {"delay": %d}`, nak, time.Second)})
	}
	_ = s.say(telling, later) // or it comes later than that
	ids := make(map[string]bool)
	for _, m := range ms {
		ids[m.id] = true
	}
	rows, err := s.rows.find(ctx, ids) // waits while the database is away; an error says that ctx has ended
	var ends []outcome
	for _, m := range ms {
		r := rows[m.id]
		m.try, m.known = r.attempts+1, r.state != ""
		switch {
		case r.state == handled || r.state == dead:
			ends = append(ends, outcome{message: m, row: r, again: true})
		case m.fault != nil:
			ends = append(ends, outcome{message: m, row: row{state: dead, reason: m.fault.Error()}})
		case err != nil || ctx.Err() != nil || !s.holds(m):
			ends = append(ends, outcome{message: m, cut: true})
		default:
			fresh = append(fresh, m)
		}
	}
	s.reply(telling, ends)
	return fresh
}

// begin restarts the hosts, and meanwhile saves the messages. It returns what came of those that take no time: the row that says so will be
// their only one.
func (s *service) begin(work, telling context.Context, ms []*message, restarts *sync.WaitGroup) (ends []outcome) {
	rows := make(map[string]row)
	for _, m := range ms {
		if m.try > 1 {
			s.count.retried.Add(1)
		}
		s.tell(m, step{text: fmt.Sprint("is taken, try ", m.try)})
		if s.hosts.longest == 0 {
			ends = append(ends, s.attempt(work, m))
			continue
		}
		if !m.known {
			rows[m.id] = row{host: m.host, state: saved}
		}
		ctx, end := context.WithCancelCause(work)
		s.set([]*message{m}, func(m *message) { m.end = end })
		restarts.Go(func() {
			defer end(nil)
			s.ended <- s.attempt(ctx, m)
		})
	}
	_, err := s.rows.put(telling, rows) // what is refused now is refused again when it is settled
	for _, m := range ms {
		if err == nil && s.hosts.longest > 0 {
			s.tell(m, step{text: "is saved"})
		}
	}
	return ends
}

func (s *service) attempt(ctx context.Context, m *message) outcome {
	err := s.hosts.restart(ctx, m)
	if err == nil {
		s.tell(m, step{text: "is restarted"})
	}
	return outcome{message: m, err: err, cut: err != nil && ctx.Err() != nil}
}

// extend extends the deadlines of all messages in flight, each when a third of its time has passed, until they are settled.
func (s *service) extend(ctx context.Context) {
	for wait(ctx, s.lasts/12) == nil {
		ms, words, from := s.due(), []word(nil), time.Now()
		for _, m := range ms {
			words = append(words, word{m.reply, inProgress})
		}
		trying, cancel := context.WithTimeout(ctx, s.lasts/4)
		err := s.say(trying, words)
		cancel()
		if err != nil {
			s.failed(ctx, "extend", from, err)
			continue
		}
		s.set(ms, func(m *message) { m.until = from.Add(s.lasts) })
		for _, m := range ms {
			s.tell(m, step{text: "gets more time"})
		}
	}
}

// settle writes what came of attempts, first to the rows and then to the server. What happens in between makes a message come again, and
// then its row is found. It returns how many the two could not be told of.
func (s *service) settle(ctx context.Context, ends []outcome) (untold int) {
	if len(ends) == 0 {
		return 0
	}
	rows := make(map[string]row, len(ends))
	for i := range ends {
		e := &ends[i]
		if e.cut {
			continue
		}
		e.row = row{e.message.host, handled, e.try - 1, ""}
		if e.err != nil {
			s.count.failed("restart", time.Now(), nil)
			e.row = row{e.message.host, saved, e.try, strings.ToValidUTF8(strings.ReplaceAll("restart: "+e.err.Error(), "\x00", ""), "")}
			if e.try >= s.config.tries {
				e.state = dead
			}
		}
		rows[e.id] = e.row
	}
	refused, err := s.rows.put(ctx, rows)
	if err != nil {
		s.drop(ends)
		return len(ends)
	}
	for i := range ends {
		if e := &ends[i]; refused[e.id] != nil {
			s.count.failed("refused", time.Now(), refused[e.id])
			e.row = row{"", dead, e.attempts, "the database: " + refused[e.id].Error()}
			_, _ = s.rows.put(ctx, map[string]row{e.id: e.row}) // it may refuse that, too
		}
		s.count.settled(ends[i].state)
	}
	return s.reply(ctx, ends)
}

// reply tells the server what the rows say, and gives up the messages.
func (s *service) reply(ctx context.Context, ends []outcome) (untold int) {
	defer s.drop(ends)
	var words []word
	var letters []outcome
	then := make([]step, len(ends))
	for i, e := range ends {
		switch {
		case e.state == handled:
			words = append(words, word{e.reply, ack})
			then[i] = step{text: "is acked", rests: true}
		case e.state == dead:
			letters = append(letters, e)
			then[i] = step{slog.LevelError, e.reason + "; a dead letter", true}
		case !s.holds(e.message): // the next process has it, or will have it
			s.count.failed("lost", time.Now(), nil)
			then[i] = step{slog.LevelWarn, "is lost: its deadline has passed", true}
		case e.cut:
			words = append(words, word{e.reply, nak})
			then[i] = step{slog.LevelWarn, "is nacked, for another to take", true}
			if e.err == nil {
				then[i].text = "is given back, not begun"
			}
		default:
			pause := s.backoff(e.try)
			words = append(words, word{e.reply, fmt.Sprintf(`%s {"delay": %d}`, nak, pause)})
			then[i] = step{slog.LevelError, fmt.Sprintf("%s; again in %v", e.reason, pause), true}
		}
		if e.again {
			s.count.again.Add(1)
			then[i] = step{text: "was settled before, is acked", rests: true}
		}
	}
	asked := time.Now()
	if err := errors.Join(s.say(ctx, words), s.bury(ctx, letters)); err != nil { // they come again, and their rows are found
		s.failed(ctx, "settle", asked, err)
		return len(words) + len(letters)
	}
	for i, e := range ends {
		s.tell(e.message, then[i])
		if e.fault != nil { // it has no row
			s.count.settled(dead)
		}
	}
	return 0
}

func (s *service) tell(m *message, says step) {
	if s.steps == nil {
		return
	}
	log := s.steps.Info
	switch says.level {
	case slog.LevelWarn:
		log = s.steps.Warn
	case slog.LevelError:
		log = s.steps.Error
	}
	log(says.text, "task", m.host, "waiting", says.rests)
}
