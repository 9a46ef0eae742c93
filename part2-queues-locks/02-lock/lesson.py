"""Four workers share one connection, then three have one each."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def ask(lock):
    say("wants the lock")
    async with lock:
        say("has the lock")
        await asyncio.sleep(1)
        say("releases the lock")


async def ask_twice(lock):
    await ask(lock)
    await ask(lock)  # again, at once


async def ask_impatiently(lock):
    try:
        async with asyncio.timeout(0.5):
            await ask(lock)
    except TimeoutError:
        say("gives up: 0.5 s are over")


async def main():
    say("four workers, one connection")
    lock = asyncio.Lock()
    async with asyncio.TaskGroup() as workers:
        for n, work in enumerate([ask_twice, ask, ask_impatiently, ask]):
            workers.create_task(work(lock), name=f"worker {n}")
            await asyncio.sleep(0.1)

    say("three workers, a connection each")
    answers = 0

    async def ask_alone():
        nonlocal answers
        say("asks")
        await asyncio.sleep(1)
        answers += 1  # no lock: nothing else runs until the next await
        say("has noted the answer")

    async with asyncio.TaskGroup() as workers:
        for n in range(4, 7):
            workers.create_task(ask_alone(), name=f"worker {n}")
    say(f"{answers} answers in one second")

    if lock.locked:  # the method itself, which is always true
        say(f"lock.locked counts as true, lock.locked() is {lock.locked()}")
    try:
        with lock:
            pass
    except TypeError:
        say("with lock: TypeError")
    say(await the_articles_order())


async def the_articles_order():
    """What the article's three workers say, ten times as fast."""
    lock, said = asyncio.Lock(), []

    async def worker(n):
        said.append(f"W{n}")
        async with lock:
            said.append(f"A{n}")
            await asyncio.sleep(0.1)
        said.append(f"R{n}")

    await asyncio.gather(*(worker(n) for n in range(3)))
    return " ".join(said)


run(main)
