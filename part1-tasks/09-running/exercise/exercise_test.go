//go:build exercise

package exercise_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/asyncio-to-go/part1-tasks/09-running/exercise"
	"example.com/asyncio-to-go/workshop/lesson"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

var (
	errPower  = errors.New("no power")
	errCaller = errors.New("the caller gives up")
)

// A station is a fake: it answers after a while, and says what it does.
type station struct {
	takes   time.Duration
	fails   error
	cleanUp time.Duration // how long it goes on when its ctx has ended
	late    bool          // it then returns its temperature all the same

	asked atomic.Int32
	saw   atomic.Value // its last context
}

const temperature = 18.5

// most is how often a test asks one station, and more.
const most = 20

func (s *station) as(t *testing.T, name string) exercise.Station {
	t.Helper()
	return func(ctx context.Context) (float64, error) {
		log := lesson.Log(t).With("task", name)
		s.saw.Store(&ctx)
		if s.asked.Add(1) > most {
			t.Fatalf("station %s is asked again and again", name)
		}
		log.Info("is asked", lesson.Waiting)
		select {
		case <-time.After(s.takes):
			log.Info("returns " + lesson.Quote(s.fails))
			return temperature, s.fails
		case <-ctx.Done():
			log.Warn("hears that its ctx ends", lesson.Waiting)
			time.Sleep(s.cleanUp)
			log.Info("returns")
			if s.late {
				return temperature, nil
			}
			return 0, ctx.Err()
		}
	}
}

// hangs never answers by itself; a test must not end because of it.
const hangs = time.Hour

const limit = 2 * time.Second

// fakes are stations by name.
type fakes map[string]*station

// A desk is a Desk of fakes.
type desk struct {
	*exercise.Desk
	stations fakes
}

func newDesk(t *testing.T, stations fakes) desk {
	t.Helper()
	all := make(map[string]exercise.Station)
	for name, s := range stations {
		all[name] = s.as(t, name)
	}
	return desk{exercise.New(limit, all), stations}
}

// An outcome is what Poll has returned, and after how long.
type outcome struct {
	temperatures map[string]float64
	err          error
	took         time.Duration
}

func (o outcome) String() string {
	return fmt.Sprintf("%v and %s", o.temperatures, lesson.Quote(o.err))
}

// poll calls Poll. The test ends here if anything is left when it has returned.
func (d desk) poll(ctx context.Context, t *testing.T) outcome {
	t.Helper()
	log := lesson.Log(t).With("task", "Poll")
	log.Info("is called", lesson.Waiting)
	start := time.Now()
	temperatures, err := d.Poll(ctx)
	got := outcome{temperatures, err, time.Since(start)}
	log.Info("returns " + got.String())
	lesson.NothingLeft(t, "Poll has returned")
	if t.Failed() {
		t.FailNow()
	}
	return got
}

func TestAsksAllStationsAtOnce(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {takes: 600 * ms}, "harbor": {takes: 590 * ms}, "tower": {takes: 580 * ms}})
		got := d.poll(t.Context(), t)
		for name, s := range d.stations {
			if n := s.asked.Load(); n != 1 {
				t.Errorf("station %s is asked %d times; Poll asks each station one time", name, n)
			}
		}
		if want := (map[string]float64{"roof": temperature, "harbor": temperature, "tower": temperature}); got.err != nil || !maps.Equal(got.temperatures, want) {
			t.Errorf("all three stations answer, and Poll returns %s", got)
		}
		if got.took != 600*ms {
			t.Errorf("the slowest station takes 600ms, and Poll takes %v: it asks all at once and returns with the last one", got.took)
		}
	})
	lesson.Bubble(t, func(t *testing.T) {
		const many = 1_100
		all := make(map[string]exercise.Station)
		for n := range many {
			all[fmt.Sprint("station ", n)] = func(context.Context) (float64, error) {
				time.Sleep(100 * ms)
				return temperature, nil
			}
		}
		if got := (desk{exercise.New(limit, all), nil}).poll(t.Context(), t); got.took != 100*ms {
			t.Errorf("each of %d stations takes 100ms, and Poll takes %v: it asks all at once, however many there are", many, got.took)
		}
	})
}

func TestGoesOnWhenAStationFails(t *testing.T) {
	for _, failure := range []error{errPower, context.Canceled, context.DeadlineExceeded} {
		lesson.Bubble(t, func(t *testing.T) { goesOnAfter(t, failure) })
	}
}

