module example.com/asyncio-to-go/part1-tasks

go 1.26
