package learner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/learner"
)

func TestTheWayToTheSolutionLeavesTheContractOut(t *testing.T) {
	l := lesson(t)
	contract := "// Package exercise is yours.\npackage exercise\n\n// Answer answers.\n//\n//   - It is quick.\nfunc Answer()"
	write(t, l.Stub(), contract+" { panic(\"not written yet\") }\n")
	write(t, l.Answer(), contract+" { think() }\n\n// think is mine.\nfunc think() {}\n")
	write(t, l.Solution(), "// Package exercise is yours.\npackage exercise\n\n// Answer answers.\nfunc Answer() {}\n")
	diff, err := learner.Compare(l)
	require.NoError(t, err)
	assert.Equal(t, `--- your answer
+++ the solution
@@ -2,7 +2,4 @@
 package exercise
 
 // Answer answers.
-func Answer() { think() }
-
-// think is mine.
-func think() {}
+func Answer() {}
`, diff)
}
