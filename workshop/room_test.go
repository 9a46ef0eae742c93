package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/asyncio-to-go/workshop/course"
	"example.com/asyncio-to-go/workshop/room"
)

// doctorLine is the line for the instructor in what doctor prints.
func doctorLine(t *testing.T, stdout string) string {
	t.Helper()
	for line := range strings.Lines(stdout) {
		if strings.HasPrefix(line, "asyncio-to-go 1 ") {
			return strings.TrimSpace(line)
		}
	}
	require.Fail(t, "no line for the instructor", stdout)
	return ""
}

func TestDoctor(t *testing.T) {
	root := newWorkshop(t)
	goTool := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", args...).Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(out))
	}
	goRoot, downloads := goTool("env", "GOROOT"), filepath.Join(goTool("env", "GOMODCACHE"), "cache", "download")

	t.Run("says in a line each what is there, and how far the learner is", func(t *testing.T) {
		t.Setenv("EDITOR", "go -w") // a command that is surely there
		status, stdout, stderr := workshop(t, root, "doctor", "--name", "Ada Lovelace")
		assert.Equal(t, 0, status, stdout)
		assert.Empty(t, stderr)
		assert.Regexp(t, `(?m)^ok +Go +1\.\d+.* on `+runtime.GOOS+`/`+runtime.GOARCH+`$`, stdout)
		assert.Regexp(t, `(?m)^(ok|without) +race `, stdout)
		assert.Regexp(t, `(?m)^(ok|without) +python3 `, stdout)
		assert.Regexp(t, `(?m)^ok +editor +go, by \$EDITOR$`, stdout)
		assert.Regexp(t, `(?m)^without +terminal +the output goes to a file or a pipe`, stdout)
		assert.Regexp(t, `(?m)^ok +modules +all on this machine`, stdout)
		assert.Regexp(t, `^asyncio-to-go 1 name=Ada_Lovelace go=1\.\d+\S* os=`+runtime.GOOS+`/`+runtime.GOARCH+
			` race=(yes|no) python=(no|3\.\d+\.\d+) cache=warm at=9\.1 end$`, doctorLine(t, stdout))
	})
	t.Run("says which of the person's settings a check overrides", func(t *testing.T) {
		t.Setenv("GOENV", "off")
		t.Setenv("GODEBUG", "")
		t.Setenv("GOFLAGS", "")
		_, stdout, _ := workshop(t, root, "doctor")
		assert.Regexp(t, `(?m)^ok +settings +none that a check would have to override$`, stdout)
		t.Setenv("GODEBUG", "asynctimerchan=1")
		t.Setenv("GOFLAGS", "-run=TestNothing")
		_, stdout, _ = workshop(t, root, "doctor")
		assert.Regexp(t, `(?m)^ok +settings +a check overrides .*GOFLAGS=-run=TestNothing`, stdout)
		assert.Regexp(t, `(?m)^ok +settings +a check overrides .*GODEBUG=asynctimerchan=1`, stdout)
	})
	t.Run("for a script", func(t *testing.T) {
		status, stdout, _ := workshop(t, root, "doctor", "--json")
		assert.Equal(t, 0, status)
		var said examined
		require.NoError(t, json.Unmarshal([]byte(stdout), &said))
		assert.Len(t, said.Findings, 7)
		p, err := room.ParseLine(said.Line)
		require.NoError(t, err)
		assert.Equal(t, "warm", p.Machine.Cache)
	})
	t.Run("the instructor's line has no path, and no more of the machine", func(t *testing.T) {
		t.Setenv("EDITOR", filepath.Join(root, "no editor"))
		_, stdout, _ := workshop(t, root, "doctor", "--name", "ada")
		assert.Contains(t, stdout, "which is not there")
		home, err := os.UserHomeDir()
		require.NoError(t, err)
		line := doctorLine(t, stdout)
		for _, secret := range []string{root, home, "no editor"} {
			assert.NotContains(t, line, secret)
		}
	})
	t.Run("an answer in the middle of being written is no trouble", func(t *testing.T) {
		file := filepath.Join(root, "part9-test/01-first/exercise/exercise.go")
		stub := read(t, file)
		t.Cleanup(func() { write(t, file, stub) })
		write(t, file, stub+"}")
		status, stdout, _ := workshop(t, root, "doctor")
		assert.Equal(t, 0, status, stdout)
		assert.Contains(t, doctorLine(t, stdout), " cache=warm ")
	})
	t.Run("without a C compiler and python3 it goes on", func(t *testing.T) {
		t.Setenv("PATH", filepath.Join(goRoot, "bin"))
		t.Setenv("CGO_ENABLED", "0")
		status, stdout, _ := workshop(t, root, "doctor")
		assert.Equal(t, 0, status, stdout)
		assert.Regexp(t, `(?m)^without +python3 +no python3: lesson\.py cannot be run`, stdout)
		assert.Contains(t, doctorLine(t, stdout), " python=no ")
		if runtime.GOOS != "darwin" { // there it needs no C compiler
			assert.Regexp(t, `(?m)^without +race +no C compiler\n +checks go on without it;`, stdout)
			assert.Contains(t, doctorLine(t, stdout), " race=no ")
		}
	})
	t.Run("without modules it says what to do, and prefetch does it", func(t *testing.T) {
		t.Setenv("GOMODCACHE", t.TempDir())
		t.Setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -modcacherw")) // so that it can be deleted
		t.Setenv("GOPROXY", "file://"+filepath.ToSlash(downloads))                  // no network
		status, stdout, _ := workshop(t, root, "doctor")
		assert.Equal(t, 1, status)
		assert.Regexp(t, `(?m)^MISSING +modules +not all are on this machine: \S+@v\S+\n +with a network: go run \./workshop doctor --prefetch$`, stdout)
		assert.Contains(t, doctorLine(t, stdout), " cache=cold ")

		status, stdout, stderr := workshop(t, root, "doctor", "--prefetch")
		assert.Equal(t, 0, status, stdout+stderr)
		assert.Contains(t, stderr, "go: downloading go.uber.org/goleak v1.3.0\n") // a test's, not the lesson's
		assert.Contains(t, doctorLine(t, stdout), " cache=warm ")
	})
	t.Run("without a network prefetch says so", func(t *testing.T) {
		t.Setenv("GOMODCACHE", t.TempDir())
		t.Setenv("GOPROXY", "off")
		status, stdout, stderr := workshop(t, root, "doctor", "--prefetch")
		assert.Equal(t, 1, status)
		assert.Empty(t, stdout)
		assert.Regexp(t, `(?m)^workshop: not everything could be downloaded: .*module lookup disabled`, stderr)
	})
}

