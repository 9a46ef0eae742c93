"""What asyncio's Lock and Condition cost, measured as BenchmarkUncontended, BenchmarkContended and BenchmarkPingPong do
it. To be run by hand beside `go test -bench . ./locks` on the same machine: python3 bench_asyncio.py
"""

import asyncio
import sys
import time


async def uncontended(n):
    lock = asyncio.Lock()
    begin = time.perf_counter()
    for _ in range(n):
        await lock.acquire()
        lock.release()
    return time.perf_counter() - begin


async def contended(n):
    lock = asyncio.Lock()

    async def contend():
        for _ in range(n // 16):
            await lock.acquire()
            await asyncio.sleep(0)  # or no other task would ever ask for the lock
            lock.release()

    begin = time.perf_counter()
    await asyncio.gather(*(contend() for _ in range(16)))
    return time.perf_counter() - begin


async def ping_pong(n):
    condition = asyncio.Condition()
    mine, over = True, False

    async def partner():
        nonlocal mine
        async with condition:
            while not over:
                if mine:
                    await condition.wait()
                    continue
                mine = True
                condition.notify()

    task = asyncio.create_task(partner())
    async with condition:
        begin = time.perf_counter()
        for _ in range(n):
            mine = False
            condition.notify()
            while not mine:
                await condition.wait()
        took = time.perf_counter() - begin
        over = True
        condition.notify()
    await task
    return took


print("Python", sys.version.split()[0])
for bench, n in (uncontended, 400_000), (contended, 160_000), (ping_pong, 40_000):
    best = min(asyncio.run(bench(n)) for _ in range(5))
    print(f"{bench.__name__}: {best / n * 1e9:.0f} ns (the best of 5)")
