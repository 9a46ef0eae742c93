// Command benchmarks measures what the packages cost beside what you would write by hand, and prints the result as the table of
// docs/benchmarks.md.
//
//	go run ./workshop/benchmarks                  all rows, which takes some three minutes
//	go run ./workshop/benchmarks locks queues     the rows of these packages
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A row compares two benchmarks of one package, in one unit.
type row struct {
	name         string
	ours, beside string // names of benchmarks, without "Benchmark"
	unit         string
	target       float64 // of the ratio; 0: none
}

// A suite is the rows of one package.
type suite struct {
	module, pkg string
	rows        []row
}

var suites = []suite{
	{"part1-tasks", "tasks", []row{
		{"Go and Wait, cancellable ctx", "GoWait/cancellable/tasks", "GoWait/cancellable/channel-select-cancel", "ns/op", 1},
		{"Go and Wait, background", "GoWait/background/tasks", "GoWait/background/channel-select-cancel", "ns/op", 1},
		{"Group of 1", "Group/n=1/tasks", "Group/n=1/errgroup", "ns/op", 1.25},
		{"Group of 10", "Group/n=10/tasks", "Group/n=10/errgroup", "ns/op", 1.25},
		{"Group of 1,000", "Group/n=1000/tasks", "Group/n=1000/errgroup", "ns/op", 1.25},
		{"Group of 1,000, SetLimit(8)", "Limit/tasks", "Limit/errgroup", "ns/op", 0},
		{"Gather of 1,000, Limit(8)", "Limit/gather/tasks", "Limit/gather/errgroup", "ns/op", 0},
		{"Gather of 100", "Gather100/tasks", "Gather100/errgroup", "ns/op", 1},
		{"cancel 10,000, beside one context and a WaitGroup", "Cancel10000/tasks", "Cancel10000/waitgroup", "ns/op", 4},
		{"a parked task, beside a goroutine", "Parked/tasks", "Parked/goroutine", "bytes/task", 1.2},
		{"a task, of 1,000 at once", "Scale/n=1000/tasks", "Scale/n=1000/waitgroup", "ns/task", 2},
		{"a task, of 10,000", "Scale/n=10000/tasks", "Scale/n=10000/waitgroup", "ns/task", 2},
		{"a task, of 100,000", "Scale/n=100000/tasks", "Scale/n=100000/waitgroup", "ns/task", 2},
		{"a task, of 1,000,000", "Scale/n=1000000/tasks", "Scale/n=1000000/waitgroup", "ns/task", 2},
	}},
	{"part2-queues-locks", "locks", []row{
		{"Lock, beside sync.Mutex", "Uncontended/Lock/background", "Uncontended/sync.Mutex", "ns/op", 1.5},
		{"Lock, cancellable ctx", "Uncontended/Lock/cancellable", "Uncontended/sync.Mutex", "ns/op", 1.5},
		{"Lock, contended, beside semaphore.Weighted", "Contended/Lock/background", "Contended/semaphore/background", "ns/op", 0.7},
		{"Condition, beside sync.Cond", "PingPong/Condition/background", "PingPong/sync.Cond", "ns/op", 3},
		{"Condition, cancellable ctx", "PingPong/Condition/cancellable", "PingPong/sync.Cond", "ns/op", 3},
		{"Wait on a set Event, beside a select", "Set/Event", "Set/close(chan)/select", "ns/op", 0.4},
		{"waking 10,000, beside close(chan)", "Wake10000/Event/cancellable", "Wake10000/close(chan)/select/cancellable", "ns/op", 1.2},
	}},
	{"part2-queues-locks", "queues", []row{
		{"Queue 1x1, beside a channel and select", "Queue/1x1/Queue", "Queue/1x1/channel", "ns/item", 0.6},
		{"Queue 4x4", "Queue/4x4/Queue", "Queue/4x4/channel", "ns/item", 0.6},
	}},
	{"part3-errors", "supervisor", []row{
		{"one more Go, beside errgroup", "GoOneMore/supervisor", "GoOneMore/errgroup", "ns/op", 1.5},
		{"New, Go for 1, Stop", "Go/n=1/supervisor", "Go/n=1/errgroup", "ns/op", 0},
		{"New, Go for 10, Stop", "Go/n=10/supervisor", "Go/n=10/errgroup", "ns/op", 1.5},
		{"New, Go for 1,000, Stop", "Go/n=1000/supervisor", "Go/n=1000/errgroup", "ns/op", 1.5},
		{"stopping 10,000", "Stop10000/stop/supervisor", "Stop10000/stop/errgroup", "ns/op", 1.2},
	}},
}

