package lesson

import (
	"fmt"
	"reflect"
	"strings"
)

// Quote is how a test's message shows an error: quoted, or "no error". It says of a
// nil pointer in an error what it is, because its text would be "<nil>".
func Quote(err error) string {
	if err == nil {
		return "no error"
	}
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Sprintf("a nil %T, which as an error is not nil", err)
	}
	return fmt.Sprintf("%q", err)
}

// A ListError is an error for a test. It lists all that is wrong, as the errors of some
// libraries do, so that == and the key of a map fail on it.
type ListError []string

func (e ListError) Error() string { return strings.Join(e, ", ") }
