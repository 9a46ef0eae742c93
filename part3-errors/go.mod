module example.com/asyncio-to-go/part3-errors

go 1.26.0

require (
	example.com/asyncio-to-go/part1-tasks v0.0.0
	example.com/asyncio-to-go/workshop/lesson v0.0.0
)

replace example.com/asyncio-to-go/workshop/lesson => ../workshop/lesson

replace example.com/asyncio-to-go/part1-tasks => ../part1-tasks
