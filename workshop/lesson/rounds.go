//go:build !race

package lesson

const rounds = 500
