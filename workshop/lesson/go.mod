module example.com/asyncio-to-go/workshop/lesson

go 1.26
