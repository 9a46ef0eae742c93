package course

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answered is a bench with an answer of these files.
func answered(t *testing.T, files map[string]string) *bench {
	t.Helper()
	b := &bench{files: make(map[string]string)}
	dir := t.TempDir()
	for name, text := range files {
		b.files[name] = filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		require.NoError(t, os.WriteFile(b.files[name], []byte(text), 0o644))
	}
	return b
}

func TestAMessageThatRepeatsIsShownOnceWithItsCount(t *testing.T) {
	b := answered(t, nil)
	output := "=== RUN   TestA\n" + strings.Repeat("    exercise_test.go:5: f was called again\n", 16709) + "--- FAIL: TestA (0.00s)\n"
	assert.Equal(t, "exercise_test.go:5: f was called again\n(16,709 times)", b.message("TestA", output, ""))

	output = "    exercise_test.go:9: first\n    exercise_test.go:5: at 1s\n    exercise_test.go:5: at 2s\n        and more\n    exercise_test.go:5: at 3s\n"
	assert.Equal(t, "exercise_test.go:9: first\nexercise_test.go:5: at 1s\n(and 2 more like it)", b.message("TestA", output, ""))

	output = "    exercise_test.go:5: at 1s\n    exercise_test.go:5: at 2s\n    exercise_test.go:5: at 1s\n"
	assert.Equal(t, "exercise_test.go:5: at 1s\n(and 2 more like it)", b.message("TestA", output, ""), "one of them says something else")

	assert.Equal(t, "a (2 times)\nb (1,000 times)\nc", fold(slices.Concat([]string{"a", "a"}, slices.Repeat([]string{"b"}, 1000), []string{"c"})))
	assert.Equal(t, "999", thousands(999))
	assert.Equal(t, "1,234,567", thousands(1234567))
	assert.Equal(t, "printed:\nhello (3 times)\nend", "printed:\n"+b.message("TestA", "hello\nhello\nhello\nend\n", ""))
}

func TestTheFirstCauseStandsOnTop(t *testing.T) {
	b := answered(t, nil)
	output := "noise\nloading...    exercise_test.go:5: it leaks\n        in two lines\nmore noise\n    exercise_test.go:9: and so it fails\n"
	assert.Equal(t, "exercise_test.go:5: it leaks\n    in two lines\nexercise_test.go:9: and so it fails\nprinted:\nnoise\nloading...\nmore noise", b.message("TestA", output, ""))
	assert.True(t, strings.HasPrefix(b.message("TestA", output, "panic: boom"), "panic: boom\nexercise_test.go:5: it leaks\n"))
}

func TestAnAbsentErrorIsNoError(t *testing.T) {
	assert.Equal(t, "exercise_test.go:5: Every returned no error", answered(t, nil).message("TestA", "    exercise_test.go:5: Every returned %!q(<nil>)\n", ""))
}

func TestControlCharactersAreShown(t *testing.T) {
	assert.Equal(t, `\x1b[2J\x1b[Hred\a\b`, Printable("\x1b[2J\x1b[Hred\a\b"))
	assert.Equal(t, `a\u202ea\u009b\x7f`, Printable("a\u202ea\u009b\x7f"))
	assert.Equal(t, "naïve 日本\ttab\nline", Printable("naïve 日本\ttab\r\nline"))
	assert.Equal(t, `it's in C:\temp`, Printable(`it's in C:\temp`), "what is no control character stays")
	assert.Equal(t, `over\rwritten`, Printable("over\rwritten"))
	long := Printable(strings.Repeat("ä", 3000) + "\n" + strings.Repeat("y", 2000))
	assert.Equal(t, strings.Repeat("ä", 2000)+" [this line is longer than 2,000 letters]\n"+strings.Repeat("y", 2000), long)
}