func main() {
	count := flag.Int("count", 5, "measure each benchmark so often; the median counts")
	long := flag.Duration("time", 100*time.Millisecond, "each time for so long")
	flag.Usage = func() {
		_, _ = fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./workshop/benchmarks [-count N] [-time D] [PACKAGE…]")
		flag.PrintDefaults()
	}
	flag.Parse()
	for _, name := range flag.Args() {
		if !slices.ContainsFunc(suites, func(s suite) bool { return s.pkg == name }) {
			fmt.Fprintf(os.Stderr, "benchmarks: no package %q; there are tasks, locks, queues and supervisor\n", name)
			os.Exit(2)
		}
	}
	fmt.Printf("%s %s/%s, %d processors; medians of %d\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), *count)
	fmt.Print("| | here | beside | ratio | target |\n|---|---|---|---|---|\n")
	for _, s := range suites {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), s.pkg) {
			continue
		}
		found, err := s.measure(*count, *long)
		if err != nil {
			fmt.Fprintln(os.Stderr, "benchmarks:", err)
			os.Exit(1)
		}
		for _, r := range s.rows {
			fmt.Println(r.format(found))
		}
	}
}

// measure runs the benchmarks of the rows.
func (s suite) measure(count int, long time.Duration) (map[string][]float64, error) {
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", s.pattern(), "-count", strconv.Itoa(count), //nolint:noctx // Ctrl-C ends both
		"-benchtime", long.String(), "-timeout", "1h", "./"+s.pkg)
	cmd.Dir = s.module
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w\n%s", strings.Join(cmd.Args, " "), cmd.Dir, err, out)
	}
	return parse(strings.NewReader(string(out))), nil
}

// pattern matches the functions of all benchmarks that the rows name.
func (s suite) pattern() string {
	var functions []string
	for _, r := range s.rows {
		for _, name := range []string{r.ours, r.beside} {
			function, _, _ := strings.Cut(name, "/")
			functions = append(functions, function)
		}
	}
	slices.Sort(functions)
	return "^Benchmark(" + strings.Join(slices.Compact(functions), "|") + ")$"
}

// result is a line of go test -bench: a name, how often it ran, and values with their units.
var result = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// parse reads what go test -bench prints: all values, by name and unit.
func parse(out io.Reader) map[string][]float64 {
	found := make(map[string][]float64)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		m := result.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		for pair := range slices.Chunk(strings.Fields(m[2]), 2) {
			if value, err := strconv.ParseFloat(pair[0], 64); err == nil && len(pair) == 2 {
				key := path.Join(m[1], pair[1])
				found[key] = append(found[key], value)
			}
		}
	}
	return found
}

// format is the row's line in the table. A ratio that misses its target is bold.
func (r row) format(found map[string][]float64) string {
	ours, beside := median(found[path.Join(r.ours, r.unit)]), median(found[path.Join(r.beside, r.unit)])
	ratio, target := fmt.Sprintf("%.2f", ours/beside), ""
	if r.target > 0 {
		target = strconv.FormatFloat(r.target, 'g', -1, 64)
		if ours/beside > r.target {
			ratio = "**" + ratio + "**"
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |", r.name, r.value(ours), r.value(beside), ratio, target)
}

// value writes nanoseconds in the unit that reads best.
func (r row) value(v float64) string {
	if !strings.HasPrefix(r.unit, "ns/") {
		return fmt.Sprintf("%.0f %s", v, r.unit)
	}
	for _, unit := range []string{"ns", "µs"} {
		if v < 1000 {
			return fmt.Sprintf("%.3g %s", v, unit)
		}
		v /= 1000
	}
	return fmt.Sprintf("%.3g ms", v)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}