func goesOnAfter(t *testing.T, failure error) {
	t.Helper()
	d := newDesk(t, fakes{"roof": {takes: time.Second}, "tower": {takes: 100 * ms, fails: failure}})
	got := d.poll(t.Context(), t)
	_, has := got.temperatures["tower"]
	switch n := d.stations["tower"].asked.Load(); {
	case n != 1:
		t.Errorf("a station that fails is asked %d times; Poll asks each station one time", n)
	case has:
		t.Errorf("tower fails with %q, and what it returned beside the error is in the map, %v: a station that fails is not in it", failure, got.temperatures)
	case got.err != nil:
		t.Errorf("one station fails with %q, and Poll returns %s; a station that fails is only missing", failure, lesson.Quote(got.err))
	case !maps.Equal(got.temperatures, map[string]float64{"roof": temperature}):
		t.Errorf("roof answers after 1s and tower fails after 100ms with %q, and Poll returns %s: it waits for roof", failure, got)
	}
	if got.took != time.Second {
		t.Errorf("one station fails after 100ms with %q, the other one answers after 1s, and Poll takes %v: a station that has failed has returned, too", failure, got.took)
	}
}

func TestAnErrorMayBeOfATypeThatCannotBeCompared(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		failure := lesson.ListError{"no power", "no line"}
		d := newDesk(t, fakes{"roof": {takes: time.Second}, "tower": {takes: 100 * ms, fails: failure}, "barn": {takes: 200 * ms, fails: failure}})
		if got := d.poll(t.Context(), t); got.err != nil || !maps.Equal(got.temperatures, map[string]float64{"roof": temperature}) {
			t.Errorf("roof answers, two stations fail with an error of a type on which == and the key of a map fail, and Poll returns %s:"+
				" a station that fails is only missing, whichever error it returns", got)
		}
	})
}

func TestAStationIsAskedHoweverOftenItHasFailed(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const failures = 1000
		var asked atomic.Int32
		d := exercise.New(limit, map[string]exercise.Station{"roof": func(context.Context) (float64, error) {
			if asked.Add(1) <= failures {
				return 0, errPower
			}
			return temperature, nil
		}})
		for n := range failures + 1 {
			if _, _ = d.Poll(t.Context()); asked.Load() == int32(n) {
				t.Fatalf("a station has failed in %d Polls, one after the other, and the next Poll does not ask it: each Poll asks each station one time", n)
			}
		}
	})
}

func TestADeskWithoutStationsPolls(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, nil)
		switch got := d.poll(t.Context(), t); {
		case got.temperatures == nil && got.err == nil:
			t.Error("no station answers, because the Desk has none, and Poll returns a nil map and no error: the caller cannot write to it; return an empty one")
		case got.err != nil || len(got.temperatures) > 0 || got.took > 0:
			t.Errorf("a Desk has no stations, and Poll returns %s after %v: an empty map and no error, at once", got, got.took)
		}
		if want := (exercise.Stats{Polls: 1}); d.Stats() != want {
			t.Errorf("a Desk has no stations, one Poll has returned, and Stats says %+v: a Poll is counted however many stations there are", d.Stats())
		}
	})
}

func TestEachNameIsAStation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		stations := fakes{"": {}, "roof": {}, "Roof": {}, " roof": {}, "%s": {}}
		got := newDesk(t, stations).poll(t.Context(), t)
		for name := range stations {
			if _, is := got.temperatures[name]; !is {
				t.Errorf("the station %q answers, and it is not in the map, which is %q: any string is a name", name, slices.Sorted(maps.Keys(got.temperatures)))
				return
			}
		}
	})
}

func TestZeroDegreesIsATemperature(t *testing.T) {
	for _, degrees := range []float64{0, -40, -1, -999, 9999, math.NaN(), math.Inf(1)} {
		lesson.Bubble(t, func(t *testing.T) {
			says := func(context.Context) (float64, error) { return degrees, nil }
			d := desk{exercise.New(limit, map[string]exercise.Station{"roof": says}), nil}
			got := d.poll(t.Context(), t)
			if answer, is := got.temperatures["roof"]; got.err != nil || !is || fmt.Sprint(answer) != fmt.Sprint(degrees) {
				t.Errorf("a station returns %v degrees and no error, and Poll returns %s: %[1]v is a temperature like any other", degrees, got)
			}
		})
	}
}

func TestEachDeskHasItsOwnStats(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		polls, idle := newDesk(t, fakes{"roof": {}}), newDesk(t, fakes{"roof": {}})
		polls.poll(t.Context(), t)
		if got := idle.Stats(); got != (exercise.Stats{}) {
			t.Errorf("another Desk has polled, and Stats of a Desk that has not says %+v: each Desk counts for itself", got)
		}
	})
}

