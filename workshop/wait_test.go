package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"example.com/asyncio-to-go/workshop/course"
)

func TestACommandSaysWhatItWaitsForAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lines
		slow := waitFor(&out, "compiling")
		time.Sleep(2*time.Second - 1)
		assert.Empty(t, out.String())
		time.Sleep(time.Hour)
		slow.stop()
		assert.Equal(t, "workshop: compiling …\n", out.String(), "once")
	})
}

func TestACheckThatCompilesTwiceSaysSoTwiceAndNothingOfItsTests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lines
		slow := waitFor(&out, "compiling")
		time.Sleep(time.Second)
		slow.test(course.Test{Name: "TestA", Running: true})
		time.Sleep(time.Minute) // it runs
		slow.test(course.Test{Name: "TestA", Passed: true})
		slow.test(course.Test{Name: "TestB", Running: true})
		time.Sleep(time.Minute)
		slow.test(course.Test{Name: "TestB", Passed: true})
		assert.Empty(t, out.String())
		time.Sleep(time.Minute)
		slow.stop()
		time.Sleep(time.Minute)
		assert.Equal(t, "workshop: compiling for the race detector; the first time takes longest …\n", out.String())
	})
}
