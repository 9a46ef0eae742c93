package lesson

import (
	"fmt"
	"reflect"
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
