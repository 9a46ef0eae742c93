//go:build race || js

package lesson

// rounds are fewer under the race detector and in a browser, which are some ten times slower.
const rounds = 100
