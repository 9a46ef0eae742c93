module example.com/asyncio-to-go/part1-tasks

go 1.26.0

require (
	example.com/asyncio-to-go/workshop/course v0.0.0
	example.com/asyncio-to-go/workshop/lesson v0.0.0
	github.com/sourcegraph/conc v0.3.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
	golang.org/x/sync v0.24.0
)

require (
	go.uber.org/atomic v1.7.0 // indirect
	go.uber.org/multierr v1.9.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
	pgregory.net/rapid v1.3.0 // indirect
)

replace example.com/asyncio-to-go/workshop/course => ../workshop/course

replace example.com/asyncio-to-go/workshop/lesson => ../workshop/lesson
