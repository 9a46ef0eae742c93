"""What an item costs that passes through 64 places of an asyncio.Queue, to be run by hand beside
`go test -bench . ./queues` on the same machine: python3 bench_asyncio.py
"""

import asyncio
import sys
import time

PLACES = 64
ITEMS = 40_000


async def put(queue, count):
    for i in range(count):
        await queue.put(i)


async def get(queue, count):
    for _ in range(count):
        await queue.get()


async def transfer(n):
    queue = asyncio.Queue(PLACES)
    begin = time.perf_counter()
    await asyncio.gather(
        *(put(queue, ITEMS // n) for _ in range(n)),
        *(get(queue, ITEMS // n) for _ in range(n)),
    )
    return time.perf_counter() - begin


print("Python", sys.version.split()[0])
for n in 1, 4:
    best = min(asyncio.run(transfer(n)) for _ in range(10))
    print(f"{n}x{n}: {best / ITEMS * 1e9:.0f} ns/item (the best of 10)")
