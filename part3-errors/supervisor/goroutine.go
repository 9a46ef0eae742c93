package supervisor

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine returns the number of the goroutine that calls it.
//
// A task that calls Stop is known by its context. The failure handler is given none, and a program that stops when something has failed
// calls Stop right there; without this it would wait for itself. The number is asked for when a failure is handed on, and by a
// Stop or Wait that comes meanwhile; no other path pays for it. If the runtime ever changed the first line of a stack, the number would be 0, which
// matches nothing.
func goroutine() uint64 {
	var line [64]byte
	rest, _ := bytes.CutPrefix(line[:runtime.Stack(line[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	number, _ := strconv.ParseUint(string(digits), 10, 64) // 0 if it is none
	return number
}
