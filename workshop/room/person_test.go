package room_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"example.com/asyncio-to-go/workshop/learner"
	"example.com/asyncio-to-go/workshop/room"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ada() room.Person {
	return room.Person{
		Name: "ada", Right: []string{"1.1", "1.2"}, At: "1.3", Checks: 4, Failing: []string{"TestKeepsTheOrder", "TestIsBounded"},
		Checked: time.Date(2026, 11, 21, 9, 2, 0, 0, time.UTC),
		Machine: room.Machine{Go: "1.26.8", OS: "linux/amd64", Race: "yes", Python: "3.11.7", Cache: "warm"},
	}
}

func TestALineSaysWhatAPersonIs(t *testing.T) {
	assert.Equal(t, "asyncio-to-go 1 name=ada go=1.26.8 os=linux/amd64 race=yes python=3.11.7 cache=warm right=1.1,1.2 at=1.3 checks=4 "+
		"checked=2026-11-21T09:02Z failing=TestKeepsTheOrder,TestIsBounded end", ada().Line())
}

func TestALineIsReadAgain(t *testing.T) {
	stuck := ada()
	stuck.Failing, stuck.Broken = nil, true
	fresh := room.Person{Name: "Grace_Hopper", Right: []string{}}
	for _, p := range []room.Person{ada(), stuck, fresh} {
		for _, around := range [][2]string{{"", ""}, {"[10:02] Ada: ", ""}, {"> `", "`"}, {"", "\r"}} {
			read, err := room.ParseLine(around[0] + p.Line() + around[1])
			require.NoError(t, err)
			assert.Equal(t, p, read)
		}
	}
}

// fold cuts a text as a terminal does, or as a mail does: at spaces, which it drops.
func fold(text string, width int, atSpaces bool) string {
	var lines []string
	for len(text) > width {
		cut := width
		if space := strings.LastIndexByte(text[:width+1], ' '); atSpaces && space > 0 {
			cut = space
		}
		lines = append(lines, text[:cut])
		if text = text[cut:]; atSpaces {
			text = strings.TrimPrefix(text, " ")
		}
	}
	return strings.Join(append(lines, text), "\n")
}

func TestALineThatWasCutIsReadAgain(t *testing.T) {
	stuck, done := ada(), ada()
	stuck.Failing, stuck.Broken = nil, true
	done.At, done.Failing, done.Checks = "", nil, 0
	for _, p := range []room.Person{ada(), stuck, done} {
		for width := 24; width < 200; width++ {
			for _, atSpaces := range []bool{false, true} {
				text := "Good morning\n" + fold("bob: "+p.Line(), width, atSpaces) + "\nthanks\n" + p.Line() + "\n"
				people, strays := room.Pasted([]byte(text))
				require.Equal(t, []room.Person{p, p}, people, text)
				require.Len(t, strays, 2, text)
				assert.Equal(t, room.Stray{Line: 1, Text: "Good morning"}, strays[0])
				assert.Equal(t, "thanks", strays[1].Text)
			}
		}
	}
}

func TestALineOfAnOlderWorkshopHasNoEnd(t *testing.T) {
	old := strings.TrimSuffix(ada().Line(), " end")
	for _, text := range []string{old, fold(old, 60, false), fold(old, 40, false)} {
		people, strays := room.Pasted([]byte(text + "\nthanks\n"))
		assert.Equal(t, []room.Person{ada()}, people, text)
		assert.Len(t, strays, 1, text)
	}
}

func TestALineThatWasCutOffSaysSo(t *testing.T) {
	line := ada().Line()
	for at := range strings.Index(line, " at=1.3") {
		people, _ := room.Pasted([]byte(line[:at]))
		for _, p := range people {
			assert.Equal(t, room.CutOff, p.Problem, line[:at])
		}
	}
}

func TestWhatIsNoLineIsSaidToBeNone(t *testing.T) {
	for _, text := range []string{"", "hello", "asyncio-to-go", "asyncio-to-go 2 name=ada", "asyncio-to-go 1 at=1.1", "asyncio-to-go 1 name="} {
		_, err := room.ParseLine(text)
		assert.ErrorIs(t, err, room.ErrNoLine, text)
	}
}

func TestALineCannotPlayTricksWithATerminal(t *testing.T) {
	p, err := room.ParseLine("asyncio-to-go 1 name=\x1b[31mred\x07 at=\u202e1.1 checks=many checked=yesterday new=thing right=1.2,1.1,1.2 " +
		"failing=" + strings.Repeat("x", 10000))
	require.NoError(t, err)
	assert.Equal(t, "[31mred", p.Name)
	assert.Equal(t, "1.1", p.At)
	assert.Equal(t, []string{"1.1", "1.2"}, p.Right)
	assert.Zero(t, p.Checks)
	assert.True(t, p.Checked.IsZero())
	assert.Len(t, p.Failing[0], 2000)

	p.Name = "two words\n and a line"
	assert.NotContains(t, p.Line(), "\n")
	read, err := room.ParseLine(p.Line())
	require.NoError(t, err)
	assert.Equal(t, "two_words_and_a_line", read.Name)
}