// realLessons are the workshop's own lessons.
func realLessons(t *testing.T) []course.Lesson {
	t.Helper()
	root, err := course.Root("..")
	require.NoError(t, err)
	lessons, err := course.Lessons(root)
	require.NoError(t, err)
	return lessons
}

func TestTheTimetablesOfTheRealLessonsKeepTheirPromises(t *testing.T) {
	lessons := realLessons(t)
	for _, hours := range []string{"3", "6", "12", "22"} {
		t.Run(hours, func(t *testing.T) {
			status, stdout, stderr := workshop(t, "..", "schedule", "--json", "--hours", hours)
			require.Equal(t, 0, status, stderr)
			var table room.Timetable
			require.NoError(t, json.Unmarshal([]byte(stdout), &table))
			parts := make(map[int]bool)
			for _, l := range lessons {
				taken := slices.Contains(table.Lessons, l.ID())
				if l.Hours() <= table.Hours {
					assert.True(t, taken, "%s says that a workshop of %d hours has room for it", l.Dir, l.Hours())
				}
				if taken {
					parts[l.Part] = true
				}
			}
			assert.Len(t, parts, lessons[len(lessons)-1].Part, "it does not touch each part")
			assert.Equal(t, "1.1", table.Lessons[0])
			assert.Less(t, table.Spare, table.Hours*60/8, "much of it is without a plan")
			for _, d := range table.Days {
				listening, session := 0, 0
				for _, b := range d.Blocks {
					switch b.Kind {
					case room.Exercise, room.Try, room.Open:
						listening = 0
					case room.Break, room.Lunch:
						listening, session = 0, -b.Minutes
					default:
						listening += b.Minutes
					}
					session += b.Minutes
					assert.LessOrEqual(t, listening, 20, "%s %s", b.Start, b.Lesson)
					assert.LessOrEqual(t, session, 90, "%s %s", b.Start, b.Lesson)
				}
			}
		})
	}
}

