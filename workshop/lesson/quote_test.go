package lesson_test

import (
	"errors"
	"io/fs"
	"testing"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestQuoteShowsWhatAnErrorIs(t *testing.T) {
	var typed *fs.PathError
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "no error"},
		{errors.New("disk full"), `"disk full"`},
		{typed, "a nil *fs.PathError, which as an error is not nil"},
	} {
		if got := lesson.Quote(c.err); got != c.want {
			t.Errorf("Quote(%T) is %s, not %s", c.err, got, c.want)
		}
	}
}