func TestFoldersAreNamedByWhatTellsThemApart(t *testing.T) {
	for _, c := range []struct{ dirs, names []string }{
		{nil, []string{}},
		{[]string{"/home/ada/asyncio-to-go"}, []string{"asyncio-to-go"}},
		{[]string{"/home/ada/asyncio-to-go", "/home/bob/asyncio-to-go"}, []string{"ada", "bob"}},
		{[]string{"/home/ada/a2g", "/srv/bob/code/a2g"}, []string{"home/ada", "srv/bob/code"}},
		{[]string{"/tmp/one", "/tmp/two"}, []string{"one", "two"}},
		{[]string{"/tmp", "/tmp/two"}, []string{"tmp", "tmp/two"}},
		{[]string{"/tmp/one", "/tmp/one"}, []string{"one", "one"}},
	} {
		assert.Equal(t, c.names, room.Names(c.dirs))
	}
}

func TestFailuresAreCountedByPeople(t *testing.T) {
	people := []room.Person{
		{Name: "ada", At: "1.2", Failing: []string{"TestB", "TestA"}},
		{Name: "bob", At: "1.2", Failing: []string{"TestA"}},
		{Name: "eve", At: "1.3", Failing: []string{"TestA", "TestA"}},
	}
	assert.Equal(t, []room.Failure{
		{Lesson: "1.2", Test: "TestA", People: []string{"ada", "bob"}},
		{Lesson: "1.2", Test: "TestB", People: []string{"ada"}},
		{Lesson: "1.3", Test: "TestA", People: []string{"eve"}},
	}, room.Failures(people))
}

// someone is a folder of a learner who works on the second of two lessons.
func someone(t *testing.T, progress string) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, dir := range []string{"part9-test/01-first", "part9-test/02-second"} {
		exercise := filepath.Join(root, dir, "exercise")
		require.NoError(t, os.MkdirAll(filepath.Join(exercise, "_stub"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(exercise, "_stub", "exercise.go"), []byte("stub"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(exercise, "exercise.go"), []byte("stub"), 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(root, "part9-test/02-second/exercise/exercise.go"), []byte("answer"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(root, ".workshop"), 0o755))
	require.NoError(t, os.WriteFile(learner.File(root), []byte(progress), 0o644))
	return root
}

func TestWhereALearnerIsIsWhatWasCheckedLast(t *testing.T) {
	const sum = "9b0a5ac9a2eea2ef9ca51d8cab6d2fd1c1e5ac5e3e4cbaa0d0b4e4a5a4a8b9c5" // of another content
	p, err := room.Look(someone(t, `{"version":2,"lessons":{"part9-test/02-second":{"right":false,"sha256":"`+sum+`","at":"2026-11-21T09:02:00Z",
		"checks":3,"failing":["TestA","TestNotWrittenYet"],"failures":{"TestA":2,"TestB":1}}}}`), "ada")
	require.NoError(t, err)
	assert.Equal(t, room.Person{
		Name: "ada", Right: []string{}, At: "9.2", Checks: 3, Failing: []string{"TestA"}, Checked: time.Date(2026, 11, 21, 9, 2, 0, 0, time.UTC),
	}, p)

	p, err = room.Look(someone(t, `{"version":2,"lessons":{"part9-test/02-second":{"at":"2026-11-21T09:02:00Z","checks":1}}}`), "ada")
	require.NoError(t, err)
	assert.True(t, p.Broken, "all tests passed, and it is not right: they did not run to their end")

	p, err = room.Look(someone(t, `{"version":2,"lessons":{}}`), "ada")
	require.NoError(t, err)
	assert.Equal(t, "9.1", p.At)
}

func TestTheFolderOfALearnerIsOnlyRead(t *testing.T) {
	for progress, want := range map[string]string{
		`{"version":`:    "progress.json is broken",
		`{"version":77}`: "progress.json is of another version, 77",
	} {
		root := someone(t, progress)
		p, err := room.Look(root, "ada")
		require.NoError(t, err)
		assert.Equal(t, want, p.Problem)
		files, err := os.ReadDir(filepath.Join(root, ".workshop"))
		require.NoError(t, err)
		assert.Len(t, files, 1, "it was set aside in the learner's folder")
	}
}
