package learner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/learner"
)

func TestTheWayToTheSolutionLeavesTheContractOut(t *testing.T) {
	l := lesson(t)
	doc := "// Package exercise is yours.\npackage exercise\n\n// Answer answers.\n//\n//   - It is quick.\n"
	fields := "type Answer struct {\n\t// Why is the reason.\n\tWhy string\n\tAll int // of them\n}\n\n"
	write(t, l.Stub(), doc+fields+"func Do() { panic(\"not written yet\") }\n")
	write(t, l.Solution(), doc+fields+"func Do() {} // at once\n")
	way := `--- your answer
+++ the solution
@@ -5,4 +5,4 @@
 	All int // of them
 }
 
-func Do() { think() }
+func Do() {} // at once
`
	for name, answer := range map[string]string{
		"kept":    doc + fields + "func Do() { think() }\n",
		"deleted": "package exercise\n\ntype Answer struct {\n\tWhy string\n\tAll int\n}\n\nfunc Do() { think() }\n",
		"changed": "// mine\npackage exercise\n\n// This is what I read.\n" + fields + "// Do does.\nfunc Do() { think() }\n",
		"CRLF":    strings.ReplaceAll(doc+fields+"func Do() { think() }\n", "\n", "\r\n"),
	} {
		write(t, l.Answer(), answer)
		diff, err := learner.Compare(l)
		require.NoError(t, err)
		assert.Equal(t, way, diff, name)
	}
}

func TestTheWayToAMistakeIsWhatIsWrong(t *testing.T) {
	l := lesson(t)
	write(t, l.Solution(), "// Package exercise is yours.\npackage exercise\n\n// Do does.\nfunc Do() {\n\tright()\n}\n")
	file := "exercise/_wrong/errs.go"
	require.NoError(t, os.MkdirAll(filepath.Join(filepath.Dir(l.Answer()), "_wrong"), 0o755))
	write(t, filepath.Join(filepath.Dir(l.Solution()), "..", "_wrong", "errs.go"), "//wrong: errs\n//want:  it errs\n\npackage exercise\n\nfunc Do() {\n\twrong()\n}\n")
	diff, err := learner.Mistake(l, course.WrongAnswer{File: l.Dir + "/" + file})
	require.NoError(t, err)
	assert.Equal(t, "@@ -1,5 +1,5 @@\n package exercise\n \n func Do() {\n-\tright()\n+\twrong()\n }\n", diff)
	_, err = learner.Mistake(l, course.WrongAnswer{File: "gone.go"})
	assert.Error(t, err)
}
