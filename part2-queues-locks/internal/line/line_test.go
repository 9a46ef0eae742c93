package line_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.com/asyncio-to-go/part2-queues-locks/internal/line"
)

func values(l *line.Line[int]) []int {
	var all []int
	for p := l.First(); p != nil; p = p.Next() {
		all = append(all, p.Value)
	}
	return all
}

// A line does what a slice does, whatever is pushed, popped and removed.
func TestLineIsASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l, other line.Line[int]
		var model []*line.Place[int]
		var gone []*line.Place[int]
		count := 0
		t.Repeat(map[string]func(*rapid.T){
			"Push": func(*rapid.T) {
				p := &line.Place[int]{Value: count}
				count++
				l.Push(p)
				model = append(model, p)
			},
			"Push again": func(t *rapid.T) {
				if len(gone) == 0 {
					t.Skip("none has left")
				}
				p := gone[0]
				gone = gone[1:]
				l.Push(p)
				model = append(model, p)
			},
			"Pop": func(t *rapid.T) {
				p := l.Pop()
				if len(model) == 0 {
					require.Nil(t, p)
					return
				}
				require.Same(t, model[0], p)
				model, gone = model[1:], append(gone, p)
			},
			"Remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("empty")
				}
				i := rapid.IntRange(0, len(model)-1).Draw(t, "place")
				p := model[i]
				require.False(t, other.Remove(p), "it is in another line")
				require.True(t, p.In(&l))
				require.True(t, l.Remove(p))
				require.False(t, l.Remove(p), "it has left")
				require.False(t, p.In(&l))
				require.Nil(t, p.Next(), "it keeps the rest alive")
				model, gone = slices.Delete(model, i, i+1), append(gone, p)
			},
			"": func(t *rapid.T) {
				var want []int
				for _, p := range model {
					want = append(want, p.Value)
				}
				require.Equal(t, want, values(&l))
			},
		})
	})
}
