package course

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Memory is how much memory a check allows an answer, in bytes: 1 GiB, or what
// WORKSHOP_MEMORY says, such as 512MiB or 4GiB. 0 is no limit.
func Memory() int64 {
	const usual = 1 << 30
	set := strings.TrimSpace(os.Getenv("WORKSHOP_MEMORY"))
	digits := strings.TrimRight(set, "KMGTiB ")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 {
		return usual
	}
	switch strings.TrimSpace(set[len(digits):]) {
	case "", "B":
		return n
	case "K", "KB", "KiB":
		return n << 10
	case "M", "MB", "MiB":
		return n << 20
	case "G", "GB", "GiB":
		return n << 30
	default:
		return usual
	}
}

func humanMemory(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
