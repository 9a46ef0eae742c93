"""A function asks two mirrors and returns the first answer. One test passes, a better one finds what it leaves behind."""

import asyncio
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "workshop" / "lesson"))
from story import run, say

running = 0


async def mirror(name, takes):
    """What the function under test calls: a fake that takes its time, is counted, and says what it does."""
    global running
    running += 1
    try:
        say("is asked")
        await asyncio.sleep(takes)
        say("answers")
        return name
    except asyncio.CancelledError:
        say("is cancelled")
        raise
    finally:
        running -= 1


def ask(name, takes):
    return asyncio.create_task(mirror(name, takes), name=f"mirror {name}")


async def first():
    """Return the first answer. It is wrong: the slower task runs on."""
    done, _ = await asyncio.wait([ask("A", 0.5), ask("B", 0.9)], return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()


async def mended():
    """Cancel the slower task and wait until it has ended."""
    done, pending = await asyncio.wait([ask("A", 0.5), ask("B", 0.9)], return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return done.pop().result()


async def main():
    say("test 1: is it the fast answer?")
    got = await first()
    say(f"test 1 passes: the answer is {got}")
    await asyncio.sleep(1)

    say("test 2: is anything left?")
    await first()
    say(f"test 2 fails: {running} mirror still runs")
    await asyncio.sleep(1)

    say("mends first, and tests again")
    await mended()
    say(f"test 2 passes: {running} mirrors run")


run(main)
