//go:build race

package exam

// scenarios are fewer under the race detector, which is some ten times slower.
const scenarios = 150
