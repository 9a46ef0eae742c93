package main

import (
	"testing"

	"example.com/asyncio-to-go/workshop/course"
)

// TestLessons proves what each lesson promises: its page, its Python twin, its
// exercise's stub, solution and wrong answers.
func TestLessons(t *testing.T) { course.Prove(t) }