func TestTheLimitEndsTheContextOfTheStations(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) { theLimitEnds(t.Context(), t, "") })
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*hangs)
		defer cancel()
		theLimitEnds(ctx, t, ", also if ctx has a deadline of its own, which is later")
	})
}

func theLimitEnds(ctx context.Context, t *testing.T, also string) {
	t.Helper()
	got := newDesk(t, fakes{"roof": {takes: time.Second}, "tower": {takes: hangs, cleanUp: 300 * ms}}).poll(ctx, t)
	switch {
	case got.took >= hangs:
		t.Errorf("the limit is %v, and the context of a station is alive an hour later: the limit ends it%s", limit, also)
	case got.err != nil:
		t.Errorf("after the limit Poll returns %s; the limit is no error, and what has answered is returned", lesson.Quote(got.err))
	case !maps.Equal(got.temperatures, map[string]float64{"roof": temperature}):
		t.Errorf("roof answers and tower does not, and Poll returns %s", got)
	case got.took != limit+300*ms:
		t.Errorf("the limit is %v, a station cleans up for 300ms, and Poll takes %v", limit, got.took)
	}
}

func TestTheContextOfTheStationsEndsWithPoll(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) { theContextEndsWithPoll(t.Context(), t, "") })
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), limit/2)
		defer cancel()
		theContextEndsWithPoll(ctx, t, ", also if ctx has a deadline that is earlier than the limit")
	})
}

func theContextEndsWithPoll(ctx context.Context, t *testing.T, also string) {
	t.Helper()
	d := newDesk(t, fakes{"roof": {takes: 100 * ms}})
	d.poll(ctx, t)
	if saw, asked := d.stations["roof"].saw.Load().(*context.Context); asked && (*saw).Err() == nil {
		t.Errorf("Poll has returned, and the context of its stations is still alive: it ends with Poll%s. Make one from ctx for each Poll, and defer its cancel()", also)
	}
}

func TestEachPollHasTheWholeLimit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {takes: limit - 100*ms}})
		for range 2 {
			if got := d.poll(t.Context(), t); len(got.temperatures) != 1 {
				t.Fatalf("a station answers 100ms before the limit, and Poll returns %s: the limit begins with each Poll", got)
			}
		}
	})
}

func TestTheLimitMayBeLong(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		const day = 24 * time.Hour
		s := &station{takes: 2 * day}
		d := exercise.New(3*day, map[string]exercise.Station{"roof": s.as(t, "roof")})
		start := time.Now()
		got, _ := d.Poll(t.Context())
		if took := time.Since(start); len(got) != 1 || took != 2*day {
			t.Errorf("the limit is three days, a station needs two of them, and Poll returns %v after %v: the context of the stations ends after the limit that New was given, however long it is", got, took)
		}
	})
}

func TestATemperatureThatComesAfterTheLimitCounts(t *testing.T) {
	for _, later := range []time.Duration{100 * ms, 72 * time.Hour} {
		lesson.Bubble(t, func(t *testing.T) {
			d := newDesk(t, fakes{"tower": {takes: 2 * hangs, cleanUp: later, late: true}})
			got := d.poll(t.Context(), t)
			if got.err != nil || !maps.Equal(got.temperatures, map[string]float64{"tower": temperature}) {
				t.Fatalf("a station returns its temperature %v after the limit, and Poll returns %s: what a station returns counts", later, got)
			}
			if want := (exercise.Stats{Polls: 1, Answers: 1}); d.Stats() != want {
				t.Errorf("a station returns its temperature %v after the limit, and Stats says %+v: it is an answer", later, d.Stats())
			}
		})
	}
}

func TestLeavesNothingBehind(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{
			"roof":   {takes: 100 * ms},
			"harbor": {takes: limit + 500*ms}, // late
			"tower":  {takes: hangs},
			"barn":   {fails: errPower},
		})
		for range 3 {
			d.poll(lesson.Context(t), t) // and looks for what is left
		}
	})
}

