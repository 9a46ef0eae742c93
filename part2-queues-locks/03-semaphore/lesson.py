"""Two workers at a time, until one gives back more than it took."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say


async def work(permits, takes):
    say("wants a permit")
    await permits.acquire()
    say("has a permit")
    await asyncio.sleep(takes)
    say("gives it back")
    give_back(permits)


def give_back(permits):
    try:
        permits.release()
    except ValueError:
        say("is blamed: one too many")


async def work_with_a_bug(permits, takes):
    await work(permits, takes)
    say("gives it back again")
    give_back(permits)


async def main():
    say("three workers, two permits")
    permits = asyncio.BoundedSemaphore(2)
    async with asyncio.TaskGroup() as workers:
        for n in range(3):
            workers.create_task(work(permits, 1), name=f"worker {n}")
            await asyncio.sleep(0.1)

    say("four workers, one with a bug")
    permits = asyncio.BoundedSemaphore(2)
    async with asyncio.TaskGroup() as workers:
        workers.create_task(work_with_a_bug(permits, 0.5), name="worker 3")
        for n, takes in enumerate([1, 1.1, 1.4], start=4):
            await asyncio.sleep(0.1)
            workers.create_task(work(permits, takes), name=f"worker {n}")
    say("three were in at once")

    plain = asyncio.Semaphore(2)
    plain.release()  # no task has acquired it
    places = 0
    while not plain.locked():
        await plain.acquire()
        places += 1
    say(f"a plain Semaphore(2) then lets {places} in")
    say(await the_articles_order())


async def the_articles_order():
    """What the article's three workers say, ten times as fast."""
    semaphore, said = asyncio.Semaphore(2), []

    async def worker(n):
        said.append(f"W{n}")
        async with semaphore:
            said.append(f"A{n}")
            await asyncio.sleep(0.1)
        said.append(f"R{n}")

    await asyncio.gather(*(worker(n) for n in range(3)))
    return " ".join(said)


run(main)
