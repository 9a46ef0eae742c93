package main

import (
	"testing"

	"example.com/asyncio-to-go/workshop/lesson"
)

func TestStory(t *testing.T) { lesson.Golden(t, story) }
