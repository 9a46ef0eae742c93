package lesson

import "fmt"

// Quote is how a test's message shows an error: quoted, or "no error".
func Quote(err error) string {
	if err == nil {
		return "no error"
	}
	return fmt.Sprintf("%q", err)
}
