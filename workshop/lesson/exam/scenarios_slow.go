//go:build race || js

package exam

// scenarios are fewer under the race detector and in a browser, which are some ten times slower.
const scenarios = 150
