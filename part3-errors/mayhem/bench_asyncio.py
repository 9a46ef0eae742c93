"""How many messages a second does the article's arrangement handle on asyncio?

The same work as in BenchmarkMessages of bench_test.go: 1 ms of waiting for a save, 2 ms for a restart, at most 1000
messages in flight, and for each message the article's four tasks and its event: save, restart, extend, clean up. The
code is our own; it logs nothing, and its extend is cancelled when the work is over. Not run by the tests:

    python3 bench_asyncio.py [messages]
"""

import asyncio
import sys
import time

IN_FLIGHT = 1000
EXTEND_EVERY = 2.0


class Broker:
    """A queue whose deliveries have a deadline each, as MemoryBroker has them."""

    def __init__(self):
        self.ready = asyncio.Queue(2 * IN_FLIGHT)
        self.deadlines = {}
        self.acked = 0

    def take(self, message):
        loop = asyncio.get_running_loop()
        self.deadlines[message] = loop.call_later(3, self.ready.put_nowait, message)

    def extend(self, message):
        self.deadlines[message].cancel()
        self.take(message)

    def ack(self, message):
        self.deadlines.pop(message).cancel()
        self.acked += 1


async def save():
    await asyncio.sleep(0.001)


async def restart():
    await asyncio.sleep(0.002)


async def extend(broker, message):
    while True:
        await asyncio.sleep(EXTEND_EVERY)
        broker.extend(message)


async def clean_up(broker, message, over, slots):
    await over.wait()
    broker.ack(message)
    slots.release()


async def handle(broker, message, slots, group):
    over = asyncio.Event()
    extending = group.create_task(extend(broker, message))
    group.create_task(clean_up(broker, message, over, slots))
    await asyncio.gather(save(), restart(), return_exceptions=True)
    extending.cancel()
    over.set()


async def publish(broker, messages):
    for message in range(messages):
        await broker.ready.put(message)


async def main(messages):
    broker = Broker()
    slots = asyncio.Semaphore(IN_FLIGHT)
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        group.create_task(publish(broker, messages))
        for _ in range(messages):
            await slots.acquire()
            message = await broker.ready.get()
            broker.take(message)
            group.create_task(handle(broker, message, slots, group))
    elapsed = time.perf_counter() - start
    assert broker.acked == messages
    print(f"Python {sys.version.split()[0]}: {messages} messages in {elapsed:.2f} s, {messages / elapsed:.0f} messages/s")


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
