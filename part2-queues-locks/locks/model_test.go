package locks_test

import (
	"strings"

	"github.com/anishathalye/porcupine"

	"example.com/asyncio-to-go/part2-queues-locks/locks"
)

// The models: what a Lock with its Condition, an Event and a Barrier do, one step at a time. A state is comparable and is
// never changed in place; a line is a string of calls, first come first.

func modelOf[S comparable](begin S, next func(s *S, op step, got answer) bool) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return begin },
		Step: func(state, op, got any) (bool, any) {
			s := state.(S)
			ok := next(&s, op.(step), got.(answer))
			return ok, s
		},
	}
}

func without(line string, call int) string {
	return strings.ReplaceAll(line, string(rune(call)), "")
}

func contains(line string, call int) bool {
	return strings.ContainsRune(line, rune(call))
}

// noOwner is the owner of a lock that is free.
const noOwner = -1

type lockState struct {
	owner    int
	line     string // waits for the lock
	room     string // waits for a notification
	ended    set
	notified set // has waited in the room, and has not yet given up
}

func (s *lockState) queue(call int) {
	s.line += string(rune(call))
	if s.owner == noOwner {
		s.handOver()
	}
}

func (s *lockState) handOver() {
	s.owner = noOwner
	for _, first := range s.line {
		s.owner, s.line = int(first), without(s.line, int(first))
		break
	}
}

func (s *lockState) notify(n int) {
	for _, first := range s.room {
		if n--; n < 0 {
			break
		}
		s.room = without(s.room, int(first))
		s.queue(int(first))
	}
}

func lockModel() porcupine.Model {
	return modelOf(lockState{owner: noOwner}, func(s *lockState, op step, got answer) bool {
		isEnded, isOwner := s.ended.has(op.call), s.owner == op.call
		switch op.do {
		case "cancel":
			s.ended.add(op.call)
			return true
		case "try":
			free := s.owner == noOwner
			if got.yes {
				s.owner = op.call
			}
			return got.yes == free
		case "locked":
			return got.yes == (s.owner != noOwner)
		case "release":
			held := s.owner != noOwner
			s.handOver()
			return held
		case "notify":
			s.notify(op.n)
			return s.owner != noOwner

		case "join acquire":
			if !isEnded {
				s.queue(op.call)
			}
			return true
		case "give up acquire":
			if s.line = without(s.line, op.call); isOwner {
				s.handOver()
			}
			return isEnded
		case "end acquire":
			if got.err == "" {
				return isOwner && !isEnded
			}
			return got.err == why(op.call) && isEnded && !isOwner && !contains(s.line, op.call)

		case "join wait":
			held := s.owner != noOwner
			if isEnded {
				s.owner = op.call // keeps the lock that its caller had
			} else {
				s.notified.add(op.call)
				s.room += string(rune(op.call))
				s.handOver()
			}
			return held
		case "give up wait":
			if contains(s.room, op.call) {
				s.room = without(s.room, op.call)
				s.queue(op.call)
			} else if s.notified.has(op.call) {
				s.notify(1)
			}
			s.notified.remove(op.call)
			return isEnded
		case "end wait":
			if got.err == "" {
				return isOwner && !isEnded
			}
			return got.err == why(op.call) && isOwner && isEnded && !s.notified.has(op.call)

		case "rest":
			for call := range maxCalls {
				if op.pending.has(call) && !contains(s.line, call) && (!contains(s.room, call) || s.ended.has(call)) {
					return false // it has been forgotten, or is not told that its ctx has ended
				}
			}
			return s.line == "" || s.owner != noOwner && !op.pending.has(s.owner)
		}
		panic(op.do)
	})
}

type eventState struct {
	set                      bool
	waiting, released, ended set
}

func eventModel() porcupine.Model {
	return modelOf(eventState{}, func(s *eventState, op step, got answer) bool {
		switch op.do {
		case "cancel":
			s.ended.add(op.call)
			return true
		case "set":
			s.set = true
			s.released |= s.waiting
			s.waiting = 0
			return true
		case "clear":
			s.set = false
			return true
		case "is set", "done":
			return got.yes == s.set
		case "join wait":
			if s.set {
				s.released.add(op.call)
			} else {
				s.waiting.add(op.call)
			}
			return true
		case "give up wait":
			gaveUp := s.waiting.has(op.call) && s.ended.has(op.call)
			s.waiting.remove(op.call)
			return gaveUp
		case "end wait":
			if got.err == "" {
				return s.released.has(op.call)
			}
			return got.err == why(op.call) && !s.waiting.has(op.call) && !s.released.has(op.call) && s.ended.has(op.call)
		case "rest":
			return op.pending&^s.waiting == 0 && op.pending&s.ended == 0
		}
		panic(op.do)
	})
}

type barrierState struct {
	line       string
	index      [maxCalls]int // one more than the index; 0 where there is none
	aborted    bool
	out, ended set // out: its round was broken
}

func barrierModel(parties int) porcupine.Model {
	return modelOf(barrierState{}, func(s *barrierState, op step, got answer) bool {
		switch op.do {
		case "cancel":
			s.ended.add(op.call)
			s.line = without(s.line, op.call)
			return true
		case "reset", "abort":
			s.aborted = op.do == "abort"
			for _, call := range s.line {
				s.out.add(int(call))
			}
			s.line = ""
			return true
		case "join arrive":
			if s.ended.has(op.call) {
				return true
			}
			if s.aborted {
				s.out.add(op.call)
				return true
			}
			s.line += string(rune(op.call))
			if len(s.line) == parties {
				for i, call := range s.line {
					s.index[call] = i + 1
				}
				s.line = ""
			}
			return true
		case "give up arrive":
			return s.ended.has(op.call) || s.out.has(op.call)
		case "end arrive":
			switch got.err {
			case "":
				return s.index[op.call] == got.index+1
			case locks.ErrBroken.Error():
				return got.index == -1 && s.out.has(op.call) && !s.ended.has(op.call)
			default:
				return got.index == -1 && s.ended.has(op.call) && s.index[op.call] == 0 && got.err == why(op.call)
			}
		case "rest":
			for call := range maxCalls {
				if op.pending.has(call) && !contains(s.line, call) {
					return false
				}
			}
			return true
		}
		panic(op.do)
	})
}
