package lesson

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMutexThatWasNotUnlockedIsToldFromOneThatAnotherGoroutineHolds(t *testing.T) {
	in := func(file, state string) goroutine {
		return goroutine{state: state, at: call{file: filepath.Join(workingDir, file)}}
	}
	locks, sleeps := in("exercise.go", "sync.Mutex.Lock"), in("exercise.go", "sleep")
	callback, test := in("exercise_test.go", "sleep"), in("exercise_test.go", "sync.Mutex.Lock")
	for _, c := range []struct {
		why         string
		own, answer []goroutine
		want        bool
	}{
		{"another one of the answer's sleeps", []goroutine{locks, sleeps}, []goroutine{locks, sleeps}, false},
		{"another one of the answer's has called a function of the test, which sleeps", []goroutine{locks, callback}, []goroutine{locks, sleeps}, false},
		{"another one sleeps, but it is the test's", []goroutine{locks, callback}, []goroutine{locks}, true},
		{"both wait for the mutex", []goroutine{locks, locks}, []goroutine{locks, locks}, true},
		{"the mutex is the test's", []goroutine{test}, []goroutine{locks}, false},
		{"none waits for a mutex", []goroutine{sleeps}, []goroutine{sleeps}, false},
	} {
		require.Equal(t, c.want, neverUnlocked(c.own, c.answer), c.why)
	}
}