// Six hours have a lesson of each topic that the workshop is about.
func TestSixHoursHaveEachTopic(t *testing.T) {
	_, stdout, _ := workshop(t, "..", "schedule", "--json", "--hours", "6")
	var table room.Timetable
	require.NoError(t, json.Unmarshal([]byte(stdout), &table))
	for topic, lessons := range map[string][]string{
		"tasks": {"1.1"}, "cancellation": {"1.2"}, "queue": {"2.1"}, "lock": {"2.2"}, "semaphore": {"2.3"}, "event": {"2.4"},
		"chaining or callbacks": {"3.2", "3.3"}, "handlers": {"3.4", "3.5"}, "shutdown": {"4.2"},
	} {
		taken := slices.ContainsFunc(lessons, func(id string) bool { return slices.Contains(table.Lessons, id) })
		assert.True(t, taken, "no lesson on %s", topic)
	}
}

func TestThePageForARoomShowsTheRealTimetable(t *testing.T) {
	_, stdout, _ := workshop(t, "..", "schedule", "--hours", "3")
	assert.Contains(t, read(t, "docs/workshop.md"), "```text\n$ go run ./workshop schedule --hours 3\n"+stdout+"```\n",
		"docs/workshop.md is stale: it shows another timetable than the command")
}

func TestScheduleIsForPeople(t *testing.T) {
	root := newWorkshop(t)
	status, stdout, stderr := workshop(t, root, "schedule", "--start", "13:30")
	assert.Equal(t, 0, status, stderr)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "3 hours, 1 of 1 lessons.")
	assert.Regexp(t, `(?m)^  13:30  10 min  Welcome\n  13:40  10 min  9\.1  Its topic\n  13:50  10 min +exercise$`, stdout)
	assert.Contains(t, stdout, "\n2 h 00 min are without a plan.\n")

	page := filepath.Join(root, "part9-test/01-first/README.md")
	write(t, page, strings.Replace(read(t, page), "minutes: 20", "minutes: some", 1))
	status, stdout, stderr = workshop(t, root, "schedule")
	assert.Equal(t, 0, status)
	assert.Contains(t, stdout, "3 hours, 0 of 0 lessons.")
	assert.Equal(t, "workshop: part9-test/01-first/README.md does not say how many minutes it takes; left out\n", stderr)
}

func TestNotesAreThePagesOwn(t *testing.T) {
	lessons := realLessons(t)
	status, stdout, stderr := workshop(t, "..", "notes", "create-task", "2.1")
	assert.Equal(t, 0, status, stderr)
	assert.Contains(t, stdout, "1.1 Create a task, ")
	assert.Contains(t, stdout, "\nGoal. Each learner can say who asks a goroutine to stop,")
	assert.Contains(t, stdout, "\nLikely mistakes, and what a test says to each:\n  - ")
	assert.Contains(t, stdout, "\nAsk. What would the story print if main did not call `tasks.Wait()`? The same up to")
	assert.Contains(t, stdout, "\n2.1 Queue, ")
	assert.NotContains(t, stdout, "](")
	assert.NotContains(t, stdout, "**")

	status, stdout, stderr = workshop(t, ".", "notes", "--json")
	assert.Equal(t, 0, status, stderr)
	var all []noted
	require.NoError(t, json.Unmarshal([]byte(stdout), &all))
	assert.Len(t, all, len(lessons))
	assert.Contains(t, all[0].Notes, "**Goal.**")
	assert.NotEmpty(t, all[0].Mistakes)
}