func TestReturnsTheCauseWhenCtxEnds(t *testing.T) {
	for _, answers := range []bool{false, true} { // the station, when its context has ended
		lesson.Bubble(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 700*ms, errCaller)
			defer cancel()
			got := newDesk(t, fakes{"roof": {takes: 300 * ms}, "tower": {takes: hangs, cleanUp: 200 * ms, late: answers}}).poll(ctx, t)
			if got.took >= limit {
				t.Fatalf("ctx ends after 700ms, and Poll takes %v: the end of ctx ends the context of the stations", got.took)
			}
			if got.err != errCaller { //nolint:errorlint // unchanged
				t.Errorf("ctx has ended, and Poll returns %s instead of context.Cause(ctx), which is %q", lesson.Quote(got.err), errCaller)
			}
			if len(got.temperatures) > 0 {
				t.Errorf("ctx has ended, and Poll returns %v beside the cause: no map then", got.temperatures)
			}
			if got.took != 900*ms {
				t.Errorf("ctx ends after 700ms, a station cleans up for 200ms, and Poll takes %v", got.took)
			}
		})
	}
}

func TestCtxMayEndAfterTheLimit(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), limit+500*ms, errCaller)
		defer cancel()
		got := newDesk(t, fakes{"tower": {takes: hangs, cleanUp: time.Second}}).poll(ctx, t)
		const when = "the limit is 2s, ctx ends at 2.5s, the last station returns at 3s"
		switch {
		case got.err == nil:
			t.Errorf("%s, and Poll returns no error: whether ctx has ended is decided when the last station has returned", when)
		case errors.Is(got.err, context.DeadlineExceeded):
			t.Errorf("%s, and Poll returns %s, which is the cause of the limit: return context.Cause of the ctx that Poll was called with", when, lesson.Quote(got.err))
		case got.err != errCaller || got.temperatures != nil || got.took != limit+time.Second: //nolint:errorlint // unchanged
			t.Errorf("%s, and Poll returns %s after %v instead of the cause, unchanged", when, got, got.took)
		}
	})
}

func TestOnAnEndedCtxAsksNoStation(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errCaller)
		d := newDesk(t, fakes{"roof": {}})
		got := d.poll(ctx, t)
		if got.err != errCaller { //nolint:errorlint // unchanged
			t.Errorf("ctx has ended before the call, and Poll returns %s instead of context.Cause(ctx)", lesson.Quote(got.err))
		}
		if d.stations["roof"].asked.Load() > 0 {
			t.Error("ctx has ended before the call, and Poll asks a station all the same")
		}
		if d.Stats() != (exercise.Stats{}) {
			t.Errorf("ctx has ended before the call, and Stats says %+v: such a Poll is not counted", d.Stats())
		}
	})
}

func TestTheStationsGetTheValuesOfCtx(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		type key struct{}
		d := newDesk(t, fakes{"roof": {}})
		d.poll(context.WithValue(t.Context(), key{}, 7), t)
		if saw, asked := d.stations["roof"].saw.Load().(*context.Context); !asked || (*saw).Value(key{}) != 7 {
			t.Error("the context of a station does not have the values of ctx: make it from ctx")
		}
	})
}

func TestPollsDoNotWaitForEachOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {takes: time.Second}})
		start := time.Now()
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() { _, _ = d.Poll(t.Context()) })
		}
		callers.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("two Polls of 1s at once take %v: one waits for the other, is a lock held while the stations measure?", took)
		}
		if n := d.stations["roof"].asked.Load(); n != 2 {
			t.Errorf("two Polls at once ask a station %d times: each Poll asks each station one time, and takes no answer of another Poll", n)
		}
	})
}

func TestAPollThatReturnsEndsNoOther(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {takes: time.Second}})
		start := time.Now()
		var took time.Duration
		var first sync.WaitGroup
		first.Go(func() {
			_, _ = d.Poll(t.Context())
			took = time.Since(start)
		})
		time.Sleep(500 * ms)
		got, err := d.Poll(t.Context())
		first.Wait()
		if took != time.Second {
			t.Errorf("a station takes 1s, another Poll begins 500ms later, and the first Poll takes %v: a Poll returns when the last of its own stations has returned", took)
		}
		if err != nil || len(got) != 1 {
			t.Errorf("a Poll returns while another one is under way, and the station of that one does not answer any more: Poll returns %v and %s;"+
				" each Poll has a context of its own, and ends no other", got, lesson.Quote(err))
		}
	})
}

