package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARowIsTheRatioOfTheMedians(t *testing.T) {
	found := parse(strings.NewReader(`goos: linux
BenchmarkGather100/tasks-2         	    4142	     23000 ns/op	    8384 B/op	     105 allocs/op
BenchmarkGather100/tasks-2         	    4142	     90000 ns/op	    8384 B/op	     105 allocs/op
BenchmarkGather100/tasks-2         	    4142	     24000 ns/op	    8384 B/op	     105 allocs/op
BenchmarkGather100/errgroup-2      	    4142	     30000 ns/op
BenchmarkQueue/1x1/Queue 	     100	   40000 ns/op	        51.00 ns/item
BenchmarkQueue/1x1/channel 	     100	   40000 ns/op	        50.00 ns/item
BenchmarkQueue/1x1/channel 	     100	   40000 ns/op	        52.00 ns/item
PASS
`))
	require.Equal(t, "| Gather | 24 µs | 30 µs | 0.80 | 1 |",
		row{"Gather", "Gather100/tasks", "Gather100/errgroup", "ns/op", 1}.format(found))
	require.Equal(t, "| Gather | 24 µs | 30 µs | **0.80** | 0.7 |",
		row{"Gather", "Gather100/tasks", "Gather100/errgroup", "ns/op", 0.7}.format(found), "a missed target is bold")
	require.Equal(t, "| Queue | 51 ns | 51 ns | 1.00 |  |",
		row{"Queue", "Queue/1x1/Queue", "Queue/1x1/channel", "ns/item", 0}.format(found), "the median of two is their mean; no target")
}

// A benchmark that was renamed would otherwise be a row of zeros.
func TestEachRowNamesBenchmarksThatAreThere(t *testing.T) {
	for _, s := range suites {
		files, err := filepath.Glob(filepath.Join("../..", s.module, s.pkg, "*bench_test.go"))
		require.NoError(t, err)
		var source strings.Builder
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			source.Write(text)
		}
		for _, r := range s.rows {
			for _, name := range []string{r.ours, r.beside} {
				function, _, _ := strings.Cut(name, "/")
				require.Contains(t, source.String(), "func Benchmark"+function+"(", "%s has no such benchmark", s.pkg)
			}
		}
	}
}