func TestAnObjectMadeOutsideTheBubbleIsNamed(t *testing.T) {
	const waits = "hang: a goroutine waits for a channel that was made outside the bubble:\n      f (exercise.go:LINE): waits\n"
	for name, c := range map[string]struct {
		answer, line, want string
	}{
		"a WaitGroup":          {"import \"sync\"\n\nvar limit = 3\nvar wg sync.WaitGroup\n\nfunc f() {\n\twg.Wait()\n}\n", "9", "wg is a variable of the package (exercise.go:6): "},
		"a channel":            {"var done = make(chan int)\n\nfunc f() {\n\t<-done\n}\n", "6", "done is a variable of the package (exercise.go:3): "},
		"in a map":             {"import \"time\"\n\nvar n int\nvar timers = map[string]*time.Timer{}\n\nfunc f(k string) {\n\tt := timers[k]\n\t<-t.C\n}\n", "10", "timers is a variable of the package (exercise.go:6): "},
		"in a struct":          {"import \"sync\"\n\nvar p pool\n\ntype pool struct{ wg sync.WaitGroup }\n\nfunc (p *pool) f() {\n\tp.wg.Wait()\n}\n", "10", "p is a variable of the package (exercise.go:5): "},
		"in a group":           {"import \"sync\"\n\nvar (\n\tonce sync.Once\n\tc    chan int\n)\n\nfunc f() { once.Do(func() { c = make(chan int) }); <-c }\n", "10", "c is a variable of the package (exercise.go:7): "},
		"in a select":          {"import (\n\t\"sync\"\n\t\"time\"\n)\n\nvar (\n\tonce sync.Once\n\ttick *time.Ticker\n\tstop chan int\n)\n\nfunc f() {\n\tonce.Do(func() { tick = time.NewTicker(1) })\n\tselect {\n\tcase <-tick.C:\n\t}\n\t<-stop\n}\n", "16", "tick is a variable of the package (exercise.go:10): "},
		"a local of this name": {"var c = make(chan int)\n\nfunc f() {\n\tc := make(chan int)\n\t<-c\n}\n", "7", "c is a variable of the package (exercise.go:3): "}, // the only one that can be meant
	} {
		t.Run(name, func(t *testing.T) {
			b := answered(t, map[string]string{"exercise.go": "package exercise\n\n" + c.answer})
			message := b.outside(strings.Replace(waits, "LINE", c.line, 1))
			assert.True(t, strings.HasPrefix(message, c.want), message)
			assert.Contains(t, message, "Make it inside the function")
		})
	}
	named := func(line string, files map[string]string) string {
		for name, text := range files {
			files[name] = "package exercise\n\n" + text
		}
		said := strings.Replace(waits, "LINE", line, 1)
		message := answered(t, files).outside(said)
		name, _, ok := strings.Cut(message, " is a variable of the package")
		if !ok {
			require.Equal(t, said, message)
			return "none"
		}
		return name
	}
	for want, files := range map[string]map[string]string{ // line 8 waits
		"stop":                       {"exercise.go": "func f() {}\n\n\n\n\n\n", "other.go": "var stop = make(chan int)\n\nvar n int\n"},
		"the only one":               {"exercise.go": "func f() {}\n", "other.go": "var the_only_one int\n"},
		"own":                        {"exercise.go": "var own, other chan int\n\nfunc f() {\n\t_ = other\n\n\t<-own\n}\n"},
		"the one in the line":        {"exercise.go": "var c chan int\nvar the_one_in_the_line pool\nfunc f() {\n\t<-c\n\n\tthe_one_in_the_line.get()\n}\n"},
		"the timely one in the line": {"exercise.go": "var n int\nvar the_timely_one_in_the_line chan int\nfunc f() {\n\n\n\tn = <-the_timely_one_in_the_line\n}\n"},
		"the nearest above":          {"exercise.go": "var c, the_nearest_above chan int\nfunc f() {\n\t<-c\n\tc := the_nearest_above\n\n\tg()\n\n\n}\n"},
		"the nearest below":          {"exercise.go": "var c, the_nearest_below chan int\nfunc f() {\n\t<-c\n\n\n\tg(\n\t\tthe_nearest_below)\n}\n"},
		"before another function":    {"exercise.go": "var c, before_another_function chan int\nfunc f() {\n\t<-before_another_function\n\n\n\tg() }\nfunc h() { <-c }\n"},
		"behind another function":    {"exercise.go": "var c, behind_another_function chan int\n\n\nfunc g() { <-c }\nfunc f() {\n\th()\n\n\n\n<-behind_another_function\n}\n"},
		"on one line":                {"exercise.go": "var c, on_one_line chan int\n\n\n\n\nfunc f() { <-on_one_line }\n", "a/a.go": "var d chan int\n"},
		"first in the line":          {"exercise.go": "var c chan int\nvar first_in_the_line pool\nfunc f() {\n\n\n\tfirst_in_the_line.get()\n\t<-c\n}\n"},
		"no namesake":                {"exercise.go": "var c, no_namesake chan int\nfunc f() {\n\t_ = no_namesake\n\tc := make(chan int)\n\n\t<-c\n}\n"},
		"none":                       {"exercise.go": "func f() {}\n", "other.go": "var a, b int\n", "sub/a.go": "var c chan int\n"},
		"of another file":            {"exercise.go": "func f() {\n\n\n\n\n\t<-of_another_file\n}\n", "other.go": "var c, of_another_file chan int\n"},
	} {
		assert.Equal(t, strings.ReplaceAll(want, " ", "_"), named("8", files), files)
	}
	assert.Equal(t, "c", named("4", map[string]string{"exercise.go": "\nfunc f() { <-c }\n", "other.go": "var n int\n\nvar c = make(chan int)\n"}))
	assert.Equal(t, "none", named("4", map[string]string{"exercise.go": "func f() {\n\t<-c\n", "other.go": "var c chan int\n"}), "saved meanwhile")
	b := answered(t, map[string]string{"exercise.go": "package exercise\n\nvar c chan int\n\nfunc f() { <-c }\n"})
	assert.True(t, strings.HasPrefix(b.outside("exercise_test.go:1: "+strings.Replace(waits, "LINE", "5", 1)), "c is a variable"), "another file is named first")
	const same = "exercise_test.go:5: it leaks at exercise.go:3"
	assert.Equal(t, same, b.outside(same), "nothing is said of a bubble")
}

