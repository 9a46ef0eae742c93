module example.com/asyncio-to-go/workshop

go 1.26
