// A counter that loses counts.
package main

import (
	"fmt"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	count := 0
	for range 2 {
		wg.Go(func() {
			for range 10_000_000 {
				count++ // reads count, adds one, writes it: three steps
			}
		})
	}
	wg.Wait()
	fmt.Println(count)
}