// The variable of a race is what its line writes or, where it only reads or a method writes, what stands in it.
func TestTheNamesOfALineAreThoseOfItsSource(t *testing.T) {
	for line, want := range map[string]struct{ written, read []string }{
		"n = m":                             {[]string{"n"}, []string{"n", "m"}},
		"a, b := c, d":                      {[]string{"a", "b"}, []string{"a", "b", "c", "d"}},
		"n++":                               {[]string{"n"}, []string{"n"}},
		"s.count += s.step":                 {[]string{"s.count"}, []string{"s.count", "s", "s.step"}},
		"go func() { n = m }()":             {[]string{"n"}, []string{"n", "m"}},
		"s.count--":                         {[]string{"s.count"}, []string{"s.count", "s"}},
		"list[i] = v":                       {[]string{"list"}, []string{"list", "i", "v"}},
		"(*p)[1:2][0], _ = v, nil":          {[]string{"p"}, []string{"p", "v"}},
		"for k, v := range m {":             {[]string{"k", "v"}, []string{"k", "v", "m"}},
		"for range m {":                     {[]string{"m"}, []string{"m"}},
		"for k := range m {":                {[]string{"k"}, []string{"k", "m"}},
		"delete(m, k)":                      {[]string{"m"}, []string{"m", "k"}},
		"copy(to, from)":                    {[]string{"to"}, []string{"to", "from"}},
		"clear(m)":                          {[]string{"m"}, []string{"m"}},
		"keep(m, k)":                        {[]string{"m", "k"}, []string{"m", "k"}}, // no builtin: whatever it is given
		"s.list.Add(x, y)":                  {[]string{"s.list", "s", "x", "y"}, []string{"s.list", "s", "x", "y"}},
		"return true, false, nil":           {nil, nil},
		"x = f(func() {":                    {[]string{"x"}, []string{"x"}},
		"if n := len(m); n > 0 {":           {[]string{"n"}, []string{"n", "m"}},
		"panic(7)":                          {nil, nil},
		"_ = f()":                           {nil, nil},
		"m[k].n, m[k].n = 1, 2":             {[]string{"m[k].n"}, []string{"m[k].n", "m", "k"}},
		"var total = first + second":        {[]string{"total", "first", "second"}, []string{"total", "first", "second"}},
		"total = 1 /* not other = 2 */ + k": {[]string{"total"}, []string{"total", "k"}},
	} {
		t.Run(line, func(t *testing.T) {
			source := "package exercise\n\nfunc f() {\n\tbefore = 1\n\t" + line + "\n"
			if strings.HasSuffix(line, "{") {
				source += "\t\tinside = 2\n\t}" + strings.Repeat(")", strings.Count(line, "(func"))
			}
			b := answered(t, map[string]string{"exercise.go": source + "\n\tbehind = 3\n}\n"})
			file := filepath.Join(b.lesson.path("exercise"), "exercise.go")
			assert.Equal(t, want.written, b.names(file, 5, true), "written")
			assert.Equal(t, want.read, b.names(file, 5, false), "in the line")
			assert.Equal(t, []string{"before"}, b.names(file, 4, true))
		})
	}
	b := answered(t, map[string]string{"exercise.go": "package exercise\n\nfunc f() {\n\tn = 1\n\tn = = 2\n}\n", "none.go": ""})
	place := func(name string) string { return filepath.Join(b.lesson.path("exercise"), name) }
	assert.Equal(t, []string{"n"}, b.names(place("exercise.go"), 4, true), "before a mistake of syntax")
	assert.Empty(t, b.names(place("none.go"), 1, true))
	assert.Empty(t, b.names(filepath.Join(t.TempDir(), "gone.go"), 1, true))
	assert.Equal(t, place("another.go"), b.source(place("another.go")), "it is not of the answer")
}

