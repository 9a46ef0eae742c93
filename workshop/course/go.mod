module example.com/asyncio-to-go/workshop/course

go 1.26.0

require (
	example.com/asyncio-to-go/workshop/lesson v0.0.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
	golang.org/x/sys v0.49.0
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect

replace example.com/asyncio-to-go/workshop/lesson => ../lesson
