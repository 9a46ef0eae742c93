module example.com/asyncio-to-go/part2-queues-locks

go 1.26
