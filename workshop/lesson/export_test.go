package lesson

import "time"

// SetPatience shortens what a bubble may take in real time.
func SetPatience(d time.Duration) {
	patience = limits{look: d / 30, still: d, world: d, work: d, failed: d / 3, whole: 20 * time.Second}
}

// ForgetHang lets bubbles run although one hangs.
func ForgetHang() { hung.Store(false) }

// SetUpdate is the flag -update.
func SetUpdate(to bool) { *update = to }