func TestReport(t *testing.T) {
	root := newWorkshop(t)
	class := t.TempDir()
	answers := map[string]string{"ada": "_solution/exercise.go", "bob": "_wrong/b.go", "eve": "_stub/exercise.go"}
	for name, answer := range answers {
		copied := filepath.Join(class, name, "asyncio-to-go")
		require.NoError(t, os.CopyFS(copied, os.DirFS(root)))
		exercise := filepath.Join(copied, "part9-test/01-first/exercise")
		write(t, filepath.Join(exercise, "exercise.go"), read(t, filepath.Join(exercise, answer)))
		if name != "eve" {
			workshop(t, copied, "check", "first")
		}
	}
	dir := func(name string) string { return filepath.Join(class, name, "asyncio-to-go") }

	t.Run("of folders", func(t *testing.T) {
		status, stdout, stderr := workshop(t, root, "report", dir("ada"), dir("bob"), dir("eve"))
		assert.Equal(t, 0, status)
		assert.Empty(t, stderr)
		assert.Regexp(t, `^name +right +where +last check +failing
bob +0 of 1 +9\.1 Its topic +\d\d:\d\d +TestReturnsTheCauseAsSoonAsCtxEnds
eve +0 of 1 +9\.1 Its topic +never +
ada +1 of 1 +all are right +\d\d:\d\d +

What fails most, and where its likely mistakes stand:
1 of 3   9\.1 TestReturnsTheCauseAsSoonAsCtxEnds   part9-test/01-first/notes\.md
$`, stdout)
	})
	t.Run("of what doctor printed", func(t *testing.T) {
		lines := []string{"Good morning", ""}
		for _, name := range []string{"ada", "bob"} {
			_, stdout, _ := workshop(t, dir(name), "doctor", "--name", name)
			lines = append(lines, "[10:00] "+name+": "+doctorLine(t, stdout)+"\r")
		}
		const eve = "asyncio-to-go 1 name=eve race=no python=no cache=cold "
		lines = append(lines, eve+"at=9.9", eve+"at=9.1") // she counts by the last
		file := filepath.Join(class, "class.txt")
		write(t, file, strings.Join(lines, "\n"))

		status, stdout, stderr := workshop(t, root, "report", file)
		assert.Equal(t, 0, status)
		assert.Equal(t, "workshop: 1 line is not of doctor: "+file+":1 \"Good morning\"\n", stderr)
		assert.Regexp(t, `(?m)^bob +0 of 1 +9\.1 Its topic +\d\d:\d\d +TestReturnsTheCauseAsSoonAsCtxEnds$`, stdout)
		assert.Regexp(t, `(?m)^ada +1 of 1 +all are right `, stdout)
		assert.Regexp(t, `(?m)^eve +0 of 1 +9\.1 Its topic `, stdout)
		assert.Contains(t, stdout, "\nNot ready to go offline (doctor --prefetch): eve\n")

		before := os.Stdin
		t.Cleanup(func() { os.Stdin = before })
		var err error
		os.Stdin, err = os.Open(file)
		require.NoError(t, err)
		t.Cleanup(func() { _ = os.Stdin.Close() })
		status, stdout, _ = workshop(t, root, "report", "-", "--json")
		assert.Equal(t, 0, status)
		var table classTable
		require.NoError(t, json.Unmarshal([]byte(stdout), &table))
		assert.Len(t, table.People, 3)
		assert.Equal(t, []noLine{{"standard input", room.Stray{Line: 1, Text: "Good morning"}}}, table.NoLines)
		assert.Equal(t, []string{"bob"}, table.Failing[0].People)
		assert.Equal(t, "part9-test/01-first/notes.md", table.Failing[0].Page)
	})
	t.Run("of a line that was cut off", func(t *testing.T) {
		file := filepath.Join(class, "cut.txt")
		write(t, file, "asyncio-to-go 1 name=joe go=1.26.8 os=linux/amd64 race=yes p")
		status, stdout, _ := workshop(t, root, "report", file)
		assert.Equal(t, 0, status)
		assert.Regexp(t, `(?m)^joe +0 of 1 +\? +never +the line is cut off$`, stdout)
	})
	t.Run("of what other machines write", func(t *testing.T) {
		line := []rune("asyncio-to-go 1 name=Zoë race=yes at=9.1 checks=1 failing=TestReturnsTheCauseAsSoonAsCtxEnds end\r\n")
		utf16le, utf16be := []byte{}, []byte{0xfe, 0xff}
		for _, r := range line {
			utf16le, utf16be = append(utf16le, byte(r), 0), append(utf16be, 0, byte(r)) // letters of Latin-1
		}
		latin1 := make([]byte, len(line))
		for i, r := range line {
			latin1[i] = byte(r)
		}
		for name, data := range map[string][]byte{
			"utf16le.txt": utf16le, "utf16be.txt": utf16be, "latin1.txt": latin1,
			"spaces.txt": []byte(strings.ReplaceAll(string(line), " ", "\u00a0")),
			"folded.txt": []byte(string(line[:60]) + "\n" + string(line[60:])),
		} {
			write(t, filepath.Join(class, name), string(data))
			status, stdout, stderr := workshop(t, root, "report", filepath.Join(class, name))
			assert.Equal(t, 0, status, name)
			assert.Empty(t, stderr, name)
			assert.Regexp(t, `(?m)^Zoë +0 of 1 +9\.1 Its topic +never +TestReturnsTheCauseAsSoonAsCtxEnds$`, stdout, name)
		}
	})
	t.Run("a broken file of a learner stays where it is", func(t *testing.T) {
		write(t, filepath.Join(dir("bob"), ".workshop/progress.json"), "{")
		status, stdout, _ := workshop(t, root, "report", dir("ada"), dir("bob"))
		assert.Equal(t, 0, status)
		assert.Regexp(t, `(?m)^bob .* progress\.json is broken$`, stdout)
		assert.Equal(t, "{", read(t, filepath.Join(dir("bob"), ".workshop/progress.json")))
	})
	t.Run("of no line", func(t *testing.T) {
		file := filepath.Join(class, "none.txt")
		write(t, file, "\x00\x01\x02\nhello\n")
		status, stdout, stderr := workshop(t, root, "report", file)
		assert.Equal(t, 1, status)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, `workshop: 2 lines are not of doctor: `+file+`:1 "\x00\x01\x02", `+file+`:2 "hello"`)
		assert.Contains(t, stderr, "workshop: no line of doctor in "+file+"\n")
	})
}

