//go:build !race && !js

package lesson

const rounds = 500
