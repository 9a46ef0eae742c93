//go:build race

package lesson

// rounds are fewer under the race detector, which is some ten times slower.
const rounds = 100
