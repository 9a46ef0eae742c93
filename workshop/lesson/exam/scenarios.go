//go:build !race && !js

package exam

// scenarios is how many scenarios Compare draws.
const scenarios = 1000