func TestAnEmptyLoopIsNamedByItsFirstLine(t *testing.T) {
	b := answered(t, map[string]string{"exercise.go": "package exercise\n\nfunc f() {\n\tfor {\n\t}\n}\n"})
	assert.Equal(t, "hang:\n f (exercise.go:4): runs", b.loops("hang:\n f (exercise.go:5): runs"))
	for _, same := range []string{"f (exercise.go:9): runs", "f (other.go:5): runs"} {
		assert.Equal(t, same, b.loops(same))
	}
	b = answered(t, map[string]string{"exercise.go": "package exercise\n\nfunc f() {\n\tfor {\n\t\tg()\n\t}\n}\n"})
	assert.Equal(t, "f (exercise.go:6): runs", b.loops("f (exercise.go:6): runs"), "it has a statement, whose line the runtime names")
}

func TestMemoryIsAGibibyteUnlessSet(t *testing.T) {
	for set, want := range map[string]int64{
		"": 1 << 30, "512MiB": 512 << 20, "4GiB": 4 << 30, "2G": 2 << 30, "64K": 64 << 10, "96 KiB ": 96 << 10, "1000": 1000, "7B": 7, "0": 0, "much": 1 << 30, "-1": 1 << 30,
	} {
		t.Setenv("WORKSHOP_MEMORY", set)
		assert.Equal(t, want, Memory(), set)
	}
	for n, want := range map[int64]string{1 << 30: "1 GiB", 3 << 30: "3 GiB", 512 << 20: "512 MiB", 1536 << 20: "1536 MiB", 0: "0 MiB"} {
		assert.Equal(t, want, humanMemory(n))
	}
}
