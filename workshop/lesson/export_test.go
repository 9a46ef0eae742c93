package lesson

import "time"

// SetPatience shortens what a bubble may take in real time.
func SetPatience(d time.Duration) { patience.Store(int64(d)) }

// SetUpdate is the flag -update.
func SetUpdate(to bool) { *update = to }