func TestAPollThatIsUnderWayIsNotCounted(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {takes: 100 * ms}, "barn": {takes: 100 * ms, fails: errPower}, "tower": {takes: time.Second}})
		var caller sync.WaitGroup
		caller.Go(func() { _, _ = d.Poll(t.Context()) })
		time.Sleep(500 * ms)
		start := time.Now()
		if got := d.Stats(); got != (exercise.Stats{}) {
			t.Errorf("no Poll has returned yet, and Stats says %+v: count a Poll as a whole, when its last station has returned", got)
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("Stats waits %v for a Poll that is under way", waited)
		}
		caller.Wait()
		switch got := d.Stats(); got {
		case exercise.Stats{Polls: 1, Answers: 2, Missing: 1}:
		case exercise.Stats{}:
			t.Error("a Poll has returned, and Stats does not have it yet: Poll counts before it returns")
		default:
			t.Errorf("a Poll with two answers and one failure has returned, and Stats says %+v", got)
		}
	})
}

func TestCountsAPollWhoseCtxHasEnded(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 700*ms)
		defer cancel()
		d := newDesk(t, fakes{"roof": {takes: 300 * ms}, "tower": {takes: hangs}})
		d.poll(ctx, t)
		switch got := d.Stats(); got {
		case exercise.Stats{Polls: 1, Answers: 1, Missing: 1}:
		case exercise.Stats{Polls: 1, Answers: 1}:
			t.Errorf("ctx ends while a station measures, which then returns an error, and Stats says %+v: that station is missing, whichever error it returns", got)
		case exercise.Stats{Polls: 1, Missing: 2}:
			t.Errorf("a station has answered, then ctx ends, and Stats says %+v: what has answered is an answer, also if Poll returns the cause", got)
		default:
			t.Errorf("ctx ends after one of two stations has answered, Poll has returned, and Stats says %+v", got)
		}
	})
}

func TestTheMapIsTheCallersOwn(t *testing.T) {
	lesson.Bubble(t, func(t *testing.T) {
		d := newDesk(t, fakes{"roof": {}})
		before := d.poll(t.Context(), t).temperatures
		d.stations["roof"].fails = errPower
		d.poll(t.Context(), t)
		if !maps.Equal(before, map[string]float64{"roof": temperature}) {
			t.Errorf("a second Poll changes the map that the first one has returned: it is now %v", before)
		}
		if before != nil {
			before["moon"] = -200
		}
		switch after := d.poll(t.Context(), t); {
		case after.err != nil:
			t.Errorf("no station answers, and Poll returns %s: a station that fails is only missing, also if all fail; return an empty map and no error", lesson.Quote(after.err))
		case after.temperatures["moon"] != 0:
			t.Errorf("the caller writes to its map, and the next Poll returns %v", after.temperatures)
		case len(after.temperatures) > 0:
			t.Errorf("a station has answered in one Poll, fails in the next, and that returns %v: a station that fails is not in the map, also if it has answered before", after.temperatures)
		case after.temperatures == nil:
			t.Error("no station answers, and Poll returns a nil map and no error: the caller cannot write to it; return an empty one")
		}
	})
}

// instant is a Desk whose stations answer at once. They count in asked.
func instant(asked *atomic.Int64) *exercise.Desk {
	ready := func(context.Context) (float64, error) {
		asked.Add(1)
		return temperature, nil
	}
	return exercise.New(time.Hour, map[string]exercise.Station{"roof": ready, "tower": ready})
}

func TestCountsEachPollOfManyGoroutines(t *testing.T) {
	var asked atomic.Int64
	var polls [4]int
	d := instant(&asked)
	lesson.Storm(t, len(polls), func(caller int) {
		_, _ = d.Poll(t.Context())
		polls[caller]++
	})
	sum := 0
	for _, n := range polls {
		sum += n
	}
	if got := d.Stats(); got.Polls != sum || got.Answers != int(asked.Load()) {
		t.Errorf("%d Polls have got %d answers, and Stats says %+v: counts are lost, because goroutines change one variable at once",
			sum, asked.Load(), got)
	}
}

func TestStatsSeesEachPollAsAWhole(t *testing.T) {
	var asked atomic.Int64
	var halves exercise.Stats   // one that does not add up
	var last, before, after int // Polls
	d := instant(&asked)
	lesson.Storm(t, 4, func(caller int) {
		if caller > 0 {
			_, _ = d.Poll(t.Context())
			return
		}
		for range 100 {
			s := d.Stats()
			if s.Answers+s.Missing != 2*s.Polls {
				halves = s
			}
			if s.Polls < last {
				before, after = last, s.Polls
			}
			last = s.Polls
		}
	})
	if halves != (exercise.Stats{}) {
		t.Errorf("while other goroutines call Poll, Stats says %+v of 2 stations: it sees half a Poll, so the three counts need one lock together", halves)
	}
	if before > after {
		t.Errorf("Stats says %d Polls, and then %d: a Poll that has returned stays counted", before, after)
	}
}