func TestWrongUseForARoomEndsWithStatus2AndOneLine(t *testing.T) {
	elsewhere := t.TempDir()
	endless := filepath.Join(elsewhere, "endless.txt")
	write(t, endless, strings.Repeat("x", 2<<20))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"schedule", "--hours", "0"}, "--hours 0: a workshop takes 1 to 24"},
		{[]string{"schedule", "--hours", "1000"}, "--hours 1000: a workshop takes 1 to 24"},
		{[]string{"schedule", "--hours", "-3"}, "--hours -3: a workshop takes 1 to 24"},
		{[]string{"schedule", "--hours", "three"}, `--hours "three": it takes a whole number`},
		{[]string{"schedule", "--hours", "3.5"}, `--hours "3.5": it takes a whole number`},
		{[]string{"schedule", "--hours", "99999999999999999999"}, `--hours "99999999999999999999": it takes a smaller number`},
		{[]string{"schedule", "--hours"}, "--hours needs a value: how long it is"},
		{[]string{"schedule", "--lunch", "noon"}, `--lunch "noon": it takes a whole number`},
		{[]string{"schedule", "--start", "25:00"}, `"25:00" is no time of day, such as 09:00`},
		{[]string{"schedule", "--lunch", "-1"}, "--lunch -1: it takes 0 to 180 minutes"},
		{[]string{"schedule", "3"}, `"3" is too much; usage: go run ./workshop schedule`},
		{[]string{"report"}, "report needs DIR|FILE|-...; usage: go run ./workshop report DIR|FILE|-..."},
		{[]string{"report", elsewhere}, elsewhere + " is no workshop: it has no go.work, or no lessons"},
		{[]string{"report", filepath.Join(elsewhere, "none")}, "none"},
		{[]string{"report", endless}, "endless.txt cannot be read"},
		{[]string{"notes", "cancle"}, `no such lesson: "cancle"`},
		{[]string{"doctor", "me"}, `"me" is too much; usage: go run ./workshop doctor`},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			status, stdout, stderr := workshop(t, "..", c.args...)
			assert.Equal(t, 2, status)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.want)
			assert.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
			assert.NotContains(t, stderr, "strconv")
		})
	}
}
