module example.com/asyncio-to-go/part2-queues-locks

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
)

require golang.org/x/sys v0.49.0 // indirect

require (
	example.com/asyncio-to-go/workshop/course v0.0.0
	example.com/asyncio-to-go/workshop/lesson v0.0.0
	github.com/anishathalye/porcupine v1.3.1
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sync v0.24.0
	pgregory.net/rapid v1.3.0
)

replace example.com/asyncio-to-go/workshop/course => ../workshop/course

replace example.com/asyncio-to-go/workshop/lesson => ../workshop/lesson
