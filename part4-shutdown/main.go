// Part 4 tells the stories of its lessons one after the other.
package main

import "example.com/asyncio-to-go/workshop/lesson"

func main() { lesson.Part() }
