package lesson

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLinesOfARunStandByTimeThenByTaskThenAsTheyWereSaid(t *testing.T) {
	assert.Equal(t,
		[]RunLine{{At: 1, Task: "a", Text: "first"}, {At: 1, Task: "a", Text: "second"}, {At: 1, Task: "b"}, {At: 2, Task: "a"}, {At: 3, Task: "main"}},
		inOrder([]RunLine{{At: 3, Task: "main"}, {At: 2, Task: "a"}, {At: 1, Task: "b"}, {At: 1, Task: "a", Text: "first"}, {At: 1, Task: "a", Text: "second"}}))
}
